// Any bytes as HTTP requests, to the parser as the server sets it up (common/net/http_request_reader.cpp), and the Host
// header to the rule that guards a loopback listener. However the bytes are cut, the same comes out; what is taken is
// within the limits.

// Beast 1.74 asserts that the last chunk comes in at least 5 bytes at once. It need not, and nothing follows from it:
// what is read is checked before. Our releases have no assertions.
#define BOOST_DISABLE_ASSERTS

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/net/endpoint.hpp"
#include "common/net/http_host.hpp"
#include "common/net/http_server.hpp"
#include "tests/fuzz/require.hpp"

namespace spindrift {
namespace {

namespace http = boost::beast::http;
using fuzz::require;

// As the C library reads it: loopback has many spellings.
bool is_loopback6(const std::string& text) {
  in6_addr address{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&address) || (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
}

bool names_this_machine(std::string_view host) {
  std::string lower(host);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::size_t open = lower.find('[');
  const std::size_t close = lower.rfind(']');
  const bool is_bracketed = close != std::string::npos && open < close;
  if (is_bracketed && is_loopback6(lower.substr(open + 1, close - open - 1))) return true;
  if (is_loopback6(lower) || is_loopback6(lower.substr(0, lower.rfind(':')))) return true;
  return std::ranges::any_of(std::array{"localhost", "127", "::1", "0:1"},
                             [&](const char* part) { return lower.find(part) != std::string::npos; });
}

// What a request was, in words; empty: none was taken. Refused and unfinished are the same here: Beast sees a bare LF
// only where it does not look for the end of the header anew with each piece.
std::string outcome(std::string_view bytes, std::size_t chunk_bytes) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(http_limits{}.header_bytes_max));
  parser.body_limit(http_limits{}.body_bytes_max);
  parser.eager(true);
  std::string waiting;
  while (!bytes.empty() && !parser.is_done()) {
    const std::string_view chunk = bytes.substr(0, chunk_bytes);
    bytes.remove_prefix(chunk.size());
    waiting += chunk;
    while (!waiting.empty() && !parser.is_done()) {
      boost::system::error_code failure;
      const std::size_t used = parser.put(boost::asio::buffer(waiting), failure);
      waiting.erase(0, used);
      if (failure == http::error::need_more) break;
      if (failure) return {};
      if (used == 0) break;
    }
  }
  if (!parser.is_done()) return {};
  const auto& request = parser.get();
  require(request.body().size() <= http_limits{}.body_bytes_max, "a body beyond the limit was taken");
  const endpoint loopback{"127.0.0.1", 7172};
  std::string words(request.method_string().data(), request.method_string().size());
  words.append(" ").append(request.target().data(), request.target().size());
  for (const auto& field : request) {
    if (field.name() != http::field::host) continue;
    const std::string_view host(field.value().data(), field.value().size());
    words += is_host_allowed(host, loopback) ? " allowed" : " refused";
    require(!is_host_allowed(host, loopback) || names_this_machine(host), "a foreign host is allowed", host);
  }
  return words.append(" ").append(request.body());
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spindrift;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = outcome(bytes, std::max<std::size_t>(1, bytes.size()));
  for (const std::size_t chunk_bytes : {std::size_t{1}, std::size_t{7}}) {
    const std::string cut = outcome(bytes, chunk_bytes);
    fuzz::require(whole == cut, "a request is another when it arrives in pieces", whole + "\n" + cut);
  }
  return 0;
}
