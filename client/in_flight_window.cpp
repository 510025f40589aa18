// Remembers what was sent until it is answered.
#include "client/in_flight_window.hpp"

#include <bit>
#include <cassert>

namespace spindrift {

// A power of two, so that finding a slot needs no division; the window is kept by whoever adds.
in_flight_window::in_flight_window(std::size_t capacity) : ring_(std::bit_ceil(capacity)) {}

in_flight_point& in_flight_window::add(std::uint64_t seq) {
  assert(!is_full());
  in_flight_point& point = at(end_++);
  point.seq = seq;
  point.was_sent = false;
  point.line.clear();
  return point;
}

in_flight_point& in_flight_window::send() {
  assert(has_unsent());
  return at(unsent_++);
}

in_flight_window::answer in_flight_window::settle(std::uint64_t seq) {
  std::size_t found = begin_;
  if (seq != 0) {
    while (found != unsent_ && at(found).seq < seq) ++found;
  }
  if (found == unsent_ || (seq != 0 && at(found).seq != seq)) return {};
  const answer result{&at(found), found - begin_};
  begin_ = found + 1;
  return result;
}

const in_flight_point* in_flight_window::settle_up_to(std::uint64_t seq) {
  if (begin_ == unsent_ || at(begin_).seq > seq) return nullptr;
  return &at(begin_++);
}

}  // namespace spindrift
