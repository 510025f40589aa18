// The parts of an alert's address that something depends on. A pure function; what is no address has no host.
#pragma once

#include <string>
#include <string_view>

namespace spindrift {

struct address_parts {
  std::string scheme;  // http, https, smtp, smtps
  std::string host;    // without brackets
  std::string path;    // from the slash on, without the query
  bool is_mail = false;
  bool is_loopback = false;
  bool has_password = false;
};

address_parts parts_of(std::string_view url);

}  // namespace spindrift
