// The values of a window, to the bit, in two to four bytes each while all of them are decimals of few digits, as
// nearly everything that is measured is: of 50.123456 the integer 50123456 is held, by its distance from one that all
// share, and the number of decimals, which all share too. From the first value on that is none (seventeen digits, -0,
// 2^31 units away) they take eight bytes each, until the window is cleared.
//
// An integer over a power of ten, both exact, is the double nearest to that decimal, which is what whoever wrote the
// decimal meant: a value is only packed where this gives back all of its bits.
//
// Movable; one thread at a time. One block, of the heap or of a slab (slab_room.hpp), none while nothing was put in; at
// most `size_max` values. One division to read a value and one to write it, some fifteen instructions each; another
// number of decimals, values far from the others, more room or eight bytes each rewrite the block.
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "server/detect/rounding_noise.hpp"
#include "server/detect/slab_room.hpp"

namespace spindrift {

// Where the block is from.
struct heap_room {
  using owner = std::unique_ptr<std::byte[]>;
  static owner make(std::size_t bytes) { return std::make_unique<std::byte[]>(bytes); }
};

template <class Room>
class basic_packed_window {
public:
  static constexpr std::size_t size_max = (1U << 24U) - 1;

  basic_packed_window() = default;
  // Just these, without room for more.
  explicit basic_packed_window(std::span<const double> values) {
    reserve(values.size());
    for (const double x : values) push_back(x);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t capacity() const { return capacity_; }
  bool is_packed() const { return value_bytes_ != sizeof(double); }
  // What each takes.
  std::size_t value_bytes() const { return value_bytes_; }

  double operator[](std::size_t i) const { return is_packed() ? unpacked(i, base(), power()) : doubles()[i]; }
  // Puts x in the place of the value that is given back.
  double exchange(std::size_t i, double x) {
    assert(i < size_);
    const double before = (*this)[i];
    if (!put(i, x)) put_anew(i, x);
    return before;
  }
  // There has to be room.
  void push_back(double x) {
    assert(size_ < capacity_);
    if (!put(size_, x)) put_anew(size_, x);
    ++size_;
  }
  void reserve(std::size_t capacity);
  void clear() { *this = {}; }

  // Shows every value in the order of their places.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    if (empty()) return;
    if (is_packed()) {
      const std::int64_t from = base();
      const double divisor = power();
      for (std::size_t i = 0; i < size_; ++i) visit(unpacked(i, from, divisor));
    } else {
      for (std::size_t i = 0; i < size_; ++i) visit(doubles()[i]);
    }
  }

  // Where value i lies, to be asked for ahead; null while there is none.
  const void* address(std::size_t i) const {
    if (!block_) return nullptr;
    return is_packed() ? word(i) : block_.get() + i * sizeof(double);
  }

private:
  static constexpr unsigned decimals_max = 9;
  static constexpr std::array<double, decimals_max + 1> powers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

  // How values are held. The block of packed ones: what all are counted from, then the distances; what is read with
  // the last of fewer than four bytes.
  struct layout {
    unsigned decimals = 0;
    unsigned value_bytes = sizeof(double);
    std::int64_t base = 0;
  };

  double power() const { return powers[decimals_]; }
  std::int64_t base() const {
    std::int64_t held = 0;
    std::memcpy(&held, block_.get(), sizeof held);
    return held;
  }
  double* doubles() const { return reinterpret_cast<double*>(block_.get()); }
  std::byte* word(std::size_t i) const { return block_.get() + sizeof(std::int64_t) + i * value_bytes_; }
  // The bits of a word that are a value's own.
  std::uint32_t mask() const { return UINT32_MAX >> (8U * (4U - value_bytes_)); }
  double unpacked(std::size_t i, std::int64_t from, double power) const {
    std::uint32_t distance = 0;
    std::memcpy(&distance, word(i), sizeof distance);
    return static_cast<double>(from + (distance & mask())) / power;
  }
  // x in units of 1 / power; false where that is not it.
  static bool pack(double x, double power, std::int64_t& into) {
    constexpr double units_max = 0x1p50;
    const double scaled = x * power;
    if (!(std::fabs(scaled) <= units_max)) return false;
    const double units = rounding_noise::nearest_whole(scaled);
    into = static_cast<std::int64_t>(units);
    return std::bit_cast<std::uint64_t>(units / power) == std::bit_cast<std::uint64_t>(x);
  }
  // False where the value does not go with how the others are held; then nothing has changed.
  bool put(std::size_t i, double x) {
    if (!is_packed()) {
      doubles()[i] = x;
      return true;
    }
    std::int64_t units = 0;
    if (!pack(x, power(), units)) return false;
    const auto distance = static_cast<std::uint64_t>(units - base());
    if (distance > mask()) return false;
    std::uint32_t held = 0;
    std::memcpy(&held, word(i), sizeof held);
    held = (held & ~mask()) | static_cast<std::uint32_t>(distance);
    std::memcpy(word(i), &held, sizeof held);
    return true;
  }
  void put_anew(std::size_t i, double x);
  layout layout_with(std::size_t i, double x) const;
  void hold(std::size_t capacity, const layout& as);

  typename Room::owner block_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ : 24 = 0;
  std::uint32_t decimals_ : 4 = 0;
  std::uint32_t value_bytes_ : 4 = 2;  // 2, 3, 4 or 8
};

using packed_window = basic_packed_window<heap_room>;
using young_window = basic_packed_window<slab_room>;  // of what few points are kept for

extern template class basic_packed_window<heap_room>;
extern template class basic_packed_window<slab_room>;

static_assert(sizeof(packed_window) == 16 && sizeof(young_window) == 16);

}  // namespace spindrift
