// Any bytes as HTTP requests, to the parser as the server sets it up (common/net/http_request_reader.cpp), and the Host
// header to the rule that guards a loopback listener. However the bytes are cut, the same comes out; what is taken is
// within the limits.

// Beast 1.74 asserts that the last chunk comes in at least 5 bytes at once. It need not, and nothing follows from it:
// what is read is checked before. Our releases have no assertions.
#define BOOST_DISABLE_ASSERTS

#include <algorithm>
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
    // Whoever is allowed names this machine.
    const bool names_loopback = host.find("localhost") != std::string_view::npos || host.find("127.") == 0 ||
                                host.find("::1") != std::string_view::npos ||
                                host.find("0:1") != std::string_view::npos;
    std::string lower(host);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    require(!is_host_allowed(host, loopback) || names_loopback || lower.find("localhost") != std::string::npos ||
                lower.find("127") != std::string::npos,
            "a foreign host is allowed", host);
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
