// Locks those of a row of locks whose bits are set, lowest first, and unlocks them when it dies. Whoever takes several
// takes them by one guard, so that two never wait for each other in a circle. `Row`: at most 64, each with a `lock`; it
// outlives the guard.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace spindrift {

// Locks that put points in order for the networks that they teach; entries whose names fall on the same one wait for
// each other.
inline constexpr std::size_t order_count = 16;

// The bits of all of a row.
template <class Row>
constexpr std::uint64_t all_of(const Row& row) {
  return row.size() == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << row.size()) - 1;
}

template <class Row>
class stripe_guard {
public:
  stripe_guard(Row& row, std::uint64_t bits) : row_(row), bits_(bits) {
    for (std::uint64_t left = bits_; left != 0; left &= left - 1) {
      row_[static_cast<std::size_t>(std::countr_zero(left))].lock.lock();
    }
  }
  stripe_guard(const stripe_guard&) = delete;
  stripe_guard& operator=(const stripe_guard&) = delete;
  ~stripe_guard() {
    for (std::uint64_t left = bits_; left != 0; left &= left - 1) {
      row_[static_cast<std::size_t>(std::countr_zero(left))].lock.unlock();
    }
  }

private:
  Row& row_;
  std::uint64_t bits_;
};

}  // namespace spindrift
