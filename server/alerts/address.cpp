// Takes an address apart.
#include "server/alerts/address.hpp"

#include <algorithm>

namespace spindrift {

address_parts parts_of(std::string_view url) {
  address_parts parts;
  const auto separator = url.find("://");
  if (separator == std::string_view::npos) return parts;
  parts.scheme = url.substr(0, separator);
  const bool is_web = parts.scheme == "http" || parts.scheme == "https";
  parts.is_mail = parts.scheme == "smtp" || parts.scheme == "smtps";
  const bool is_plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if ((!is_web && !parts.is_mail) || !is_plain) return parts;
  std::string_view rest = url.substr(separator + 3);
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, slash);
  rest.remove_prefix(slash);
  parts.path = rest.substr(0, std::min(rest.find_first_of("?#"), rest.size()));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    parts.has_password = authority.substr(0, at).find(':') != std::string_view::npos;
    authority.remove_prefix(at + 1);
  }
  const bool is_bracketed = authority.starts_with('[');
  const auto end = is_bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (end == std::string_view::npos) return parts;
  parts.host = authority.substr(is_bracketed ? 1 : 0, is_bracketed ? end - 1 : end);
  parts.is_loopback = parts.host == "localhost" || parts.host == "::1" || parts.host.starts_with("127.");
  return parts;
}

}  // namespace spindrift
