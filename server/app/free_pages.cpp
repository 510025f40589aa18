// Asks glibc to give back what its heaps hold free and to grow them in fewer steps, and the kernel for pages ahead.
#include "server/app/free_pages.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace spindrift {

void give_free_pages_back() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

void bring_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  constexpr std::size_t page = 4'096;  // where they are larger, the kernel says no
  const std::size_t skew = (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
  if (begin == nullptr || bytes < skew + page) return;
  ::madvise(static_cast<char*>(begin) + skew, (bytes - skew) / page * page, MADV_POPULATE_WRITE);
#endif
}

void grow_heap_ahead() {
#ifdef __GLIBC__
  void* volatile step = std::malloc(heap_step_bytes);  // volatile: the pair is not to be left out
  bring_pages(step, heap_step_bytes);
  std::free(step);
#endif
}

}  // namespace spindrift
