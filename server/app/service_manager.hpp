// What the server tells whoever started it as a service (sd_notify(3)): that it is ready, reloads, stops, is alive. A
// datagram to the socket that NOTIFY_SOCKET names; without one nothing is said. Never waits; any thread.
#pragma once

#include <chrono>
#include <string_view>

namespace spindrift {

void tell_service_manager(std::string_view state);
// RELOADING=1, with the time that goes with it.
void tell_of_reload();
// How often it wants to hear that the server is alive: half of what it waits; 0: never.
std::chrono::milliseconds watchdog_interval();

}  // namespace spindrift
