// Holds an address against what links can begin with.
#include "common/text/page_address.hpp"

#include <algorithm>

#include "common/text/printable.hpp"

namespace spindrift {
namespace {

bool is_page_address(std::string_view url) {
  const std::size_t at = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : url.size();
  constexpr std::string_view no_host = "/:";
  return at < url.size() && no_host.find(url[at]) == std::string_view::npos && url.size() <= page_address_bytes_max &&
         std::all_of(url.begin(), url.end(),
                     [](char c) { return c > ' ' && c < '\x7f' && c != '#' && c != '?' && c != '@'; });
}

}  // namespace

std::string wrong_page_address(std::string_view url) {
  if (url.empty() || is_page_address(url)) return {};
  return "--public-url: " + in_quotes(url) +
         " is not allowed: give http:// or https://, a host, a path if need be, and no #, ? or @, in 200 bytes at most";
}

}  // namespace spindrift
