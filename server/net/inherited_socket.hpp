// Listening sockets that systemd has opened for the server (LISTEN_FDS, see sd_listen_fds(3)): so an address is there
// before the server runs, and while it starts anew. The one that is bound to an address that the server is to listen on
// is taken in place of a new one. Before threads start. At most inherited_max are looked at.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <string>
#include <vector>

namespace spindrift {

inline constexpr int inherited_max = 64;

// Its descriptor, from now on the caller's; -1: there is none for this address.
int take_inherited(const sockaddr* address, std::size_t bytes);
// Of those that nobody has taken: what they are, for the log. They are closed.
std::vector<std::string> drop_inherited();

}  // namespace spindrift
