// Holds values as decimals of one length, and lays them out anew when the next one does not go with them.
#include "server/detect/packed_window.hpp"

#include <utility>

namespace spindrift {

// As few decimals as do: none fewer than there are, since one of the others needs them.
void packed_window::put_anew(std::size_t i, double x) {
  const std::size_t n_others = i < size_ ? size_ - 1U : size_;
  unsigned decimals = n_others > 0 ? static_cast<unsigned>(decimals_) + 1 : 0;
  std::int32_t value = 0;
  while (decimals <= decimals_max && !(pack(x, powers[decimals], value) && all_but_one_pack(i, powers[decimals]))) {
    ++decimals;
  }
  hold(capacity_, decimals <= decimals_max ? decimals : wide);
  put(i, x);
}

bool packed_window::all_but_one_pack(std::size_t one, double power) const {
  std::int32_t value = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    if (i != one && !pack((*this)[i], power, value)) return false;
  }
  return true;
}

void packed_window::reserve(std::size_t capacity) {
  assert(capacity <= size_max);
  if (capacity > capacity_) hold(capacity, static_cast<unsigned>(decimals_));
}

// What does not pack is about to be written over.
void packed_window::hold(std::size_t capacity, unsigned decimals) {
  packed_window held;
  held.size_ = size_;
  held.capacity_ = capacity & size_max;
  held.decimals_ = decimals & 15U;
  held.block_ = std::make_unique_for_overwrite<std::byte[]>(capacity * held.value_bytes());
  for (std::size_t i = 0; i < size_; ++i) held.put(i, (*this)[i]);
  *this = std::move(held);
}

}  // namespace spindrift
