#include "tests/quality/heap_count.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> live_bytes{0};

constexpr std::size_t chunk_header = 8;

void* count_in(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  live_bytes.fetch_add(malloc_usable_size(memory) + chunk_header, std::memory_order_relaxed);
  return memory;
}

void count_out(void* memory) noexcept {
  if (memory == nullptr) return;
  live_bytes.fetch_sub(malloc_usable_size(memory) + chunk_header, std::memory_order_relaxed);
  std::free(memory);
}

std::size_t rounded_up(std::size_t bytes, std::size_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

}  // namespace

namespace spindrift::quality {

std::size_t live_heap_bytes() {
  return live_bytes.load(std::memory_order_relaxed);
}

}  // namespace spindrift::quality

void* operator new(std::size_t bytes) {
  return count_in(std::malloc(bytes == 0 ? 1 : bytes));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto boundary = static_cast<std::size_t>(alignment);
  return count_in(std::aligned_alloc(boundary, rounded_up(bytes, boundary)));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  void* const memory = std::malloc(bytes == 0 ? 1 : bytes);
  return memory == nullptr ? nullptr : count_in(memory);
}
void operator delete(void* memory) noexcept {
  count_out(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  count_out(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  count_out(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  count_out(memory);
}
// A sanitizer's own would not come by the ones above.
void* operator new[](std::size_t bytes) {
  return operator new(bytes);
}
void operator delete[](void* memory) noexcept {
  count_out(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  count_out(memory);
}
