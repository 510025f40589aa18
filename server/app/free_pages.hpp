// Free memory of the heap, back to the system.
//
// glibc keeps what is freed below the newest block for its own use. Streams grow together where they are fed in turn
// and let go of what only their beginning needs (a KiB of first values each), which leaves a fifth of the heap free, in
// stretches of hundreds of KiB, that count as the process' own until somebody asks for them.
#pragma once

#include <chrono>

namespace spindrift {

// How often a server asks.
constexpr std::chrono::seconds free_pages_interval{5};

// Any thread; others wait for memory meanwhile, so it is not for one that serves clients. 5 us a MiB of heap when there
// is nothing to give; what there is costs 0.1 ms a MiB once. Nothing on other libraries than glibc.
void give_free_pages_back();

}  // namespace spindrift
