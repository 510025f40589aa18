// Options of a TCP socket and what the kernel knows of it. An option that the kernel refuses costs precision, not
// correctness, so nothing here fails. On the thread of the socket's shard.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "server/net/settings.hpp"
#include "server/net/transport.hpp"

namespace spindrift {

// All that a connection needs from its beginning.
void set_options(tcp::socket& socket, const net_settings& settings);
// Data that the peer's machine has not confirmed for so long ends the connection; 0: never.
void set_unacknowledged_timeout(tcp::socket& socket, std::chrono::milliseconds timeout);
void set_send_buffer(tcp::socket& socket, std::size_t bytes);
// Lets the kernel take what its send buffer holds, whatever is unsent.
void lift_unsent_limit(tcp::socket& socket);
// What we have written and the client's machine has not confirmed.
std::size_t unacknowledged_bytes(tcp::socket& socket);
// Address and port of the other end, for the log.
std::string peer_of(tcp::socket& socket);

}  // namespace spindrift
