// Between two pieces of work that may wait, of threads that write what points have left: history and snapshots.
//
// Where processors are short, points come first, and a kernel without preemption (PREEMPT_NONE; also the fair scheduler
// within a thread's slice) lets whoever runs go on for a tick, 4 ms, however urgent the other one is. A third of a
// microsecond where nobody waits. Any thread; without locks that those who serve clients take.
#pragma once

#include <thread>

namespace spindrift {

inline void yield_to_points() {
  std::this_thread::yield();
}

}  // namespace spindrift
