// How many heap bytes live: the program that links heap_count.cpp gets operators new and delete that count. What the
// allocator really hands out is counted (malloc_usable_size and its header of 8 bytes), not what was asked for.
//
// Any thread; the count is of the whole process.
#pragma once

#include <cstddef>

namespace spindrift::quality {

std::size_t live_heap_bytes();

}  // namespace spindrift::quality
