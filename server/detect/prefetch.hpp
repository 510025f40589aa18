// Asks the processor for memory that will be needed some points later. A hint: no result, no fault; null will do for
// what fits a line.
//
// With very many streams nothing of a point's stream is in a cache, and its parts lead to each other: table, stream,
// detectors, windows. Each part has a prefetch() that asks for the next ones; called in time for all points of a batch,
// the waits of many points pass together. Cost: one instruction a cache line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace spindrift {

inline constexpr std::size_t cache_line_bytes = 64;

// The empty statement is what a call does: without it compilers take what does nothing but ask for one that does
// nothing, and leave calls of it out.
inline void prefetch_line(const void* in_it) {
  __builtin_prefetch(in_it, 1);
  asm volatile("");
}

inline void prefetch_bytes(const void* begin, std::size_t bytes) {
  // From the beginning of its line, so that the last one is not missed.
  const std::size_t skew = reinterpret_cast<std::uintptr_t>(begin) % cache_line_bytes;
  const char* const line = static_cast<const char*>(begin) - skew;
  for (std::size_t at = 0; at < skew + bytes; at += cache_line_bytes) prefetch_line(line + at);
}

// Without a loop: of the dearest objects twenty lines are asked for.
template <class Object>
void prefetch_object(const Object* object) {
  if (object == nullptr) return;
  const auto* const begin = reinterpret_cast<const char*>(object);
  constexpr std::size_t lines = (sizeof(Object) - 1) / cache_line_bytes + 1;
  [begin]<std::size_t... line>(std::index_sequence<line...>) {
    (prefetch_line(begin + line * cache_line_bytes), ...);
  }
  (std::make_index_sequence<lines>());
  prefetch_line(begin + sizeof(Object) - 1);
}

}  // namespace spindrift
