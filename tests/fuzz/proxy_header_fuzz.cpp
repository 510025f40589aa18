// Any bytes as a proxy's header, and as a listening address: what is wanted belongs to it, and a client has an address.
#include <cstdint>
#include <string_view>

#include "server/net/listen_address.hpp"
#include "server/net/proxy_header.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spindrift;
  using fuzz::require;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::size_t taken = 0;
  for (;;) {
    const proxy_header seen = read_proxy_header(bytes.substr(0, taken));
    if (seen.is == proxy_header::kind::client)
      require(parse_endpoint(seen.client).has_value(), "no address", seen.client);
    if (seen.is != proxy_header::kind::partial) break;
    require(seen.wanted > 0, "partial, and nothing is wanted");
    require(taken + seen.wanted <= proxy_header::header_bytes_max, "more is wanted than a header has");
    if (taken + seen.wanted > bytes.size()) break;
    taken += seen.wanted;
  }
  if (const auto found = parse_listen_address(bytes)) {
    require(parse_listen_address(to_text(*found)).has_value(), "an address is not read back", bytes);
  }
  return 0;
}
