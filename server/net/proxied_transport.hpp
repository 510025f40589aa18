// The byte stream of a connection that comes through a proxy: its header first (proxy_header.hpp), then what `open`
// makes of the socket, plain or TLS.
//
// What has no header is told so in one line and closed: whoever could leave it away could also write one of his own.
// The stream is on its shard's thread, as all are.
#pragma once

#include <functional>
#include <memory>

#include "server/net/transport.hpp"

namespace spindrift {

using transport_maker = std::function<std::unique_ptr<transport>(stream_socket)>;
std::unique_ptr<transport> make_proxied_transport(stream_socket socket, transport_maker open);

}  // namespace spindrift
