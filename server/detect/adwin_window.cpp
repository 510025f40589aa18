// ADWIN's window: an exponential histogram of the values, and the cuts through it.
#include "server/detect/adwin_window.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>
#include <utility>

#include "server/detect/complaint.hpp"
#include "server/detect/double_pair.hpp"

namespace spindrift {

namespace {

using pair_mask = long long __attribute__((vector_size(16)));

// So few that a call of memcpy would cost more than the copying.
inline void copy_few(const double* from, std::size_t n, double* to) {
  for (std::size_t i = 0; i < n; ++i) store_pair(load_pair(from + 2 * i), to + 2 * i);
}

// Two neighbouring buckets of `size` values as one. A bucket outside row 0 lies in the block as a pair: total,
// variance. Dividing by a power of two is multiplying, to the last bit.
inline double_pair merged(double_pair a, double_pair b, double size) {
  const double inverse = 1.0 / size;
  const double difference = a[0] * inverse - b[0] * inverse;
  double_pair sum = a + b;
  sum[1] += ((size * 0.5) * difference) * difference;
  return sum;
}
// The same for two of row 0.
inline double_pair merged(double a, double b) {
  const double difference = a - b;
  return double_pair{a + b, (0.5 * difference) * difference};
}

}  // namespace

std::vector<std::string> validate(const adwin_settings& settings) {
  std::vector<std::string> complaints;
  if (!(settings.delta > 0.0 && settings.delta < 1.0)) {
    complain(complaints, "--adwin-delta", settings.delta, "a number in (0, 1)");
  }
  complain_unless_in(complaints, "--adwin-clock", settings.clock, 1U, adwin_count_max);
  // With one bucket a row every append would have to merge with itself: the histogram has no second bucket to pair.
  complain_unless_in(complaints, "--adwin-max-buckets", settings.max_buckets, 2U, adwin_max_buckets_max);
  complain_unless_in(complaints, "--adwin-min-window", settings.min_window_length, 1U, adwin_count_max);
  complain_unless_in(complaints, "--adwin-grace", settings.grace_period, 0U, adwin_count_max);
  return complaints;
}

void adwin_window::flush() {
  if (n_pending_ == 0) return;
  if (n_rows_ == 0) n_rows_ = 1;
  add_moments();
  if (n_pending_ == 1) {
    push_one();
  } else {
    push_many();
  }
  n_pending_ = 0;
}

// Width, total and sum of squared deviations, by the formula for one value at a time; the divisions do not wait for
// one another because the totals before each value are added up first.
void adwin_window::add_moments() {
  std::array<double, pending_max> total_before;
  std::array<double, pending_max> term;
  const std::size_t n = n_pending_;
  const double* const x = values() + counts_[0];
  double absolute = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    total_before[i] = total_;
    total_ += x[i];
    absolute += std::fabs(x[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double before = width_ + static_cast<double>(static_cast<int>(i));
    const double d = x[i] - total_before[i] / before;
    term[i] = ((before * d) * d) / (before + 1.0);
  }
  // The very first value has nothing to deviate from.
  for (std::size_t i = width_ > 0.0 ? 0 : 1; i < n; ++i) variance_sum_ += term[i];
  width_ += static_cast<double>(n);
  magnitude_ += absolute;
}

// How many pairs of a row's oldest buckets move up when it would have n.
std::size_t adwin_window::pairs_over(std::size_t n) const {
  const std::size_t max_buckets = settings_->max_buckets;
  return n > max_buckets ? (n - max_buckets + 1) / 2 : 0;
}

void adwin_window::push_one() {
  const std::size_t max_buckets = settings_->max_buckets;
  double* const t = values();
  stale_rows_ = std::max(stale_rows_, std::uint8_t{1});
  if (counts_[0] < max_buckets) {
    ++counts_[0];
    return;
  }
  double_pair moving = merged(t[0], t[1]);
  for (std::size_t i = 2; i <= max_buckets; ++i) t[i - 2] = t[i];
  counts_[0] = static_cast<std::uint8_t>(max_buckets - 1);
  for (std::size_t row = 1;; ++row) {
    if (row == n_rows_) add_row();
    stale_rows_ = std::max(stale_rows_, static_cast<std::uint8_t>(row + 1));
    double* const b = buckets(row);
    if (counts_[row] < max_buckets) {
      store_pair(moving, b + 2 * std::size_t{counts_[row]});
      ++counts_[row];
      return;
    }
    const double_pair up = merged(load_pair(b), load_pair(b + 2), bucket_size(row));
    copy_few(b + 4, max_buckets - 2, b);
    store_pair(moving, b + 2 * (max_buckets - 2));
    counts_[row] = static_cast<std::uint8_t>(max_buckets - 1);
    moving = up;
  }
}

// What one append after the other does to a row depends only on what that row receives, so each row can take all its
// new buckets together.
void adwin_window::push_many() {
  using run = std::array<double, 2 * (adwin_max_buckets_max + pending_max)>;
  run first;
  run second;
  double* here = first.data();  // the buckets of a row, the new ones behind the old ones
  double* above = second.data();
  std::size_t n = std::size_t{counts_[0]} + n_pending_;
  std::size_t n_pairs = pairs_over(n);
  if (n_pairs > 0 && n_rows_ == 1) add_row();
  double* const t = values();
  for (std::size_t i = 0; i < n_pairs; ++i) {
    store_pair(merged(t[2 * i], t[2 * i + 1]), here + 2 * (counts_[1] + i));
  }
  n -= 2 * n_pairs;
  for (std::size_t i = 0; i < n; ++i) t[i] = t[2 * n_pairs + i];
  counts_[0] = static_cast<std::uint8_t>(n);
  std::size_t row = 1;
  for (; n_pairs > 0; ++row) {
    const std::size_t old = counts_[row];
    n = old + n_pairs;
    n_pairs = pairs_over(n);
    if (n_pairs == 0) {
      copy_few(here + 2 * old, n - old, buckets(row) + 2 * old);
    } else {
      if (row + 1 == n_rows_) add_row();
      copy_few(buckets(row), old, here);
      const double size = bucket_size(row);
      double* const to = above + 2 * std::size_t{counts_[row + 1]};
      for (std::size_t i = 0; i < n_pairs; ++i) {
        store_pair(merged(load_pair(here + 4 * i), load_pair(here + 4 * i + 2), size), to + 2 * i);
      }
      n -= 2 * n_pairs;
      copy_few(here + 4 * n_pairs, n, buckets(row));
      std::swap(here, above);
    }
    counts_[row] = static_cast<std::uint8_t>(n);
  }
  stale_rows_ = std::max(stale_rows_, static_cast<std::uint8_t>(row));
}

void adwin_window::add_row() {
  const std::size_t needed = block_length(n_rows_ + std::size_t{1});
  if (block_size_ < needed) hold(needed);
  counts_[n_rows_] = 0;
  ++n_rows_;
}

// Room for exactly so many doubles: there may be a million streams.
void adwin_window::hold(std::size_t size) {
  auto block = std::make_unique<double[]>(size);
  std::copy_n(block_.get(), std::min<std::size_t>(size, block_size_), block.get());
  block_ = std::move(block);
  block_size_ = static_cast<std::uint16_t>(size);
}

double adwin_window::sum_of(std::size_t row) const {
  const double* const total = buckets(row);
  double sum = 0.0;
  for (std::size_t i = 0; i < counts_[row]; ++i) sum += total[i * bucket_step(row)];
  return sum;
}

void adwin_window::renew_bases() {
  if (stale_rows_ > far_row()) drop_guard();
  if (stale_rows_ >= n_rows_) {
    base(n_rows_ - 1U) = 0.0;
    magnitude_ = std::fabs(total_);
    for (std::size_t row = 0; row < n_rows_; ++row) {
      for (std::size_t i = 0; i < counts_[row]; ++i) magnitude_ += std::fabs(buckets(row)[i * bucket_step(row)]);
    }
  }
  for (std::size_t row = std::min(stale_rows_, n_rows_) - 1U; row > 0; --row) base(row - 1) = base(row) + sum_of(row);
  stale_rows_ = 0;
}

// With D = u0 - (T/W) n0, a cut implies |D| > sqrt(2 (S/W) dp n0 n1 / W) + (2/3) dp range, since m >= W / (n0 n1).
// Rounding, in these lines and in the exact scan, is allowed for by a margin that grows with the largest sum.
bool adwin_window::may_exceed(double range) {
  if (stale_rows_ > 0) renew_bases();
  if (width_ < log_term_width_ || width_ > 1.125 * log_term_width_) {
    log_term_width_ = width_;
    log_term_floor_ = log_term();
  }
  constexpr double shy = 1.0 - 1e-9;
  const double n_steps = static_cast<double>(n_rows_) * settings_->max_buckets + 16.0;
  const double margin = 8.0 * n_steps * std::numeric_limits<double>::epsilon() * magnitude_;
  const double slope = 2.0 * (variance_sum_ / width_) * log_term_floor_ / width_ * shy;
  const double offset = (2.0 / 3.0) * log_term_floor_ * range * shy - margin;
  // Squares near the ends of the range of double prove nothing; nor does an offset that the margin has eaten up.
  if (!(magnitude_ < 1e140 && slope >= 0.0 && slope < 1e280 && offset > 0.0)) return true;
  if (n_rows_ <= far_row() + 1) return any_exceeds(n_rows_, 0.0, slope, offset);
  if (!guard_holds(offset)) renew_guard(slope, 0.875 * offset - margin);
  return guard_holds(offset) ? any_exceeds(far_row(), guard_->n0, slope, offset)
                             : any_exceeds(n_rows_, 0.0, slope, offset);
}

bool adwin_window::guard_holds(double offset) const {
  const double mean = total_ / width_;
  return guard_ && width_ <= guard_->width_max && guard_->low <= mean && mean <= guard_->high &&
         magnitude_ <= guard_->magnitude_max && offset >= guard_->offset_min;
}

// For fixed u0 and n0 the bound only grows while the window grows by appending, but for the 1/W^2 in its slope: taken
// at the width where the guard ends, it holds until then.
void adwin_window::renew_guard(double slope, double offset) {
  constexpr double growth = 1.0 + 1.0 / 32.0;
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  const double low_slope = slope / (growth * growth);
  double n0 = 0.0;
  for (std::size_t row = n_rows_; row-- > far_row();) {
    const double size = bucket_size(row);
    const double* total = buckets(row);
    double u0 = base(row);
    for (std::size_t i = 0; i < counts_[row]; ++i, total += bucket_step(row)) {
      n0 += size;
      u0 += *total;
      const double reach = std::sqrt(low_slope * n0 * (width_ - n0)) + offset;
      const double inverse = 1.0 / n0;
      low = std::max(low, (u0 - reach) * inverse);
      high = std::min(high, (u0 + reach) * inverse);
    }
  }
  if (!guard_) guard_ = std::make_unique<guard>();
  *guard_ = {low, high, width_ * growth, 2.0 * magnitude_, offset, n0};
}

bool adwin_window::any_exceeds(std::size_t n_rows, double n0, double slope, double offset) const {
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
  const auto look_along = [&](std::size_t row, auto step) {
    const double size = bucket_size(row);
    const double* total = buckets(row);
    const std::size_t count = counts_[row];
    double u0 = base(row);
    double_pair n0_2 = {n0 + size, n0 + 2.0 * size};
    const double_pair step2 = {2.0 * size, 2.0 * size};
    std::size_t i = 0;
    for (; i + 1 < count; i += 2, total += 2 * step) {
      const double both = total[0] + total[step];
      look(double_pair{u0 + total[0], u0 + both}, n0_2);
      u0 += both;
      n0_2 += step2;
    }
    n0 += size * static_cast<double>(count);
    if (i < count) look(double_pair{u0 + *total, u0 + *total}, double_pair{n0, n0});
  };
  for (std::size_t row = n_rows; row-- > 1;) look_along(row, std::integral_constant<std::size_t, bucket_step(1)>());
  look_along(0, std::integral_constant<std::size_t, bucket_step(0)>());
  return (any[0] | any[1]) < 0;
}

void adwin_window::drop_oldest() {
  const std::size_t row = n_rows_ - 1U;
  double* const oldest = buckets(row);
  const double total = oldest[0];
  const double variance = row == 0 ? 0.0 : oldest[1];
  const double n = bucket_size(row);
  const double mean = total / n;
  width_ -= n;
  total_ -= total;
  const double window_mean = total_ / width_;
  variance_sum_ -= variance + (((n * width_) * (mean - window_mean)) * (mean - window_mean)) / (n + width_);

  --counts_[row];
  const std::size_t step = bucket_step(row);
  std::copy_n(oldest + step, counts_[row] * step, oldest);
  if (counts_[row] == 0) --n_rows_;
  stale_rows_ = n_rows_;
}

void adwin_window::clear() {
  width_ = total_ = variance_sum_ = magnitude_ = log_term_width_ = cut_n1_ = 0.0;
  drop_guard();
  n_rows_ = stale_rows_ = n_pending_ = 0;
  counts_[0] = 0;
}

// Room for the buckets that were counted; false if the counts cannot be those of a window.
bool adwin_window::lay_out_restored(std::size_t n_rows) {
  if (n_rows > restored_rows_max || (n_rows == 0 && counts_[0] != 0)) return false;
  n_rows_ = static_cast<std::uint8_t>(n_rows);
  double width = 0.0;
  for (std::size_t row = 0; row < n_rows_; ++row) {
    if (counts_[row] == 0 || counts_[row] > settings_->max_buckets) return false;
    width += bucket_size(row) * static_cast<double>(counts_[row]);
  }
  if (width != width_) return false;
  magnitude_ = log_term_width_ = cut_n1_ = 0.0;
  drop_guard();
  n_pending_ = 0;
  stale_rows_ = n_rows_;
  block_size_ = 0;
  hold(block_length(n_rows_));
  return true;
}

}  // namespace spindrift
