// The values of a window, to the bit, in four bytes each while all of them are decimals of few digits, as nearly
// everything that is measured is: 50.123456 is held as the integer 50123456 and the number of decimals that all share.
// From the first value on that is none (seventeen digits, -0, beyond 2^31 units) they take eight bytes each, until the
// window is cleared.
//
// An integer over a power of ten, both exact, is the double nearest to that decimal, which is what whoever wrote the
// decimal meant: a value is only packed where this gives back all of its bits.
//
// Movable; one thread at a time. One heap block, none while nothing was put in; at most `size_max` values. One division
// to read a value and one to write it, some ten instructions each; another number of decimals, more room or eight bytes
// for four rewrite the block.
#pragma once

#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace spindrift {

class packed_window {
public:
  static constexpr std::size_t size_max = (1U << 28U) - 1;

  packed_window() = default;
  // Just these, without room for more.
  explicit packed_window(std::span<const double> values) {
    reserve(values.size());
    for (const double x : values) push_back(x);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t capacity() const { return capacity_; }
  bool is_packed() const { return decimals_ != wide; }

  double operator[](std::size_t i) const { return is_packed() ? units()[i] / power() : doubles()[i]; }
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
    if (is_packed()) {
      const double divisor = power();
      for (std::size_t i = 0; i < size_; ++i) visit(units()[i] / divisor);
    } else {
      for (std::size_t i = 0; i < size_; ++i) visit(doubles()[i]);
    }
  }

  // Where value i lies, to be asked for ahead.
  const void* address(std::size_t i) const { return block_.get() + i * value_bytes(); }

private:
  static constexpr unsigned decimals_max = 9;
  static constexpr unsigned wide = 15;
  static constexpr std::array<double, decimals_max + 1> powers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

  std::size_t value_bytes() const { return is_packed() ? sizeof(std::int32_t) : sizeof(double); }
  double power() const { return powers[decimals_]; }
  std::int32_t* units() const { return reinterpret_cast<std::int32_t*>(block_.get()); }
  double* doubles() const { return reinterpret_cast<double*>(block_.get()); }
  // x in units of 1 / power; false where that is not it.
  static bool pack(double x, double power, std::int32_t& into) {
    constexpr double units_max = 0x1p31 - 1;
    constexpr double to_integer = 0x1.8p52;  // to be added and taken off: rounds what is that small
    const double scaled = x * power;
    if (!(std::fabs(scaled) <= units_max)) return false;
    into = static_cast<std::int32_t>((scaled + to_integer) - to_integer);
    return std::bit_cast<std::uint64_t>(into / power) == std::bit_cast<std::uint64_t>(x);
  }
  bool put(std::size_t i, double x) {
    if (is_packed()) return pack(x, power(), units()[i]);
    doubles()[i] = x;
    return true;
  }
  void put_anew(std::size_t i, double x);
  void hold(std::size_t capacity, unsigned decimals);
  bool all_but_one_pack(std::size_t one, double power) const;

  std::unique_ptr<std::byte[]> block_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ : 28 = 0;
  std::uint32_t decimals_ : 4 = 0;  // of all values, or `wide`
};

static_assert(sizeof(packed_window) == 16);

}  // namespace spindrift
