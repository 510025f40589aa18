// Free memory of the heap, back to the system.
//
// glibc keeps what is freed below the newest block for its own use. Streams grow together where they are fed in turn
// and let go of what only their beginning needs (a KiB of first values each), which leaves a fifth of the heap free, in
// stretches of hundreds of KiB, that count as the process' own until somebody asks for them.
#pragma once

#include <chrono>
#include <cstddef>

namespace spindrift {

// How often a server asks.
constexpr std::chrono::seconds free_pages_interval{5};

// Any thread; others wait for memory meanwhile, so it is not for one that serves clients. 5 us a MiB of heap when there
// is nothing to give; what there is costs 0.1 ms a MiB once. Nothing on other libraries than glibc.
void give_free_pages_back();

// Has the kernel bring pages that are about to be written, by one call for all of them in place of a fault each: 1.55
// us a page for 1.76 (pages of 512 MiB in turn). What is in them stays. Nothing before Linux 5.14.
void bring_pages(void* begin, std::size_t bytes);

// Has the calling thread's heap grow by so much at once, pages brought, for who is going to ask for many small blocks:
// glibc's heaps of threads other than the first grow by the pages that a block lacks, a system call each, for which the
// faults of all threads wait. What is not used is free like what is freed.
constexpr std::size_t heap_step_bytes = 120U << 10U;  // below what is a mapping of its own
void grow_heap_ahead();

}  // namespace spindrift
