// The header that a proxy puts in front of a connection, so that we know for whom it speaks (HAProxy's PROXY protocol,
// versions 1 and 2).
//
// Pure: bytes in, a verdict out. Who reads it takes no byte more than belongs to it, since what follows is the client's
// (or TLS): `wanted` says how many surely do. Limits: a version 2 header of at most header_bytes_max.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spindrift {

struct proxy_header {
  // Addresses take 216 bytes at most; the rest is for what proxies add to them, which nobody here reads.
  static constexpr std::size_t header_bytes_max = 2'048;

  enum class kind {
    partial,  // `wanted` more bytes belong to it
    none,     // this is no such header, or one that is broken
    local,    // it is whole; the proxy speaks for itself, or does not say for whom
    client,   // it is whole, and `client` says for whom the proxy speaks
  };
  kind is = kind::none;
  std::size_t wanted = 0;
  std::string client{};  // "192.0.2.1:4711", "[2001:db8::1]:4711"
};

proxy_header read_proxy_header(std::string_view bytes);

}  // namespace spindrift
