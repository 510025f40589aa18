// Growing pauses between attempts: twice as long after each failure, up to a limit. Plain value, one thread at a time.
#pragma once

#include <algorithm>
#include <chrono>

namespace spindrift {

class back_off {
public:
  using pause = std::chrono::milliseconds;

  back_off(pause first, pause most) : first_(first), most_(most), next_(first) {}

  // How long to wait now; the next time it will be longer.
  pause take() {
    const pause taken = next_;
    next_ = std::min(next_ * 2, most_);
    return taken;
  }
  // It went well.
  void reset() { next_ = first_; }

private:
  pause first_;
  pause most_;
  pause next_;
};

}  // namespace spindrift
