// Asks glibc to give back what its heaps hold free.
#include "server/app/free_pages.hpp"

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

}  // namespace spindrift
