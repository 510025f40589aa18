#include "server/detect/adwin_window.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "server/detect/complaint.hpp"

namespace spindrift {

namespace {

// Two doubles at once: SSE2 on x86-64, NEON on ARM; GCC and clang lower it to plain code elsewhere.
using pair = double __attribute__((vector_size(16)));
using pair_mask = long long __attribute__((vector_size(16)));

// Both halves of a few buckets: short enough that two calls of memcpy would cost more than the copying.
inline void copy_few(const double* total, const double* variance, std::size_t n, double* total_to,
                     double* variance_to) {
  for (std::size_t i = 0; i < n; ++i) {
    const double t = total[i];
    const double v = variance[i];
    total_to[i] = t;
    variance_to[i] = v;
  }
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

struct adwin_window::run {
  std::array<double, adwin_max_buckets_max + pending_max> total;
  std::array<double, adwin_max_buckets_max + pending_max> variance;
};

void adwin_window::flush() {
  if (n_pending_ == 0) return;
  if (n_rows_ == 0) add_row();
  add_moments();
  if (n_pending_ == 1) {
    push_one(pending_[0]);
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
  double absolute = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    total_before[i] = total_;
    total_ += pending_[i];
    absolute += std::fabs(pending_[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double before = width_ + static_cast<double>(static_cast<int>(i));
    const double d = pending_[i] - total_before[i] / before;
    term[i] = ((before * d) * d) / (before + 1.0);
  }
  // The very first value has nothing to deviate from.
  for (std::size_t i = width_ > 0.0 ? 0 : 1; i < n; ++i) variance_sum_ += term[i];
  width_ += static_cast<double>(n);
  magnitude_ += absolute;
}

void adwin_window::push_one(double x) {
  double total = x;
  double variance = 0.0;
  const std::size_t max_buckets = settings_->max_buckets;
  for (std::size_t row = 0;; ++row) {
    if (row == n_rows_) add_row();
    stale_rows_ = std::max(stale_rows_, static_cast<std::uint32_t>(row + 1));
    double* const t = totals(row);
    double* const v = variances(row);
    if (counts_[row] < max_buckets) {
      t[counts_[row]] = total;
      v[counts_[row]] = variance;
      ++counts_[row];
      return;
    }
    const double n = bucket_size(row);
    const double inverse = 1.0 / n;  // a power of two: multiplying is the same as dividing, to the last bit
    const double difference = t[0] * inverse - t[1] * inverse;
    const double between = ((n * 0.5) * difference) * difference;
    const double merged_total = t[0] + t[1];
    const double merged_variance = (v[0] + v[1]) + between;
    for (std::size_t i = 2; i < max_buckets; ++i) {
      t[i - 2] = t[i];
      v[i - 2] = v[i];
    }
    t[max_buckets - 2] = total;
    v[max_buckets - 2] = variance;
    counts_[row] = static_cast<std::uint8_t>(max_buckets - 1);
    total = merged_total;
    variance = merged_variance;
  }
}

// What one append after the other does to a row depends only on what that row receives, so each row can take all its
// new buckets together: of c old and k new ones, (c + k - max_buckets + 1) / 2 pairs of the oldest move up.
void adwin_window::push_many() {
  run first;
  run second;
  run* here = &first;
  run* above = &second;
  const std::size_t max_buckets = settings_->max_buckets;
  std::size_t n_new = n_pending_;
  std::copy_n(pending_.begin(), n_new, here->total.begin() + counts_[0]);
  std::fill_n(here->variance.begin() + counts_[0], n_new, 0.0);
  for (std::size_t row = 0; n_new > 0; ++row) {
    const std::size_t old = counts_[row];
    copy_few(totals(row), variances(row), old, here->total.data(), here->variance.data());
    const std::size_t n = old + n_new;
    const std::size_t n_pairs = n > max_buckets ? (n - max_buckets + 1) / 2 : 0;
    if (n_pairs > 0) {
      if (row + 1 == n_rows_) add_row();
      merge_oldest(row, *here, n_pairs, *above, counts_[row + 1]);
    }
    const std::size_t kept = n - 2 * n_pairs;
    copy_few(here->total.data() + 2 * n_pairs, here->variance.data() + 2 * n_pairs, kept, totals(row), variances(row));
    counts_[row] = static_cast<std::uint8_t>(kept);
    stale_rows_ = std::max(stale_rows_, static_cast<std::uint32_t>(row + 1));
    std::swap(here, above);
    n_new = n_pairs;
  }
}

void adwin_window::merge_oldest(std::size_t row, run& from, std::size_t n_pairs, run& into, std::size_t offset) {
  const double n = bucket_size(row);
  const double inverse = 1.0 / n;
  const double half_n = n * 0.5;
  const double* __restrict t = from.total.data();
  const double* __restrict v = from.variance.data();
  double* __restrict t_to = into.total.data() + offset;
  double* __restrict v_to = into.variance.data() + offset;
  for (std::size_t i = 0; i < n_pairs; ++i) {
    const double difference = t[2 * i] * inverse - t[2 * i + 1] * inverse;
    const double between = (half_n * difference) * difference;
    t_to[i] = t[2 * i] + t[2 * i + 1];
    v_to[i] = (v[2 * i] + v[2 * i + 1]) + between;
  }
}

void adwin_window::add_row() {
  const std::size_t needed = (n_rows_ + std::size_t{1}) * stride();
  if (block_.size() < needed) {
    block_.reserve(needed);  // exactly: most streams are young, and there may be a million
    block_.resize(needed, 0.0);
  }
  counts_[n_rows_] = 0;
  ++n_rows_;
}

double adwin_window::sum_of(std::size_t row) const {
  const double* const total = totals(row);
  double sum = 0.0;
  for (std::size_t i = 0; i < counts_[row]; ++i) sum += total[i];
  return sum;
}

void adwin_window::renew_bases() {
  if (stale_rows_ > far_row()) guard_width_ = 0.0;
  if (stale_rows_ >= n_rows_) {
    base(n_rows_ - 1) = 0.0;
    magnitude_ = std::fabs(total_);
    for (std::size_t row = 0; row < n_rows_; ++row) {
      for (std::size_t i = 0; i < counts_[row]; ++i) magnitude_ += std::fabs(totals(row)[i]);
    }
  }
  for (std::size_t row = std::min(stale_rows_, n_rows_) - 1; row > 0; --row) base(row - 1) = base(row) + sum_of(row);
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
  return guard_holds(offset) ? any_exceeds(far_row(), guard_n0_, slope, offset)
                             : any_exceeds(n_rows_, 0.0, slope, offset);
}

bool adwin_window::guard_holds(double offset) const {
  const double mean = total_ / width_;
  return width_ <= guard_width_ && guard_low_ <= mean && mean <= guard_high_ && magnitude_ <= guard_magnitude_ &&
         offset >= guard_offset_;
}

// For fixed u0 and n0 the bound only grows while the window grows by appending, but for the 1/W^2 in its slope: taken
// at the width where the guard ends, it holds until then.
void adwin_window::renew_guard(double slope, double offset) {
  constexpr double growth = 1.0 + 1.0 / 32.0;
  guard_width_ = width_ * growth;
  guard_magnitude_ = 2.0 * magnitude_;
  guard_offset_ = offset;
  guard_low_ = -std::numeric_limits<double>::infinity();
  guard_high_ = std::numeric_limits<double>::infinity();
  const double low_slope = slope / (growth * growth);
  double n0 = 0.0;
  for (std::size_t row = n_rows_; row-- > far_row();) {
    const double size = bucket_size(row);
    const double* const total = totals(row);
    double u0 = base(row);
    for (std::size_t i = 0; i < counts_[row]; ++i) {
      n0 += size;
      u0 += total[i];
      const double reach = std::sqrt(low_slope * n0 * (width_ - n0)) + offset;
      const double inverse = 1.0 / n0;
      guard_low_ = std::max(guard_low_, (u0 - reach) * inverse);
      guard_high_ = std::min(guard_high_, (u0 + reach) * inverse);
    }
  }
  guard_n0_ = n0;
}

bool adwin_window::any_exceeds(std::size_t n_rows, double n0, double slope, double offset) const {
  const double mean = total_ / width_;
  const pair mean2 = {mean, mean};
  const pair slope2 = {slope, slope};
  const pair offset2 = {offset, offset};
  const pair width2 = {width_, width_};
  const pair_mask magnitude = {std::numeric_limits<long long>::max(), std::numeric_limits<long long>::max()};
  const auto absolute = [=](pair x) { return std::bit_cast<pair>(std::bit_cast<pair_mask>(x) & magnitude); };
  // The sign bits of all that is left below the bound, or-ed: cheaper than a comparison each.
  pair_mask any = {0, 0};
  const auto look = [&](pair u0_2, pair n0_2) {
    const pair excess = absolute(u0_2 - mean2 * n0_2) - offset2;
    any |= std::bit_cast<pair_mask>(slope2 * n0_2 * (width2 - n0_2) - excess * absolute(excess));
  };
  for (std::size_t row = n_rows; row-- > 0;) {
    const double size = bucket_size(row);
    const double* const total = totals(row);
    const std::size_t count = counts_[row];
    double u0 = base(row);
    pair n0_2 = {n0 + size, n0 + 2.0 * size};
    const pair step2 = {2.0 * size, 2.0 * size};
    std::size_t i = 0;
    for (; i + 1 < count; i += 2) {
      const double both = total[i] + total[i + 1];
      look(pair{u0 + total[i], u0 + both}, n0_2);
      u0 += both;
      n0_2 += step2;
    }
    n0 += size * static_cast<double>(count);
    if (i < count) look(pair{u0 + total[i], u0 + total[i]}, pair{n0, n0});
  }
  return (any[0] | any[1]) < 0;
}

void adwin_window::drop_oldest() {
  const std::size_t row = n_rows_ - 1;
  double* const t = totals(row);
  double* const v = variances(row);
  const double total = t[0];
  const double variance = v[0];
  const double n = bucket_size(row);
  const double mean = total / n;
  width_ -= n;
  total_ -= total;
  const double window_mean = total_ / width_;
  variance_sum_ -= variance + (((n * width_) * (mean - window_mean)) * (mean - window_mean)) / (n + width_);

  --counts_[row];
  for (std::size_t i = 0; i < counts_[row]; ++i) {
    t[i] = t[i + 1];
    v[i] = v[i + 1];
  }
  if (counts_[row] == 0) --n_rows_;
  stale_rows_ = n_rows_;
}

void adwin_window::clear() {
  width_ = total_ = variance_sum_ = magnitude_ = log_term_width_ = guard_width_ = cut_n1_ = 0.0;
  n_rows_ = stale_rows_ = n_pending_ = 0;
}

// Room for the buckets that were counted; false if the counts cannot be those of a window.
bool adwin_window::lay_out_restored() {
  if (n_rows_ > restored_rows_max) return false;
  double width = 0.0;
  for (std::size_t row = 0; row < n_rows_; ++row) {
    if (counts_[row] == 0 || counts_[row] > settings_->max_buckets) return false;
    width += bucket_size(row) * static_cast<double>(counts_[row]);
  }
  if (width != width_) return false;
  magnitude_ = log_term_width_ = guard_width_ = cut_n1_ = 0.0;
  n_pending_ = 0;
  stale_rows_ = n_rows_;
  block_.assign(n_rows_ * stride(), 0.0);
  return true;
}

}  // namespace spindrift
