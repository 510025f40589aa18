// Options of a connection's socket and what the kernel knows of it. An option that the kernel refuses costs precision,
// not correctness, so nothing here fails. On the thread of the socket's shard.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "server/net/settings.hpp"
#include "server/net/transport.hpp"

namespace spindrift {

// All that a connection needs from its beginning.
void set_options(stream_socket& socket, const net_settings& settings);
// Data that the peer's machine has not confirmed for so long ends the connection; 0: never.
void set_unacknowledged_timeout(stream_socket& socket, std::chrono::milliseconds timeout);
void set_send_buffer(stream_socket& socket, std::size_t bytes);
// Lets the kernel take what its send buffer holds, whatever is unsent.
void lift_unsent_limit(stream_socket& socket);
// What we have written and the client's machine has not confirmed.
std::size_t unacknowledged_bytes(stream_socket& socket);
// Address and port of the other end, for the log.
std::string peer_of(stream_socket& socket);
// "192.0.2.1:7171", "[::1]:7171", "unix:/run/spindrift.sock".
std::string text_of(const asio::generic::stream_protocol::endpoint& address);

}  // namespace spindrift
