#include "client/flight.hpp"

#include <bit>
#include <cassert>

namespace spindrift {

// A power of two, so that finding a slot needs no division; the window is kept by whoever adds.
flight::flight(std::size_t capacity) : ring_(std::bit_ceil(capacity)) {}

flight_point& flight::add(std::uint64_t seq) {
  assert(!is_full());
  flight_point& point = at(end_++);
  point.seq = seq;
  point.was_sent = false;
  point.line.clear();
  return point;
}

flight_point& flight::send() {
  assert(has_unsent());
  return at(unsent_++);
}

flight::answer flight::settle(std::uint64_t seq) {
  std::size_t found = begin_;
  if (seq != 0) {
    while (found != unsent_ && at(found).seq < seq) ++found;
  }
  if (found == unsent_ || (seq != 0 && at(found).seq != seq)) return {};
  const answer result{&at(found), found - begin_};
  begin_ = found + 1;
  return result;
}

}  // namespace spindrift
