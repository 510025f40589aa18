// Holds values as decimals of one length, and lays them out anew when the next one does not go with them.
#include "server/detect/packed_window.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace spindrift {

template <class Room>
void basic_packed_window<Room>::put_anew(std::size_t i, double x) {
  hold(capacity_, layout_with(i, x));
  put(i, x);
}

// With x in place i. As few decimals as do: none fewer than there are, since one of the others needs them. Values that
// go one way are soon as far again as they lie apart, so half of the distances are left for what is to come.
template <class Room>
typename basic_packed_window<Room>::layout basic_packed_window<Room>::layout_with(std::size_t i, double x) const {
  const bool has_others = size_ > (i < size_ ? 1U : 0U);
  for (unsigned decimals = has_others ? decimals_ : 0U; is_packed() && decimals <= decimals_max; ++decimals) {
    std::int64_t lowest = 0;
    bool do_all = pack(x, powers[decimals], lowest);
    std::int64_t highest = lowest;
    for (std::size_t j = 0; j < size_ && do_all; ++j) {
      std::int64_t units = lowest;
      do_all = j == i || pack((*this)[j], powers[decimals], units);
      lowest = std::min(lowest, units);
      highest = std::max(highest, units);
    }
    if (!do_all) continue;
    const std::int64_t width = highest - lowest;
    for (const unsigned bytes : {2U, 3U, 4U}) {
      const std::int64_t distances = std::int64_t{1} << (8U * bytes);
      if (width < distances / 2) return {decimals, bytes, lowest - (distances - width) / 2};
    }
  }
  return {};
}

template <class Room>
void basic_packed_window<Room>::reserve(std::size_t capacity) {
  assert(capacity <= size_max);
  if (capacity <= capacity_) return;
  hold(capacity, {decimals_, value_bytes_, is_packed() && block_ ? base() : 0});
}

// What does not go with that layout is about to be written over.
template <class Room>
void basic_packed_window<Room>::hold(std::size_t capacity, const layout& as) {
  basic_packed_window held;
  held.size_ = size_;
  held.capacity_ = capacity & size_max;
  held.decimals_ = as.decimals & 15U;
  held.value_bytes_ = as.value_bytes & 15U;
  const std::size_t around = held.is_packed() ? sizeof as.base + (sizeof(std::uint32_t) - as.value_bytes) : 0;
  held.block_ = Room::make(around + capacity * as.value_bytes);
  if (held.is_packed()) std::memcpy(held.block_.get(), &as.base, sizeof as.base);
  for (std::size_t i = 0; i < size_; ++i) held.put(i, (*this)[i]);
  *this = std::move(held);
}

template class basic_packed_window<heap_room>;
template class basic_packed_window<slab_room>;

}  // namespace spindrift
