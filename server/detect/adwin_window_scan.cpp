// Whether ADWIN's window can have a cut, without looking at each.
#include <algorithm>
#include <bit>
#include <limits>

#include "server/detect/adwin_window.hpp"
#include "server/detect/double_pair.hpp"

namespace spindrift {

namespace {

using pair_mask = long long __attribute__((vector_size(16)));

}  // namespace

// With D = u0 - (T/W) n0, a cut implies |D| > sqrt(2 (S/W) dp n0 n1 / W) + (2/3) dp range, since m >= W / (n0 n1).
// Rounding, in these lines and in the exact scan, is allowed for by a margin that grows with the largest sum.
template <class Variance>
bool basic_adwin_window<Variance>::may_exceed(double range) {
  if (stale_rows_ > 0) note_changes();
  const auto bits = static_cast<std::uint8_t>(std::bit_width(static_cast<std::uint64_t>(width_)));
  if (bits != log_term_bits_) {
    log_term_bits_ = bits;
    log_term_floor_ = static_cast<float>(log_term_of(bucket_size(bits - 1UL)) * (1.0 - 0x1p-23));
  }
  constexpr double shy = 1.0 - 1e-9;
  const double magnitude = static_cast<double>(magnitude_);
  const double log_term = static_cast<double>(log_term_floor_);
  const double margin = 8.0 * rounding(magnitude);
  const double slope = 2.0 * (variance_sum_ / width_) * log_term / width_ * shy;
  const double offset = (2.0 / 3.0) * log_term * range * shy - margin;
  // Squares near the ends of the range of double prove nothing; nor does an offset that the margin has eaten up.
  if (!(magnitude < 1e140 && slope >= 0.0 && slope < 1e280 && offset > 0.0)) return true;
  if (n_rows_ <= far_row() + 1) return any_exceeds(n_rows_, 0.0, 0.0, slope, offset);
  if (!guard_holds(offset)) renew_guard(slope, 0.875 * offset - margin);
  return guard_holds(offset) ? any_exceeds(far_row(), far_guard().n0, far_guard().u0, slope, offset)
                             : any_exceeds(n_rows_, 0.0, 0.0, slope, offset);
}

template <class Variance>
bool basic_adwin_window<Variance>::guard_holds(double offset) const {
  const double mean = total_ / width_;
  const guard& far = far_guard();
  return width_ <= far.width_max && far.low <= mean && mean <= far.high &&
         static_cast<double>(magnitude_) <= far.magnitude_max && offset >= far.offset_min;
}

// For fixed u0 and n0 the bound only grows while the window grows by appending, but for the 1/W^2 in its slope: taken
// at the width where the guard ends, it holds until then.
template <class Variance>
void basic_adwin_window<Variance>::renew_guard(double slope, double offset) {
  constexpr double growth = 1.0 + 1.0 / 32.0;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  const double low_slope = slope / (growth * growth);
  double n0 = 0.0;
  double u0 = 0.0;
  for (std::size_t row = n_rows_; row-- > far_row();) {
    const double size = bucket_size(row);
    const double* total = totals(row);
    for (std::size_t i = 0; i < count(row); ++i, ++total) {
      n0 += size;
      u0 += *total;
      const double reach = std::sqrt(low_slope * n0 * (width_ - n0)) + offset;
      const double inverse = 1.0 / n0;
      low = std::max(low, (u0 - reach) * inverse);
      high = std::min(high, (u0 + reach) * inverse);
    }
  }
  far_guard() = {low, high, width_ * growth, 2.0 * static_cast<double>(magnitude_), offset, n0, u0};
}

template <class Variance>
bool basic_adwin_window<Variance>::any_exceeds(std::size_t n_rows, double n0, double u0, double slope,
                                               double offset) const {
  const double mean = total_ / width_;
  const double_pair mean2 = {mean, mean};
  const double_pair slope2 = {slope, slope};
  const double_pair offset2 = {offset, offset};
  const double_pair width2 = {width_, width_};
  const pair_mask magnitude = {std::numeric_limits<long long>::max(), std::numeric_limits<long long>::max()};
  const auto absolute = [=](double_pair x) {
    return std::bit_cast<double_pair>(std::bit_cast<pair_mask>(x) & magnitude);
  };
  // The sign bits of all that is left below the bound, or-ed: cheaper than a comparison each.
  pair_mask any = {0, 0};
  const auto look = [&](double_pair u0_2, double_pair n0_2) {
    const double_pair excess = absolute(u0_2 - mean2 * n0_2) - offset2;
    any |= std::bit_cast<pair_mask>(slope2 * n0_2 * (width2 - n0_2) - excess * absolute(excess));
  };
  for (std::size_t row = n_rows; row-- > 0;) {
    const double size = bucket_size(row);
    const double* total = totals(row);
    const std::size_t n = count(row);
    double_pair n0_2 = {n0 + size, n0 + 2.0 * size};
    const double_pair step2 = {2.0 * size, 2.0 * size};
    std::size_t i = 0;
    for (; i + 1 < n; i += 2, total += 2) {
      const double both = total[0] + total[1];
      look(double_pair{u0 + total[0], u0 + both}, n0_2);
      u0 += both;
      n0_2 += step2;
    }
    n0 += size * static_cast<double>(n);
    if (i < n) {
      u0 += *total;
      look(double_pair{u0, u0}, double_pair{n0, n0});
    }
  }
  return (any[0] | any[1]) < 0;
}

template class basic_adwin_window<whole_double>;
template class basic_adwin_window<half_double>;

}  // namespace spindrift
