// ADWIN's window: the exponential histogram of Bifet and Gavalda (SDM 2007), kept so that its state is, after every
// value, bit for bit what one append after the other would give, at a fraction of the cost.
//
// Row r holds up to max_buckets buckets of exactly 2^r values, oldest first; the last row is the oldest. Two things
// make it fast: values wait in a small buffer and are then merged row by row; and `may_exceed` rules a cut out without
// a division or a root for each bucket, for old rows even at a glance.
//
// Owns a heap block, which holds the buffer too and is grown a row at a time, 81 bytes each at 5 buckets (61 of the
// shorter kind), and of the oldest row a bucket at a time: 0.5 KiB up to 200 values (0.4), 1.4 KiB after a million and
// within 4 KiB up to 10^12. Keeps a pointer to the settings, which must outlive it. One thread at a time; any double
// may be appended. Every figure and test below asks for a flush after the last append.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "server/detect/prefetch.hpp"
#include "server/detect/settings.hpp"
#include "server/detect/short_double.hpp"

namespace spindrift {

// The number of buckets of one size is counted in a byte.
inline constexpr unsigned adwin_max_buckets_max = 200;
inline constexpr unsigned adwin_count_max = 1'000'000'000;  // clock, min_window_length, grace_period

// One complaint a line, each opening with the flag at fault; empty if all is well.
std::vector<std::string> validate(const adwin_settings& settings);

// How the variance of a bucket is held: as half_double, or with all of its digits.
struct whole_double {
  double held = 0.0;

  static whole_double of(double value) { return {value}; }
  double value() const { return held; }
};

template <class Variance>
class basic_adwin_window {
public:
  explicit basic_adwin_window(const adwin_settings& settings) : settings_(&settings) { hold_first(); }

  // True when the buffer is full: `flush` must come before the next append.
  bool append(double x) {
    values()[n_newest_ + n_pending_++] = x;
    return n_pending_ == pending_max;
  }
  // What has not been flushed; until then it may be changed.
  std::span<const double> pending() const { return {values() + n_newest_, n_pending_}; }
  std::span<double> pending() { return {values() + n_newest_, n_pending_}; }

  // Puts what is buffered into its buckets.
  void flush();
  // What the next append will touch; and a flush.
  void prefetch() const { prefetch_line(values() + n_newest_ + n_pending_); }
  void prefetch_all() const { prefetch_bytes(block_.get(), block_length()); }
  bool is_nearly_full() const { return n_pending_ + 1 == pending_max; }

  const adwin_settings& settings() const { return *settings_; }
  double width() const { return width_; }
  double total() const { return total_; }
  double mean() const { return width_ > 0.0 ? total_ / width_ : 0.0; }
  double variance_sum() const { return variance_sum_; }  // of squared deviations, not divided
  std::size_t n_rows() const { return n_rows_; }

  // False only if no boundary can have |mean difference| > sqrt(2 m (S/W) dp) + (2/3) dp m range, m being at least
  // 1/n0 + 1/n1 and dp the logarithm of the cut condition: then the boundaries need not be looked at one by one.
  bool may_exceed(double range);

  // Asks exceeds(n0, u0, n1, u1) at every boundary, oldest first, whose sides (count n, total u) are both long enough,
  // until it says yes: then n1, else 0. The sums are carried in the order of the definition, so that rounding is the
  // same too. only_n1: at that boundary alone, unless it is 0.
  template <class Exceeds>
  double find_boundary(Exceeds&& exceeds, double only_n1 = 0.0) const;

  void drop_oldest();
  // The sums again, from the buckets: every value that came or went has left its rounding in them, and a variance that
  // is held as half_double more than that, which beside values that hardly vary looks like a level. Not for who wants
  // the definition's own digits. Costs a look at every bucket.
  void sum_anew();
  // What rounding may have made of a sum over buckets, none of whose parts is larger than `magnitude`.
  double rounding(double magnitude) const {
    const double n_steps = static_cast<double>(n_rows_) * settings_->max_buckets + 16.0;
    return n_steps * std::numeric_limits<double>::epsilon() * magnitude;
  }
  void clear();

  // log((2 log W) / delta), the dp of the cut condition.
  double log_term() const { return log_term_of(width_); }

  template <class Archive>
  void visit_state(Archive& archive);

private:
  static constexpr std::size_t pending_max = 8;
  // What a stream of 200 values has at 5 a row: five rows, and two buckets of the sixth. Grown from one row on, the
  // blocks left behind lie between other ones of their streams and are of use to none: 10 % more memory a stream after
  // 200 values, measured. For that reason the oldest row, too, grows by more than one bucket at a time.
  static constexpr std::size_t buckets_first = 22;      // without row 0
  static constexpr std::size_t buckets_step = 2;        // of the oldest row
  static constexpr std::size_t rows_max = 48;           // 2^50 values: no stream lives to see it
  static constexpr std::size_t restored_rows_max = 40;  // and none that is restored gets there from here

  // While the window's mean stays within low to high, the other figures within theirs, and the far rows as they are,
  // none of their boundaries can be a cut.
  struct guard {
    double low;
    double high;
    double width_max;  // 0: not even then
    double magnitude_max;
    double offset_min;
    double n0;  // values in the far rows,
    double u0;  // and their sum
  };

  // The block: the values of row 0, with what is buffered right behind them; of each further row the totals of its
  // buckets; the guard, once there are far rows, which most streams are too young for; of each further row the
  // variances, for single values have none; and how many buckets it has. The last row has room for as many as it needs,
  // the others for all.
  std::size_t totals_begin(std::size_t row) const {
    return row == 0 ? 0 : (pending_max + row * settings_->max_buckets) * sizeof(double);
  }
  std::size_t guard_begin() const { return totals_begin(1) + places_ * sizeof(double); }
  std::size_t variances_begin(std::size_t row) const {
    return guard_begin() + (has_guard() ? sizeof(guard) : 0) + (row - 1) * settings_->max_buckets * sizeof(Variance);
  }
  std::size_t counts_begin() const { return variances_begin(1) + places_ * sizeof(Variance); }
  std::size_t block_length() const { return counts_begin() + rows_held_ - 1U; }
  double* totals(std::size_t row) { return reinterpret_cast<double*>(block_.get() + totals_begin(row)); }
  const double* totals(std::size_t row) const {
    return reinterpret_cast<const double*>(block_.get() + totals_begin(row));
  }
  Variance* variances(std::size_t row) { return reinterpret_cast<Variance*>(block_.get() + variances_begin(row)); }
  // Of the rows from 1 on.
  std::uint8_t* counts() { return reinterpret_cast<std::uint8_t*>(block_.get() + counts_begin()) - 1; }
  const std::uint8_t* counts() const {
    return reinterpret_cast<const std::uint8_t*>(block_.get() + counts_begin()) - 1;
  }
  std::size_t count(std::size_t row) const { return row == 0 ? n_newest_ : counts()[row]; }
  bool has_guard() const { return rows_held_ > far_row() + 1; }
  guard& far_guard() const { return *reinterpret_cast<guard*>(block_.get() + guard_begin()); }
  double* values() { return totals(0); }
  const double* values() const { return totals(0); }
  double log_term_of(double width) const { return std::log((2.0 * std::log(width)) / settings_->delta); }
  static double bucket_size(std::size_t row) { return static_cast<double>(std::uint64_t{1} << row); }

  // Rows from here on change at most once in some 16 ticks: often enough unchanged to be worth a guard.
  std::size_t far_row() const { return static_cast<std::size_t>(std::bit_width(settings_->clock)) + 4; }

  void add_moments();
  void push_one();
  void push_many();
  std::size_t pairs_over(std::size_t n) const;
  void add_row();
  void hold_first();
  void hold(std::size_t n_rows, std::size_t n_places);
  void make_room(std::size_t row, std::size_t n);
  bool lay_out_restored(std::size_t n_rows, const std::array<std::uint8_t, rows_max>& counted);
  void note_changes();
  bool any_exceeds(std::size_t n_rows, double n0, double u0, double slope, double offset) const;
  bool guard_holds(double offset) const;
  void drop_guard() {
    if (has_guard()) far_guard().width_max = 0.0;
  }
  void renew_guard(double slope, double offset);

  // What an append touches comes last.
  const adwin_settings* settings_;
  double width_ = 0.0;
  double total_ = 0.0;
  double variance_sum_ = 0.0;
  float magnitude_ = 0.0F;       // no sum of consecutive buckets is larger: the scale of rounding
  float log_term_floor_ = 0.0F;  // no log term of a width of log_term_bits_ binary digits is smaller
  std::uint16_t places_ = 0;     // that the block has for buckets of the rows from 1 on
  std::uint8_t rows_held_ = 0;   // that they are of, and row 0
  std::uint8_t n_rows_ = 0;
  std::uint8_t stale_rows_ = 0;  // rows below this one have changed since they were last looked at
  std::uint8_t log_term_bits_ = 0;
  std::uint8_t n_newest_ = 0;  // values in row 0
  std::uint8_t n_pending_ = 0;
  std::unique_ptr<std::byte[]> block_;
};

using exact_adwin_window = basic_adwin_window<whole_double>;  // the definition's own digits
using adwin_window = basic_adwin_window<half_double>;

template <class Variance>
template <class Exceeds>
double basic_adwin_window<Variance>::find_boundary(Exceeds&& exceeds, double only_n1) const {
  const double least = static_cast<double>(settings_->min_window_length);
  double n0 = 0.0;
  double n1 = width_;
  double u0 = 0.0;
  double u1 = total_;
  for (std::size_t row = n_rows_; row-- > 0;) {
    const double size = bucket_size(row);
    const double* total = totals(row);
    // The newest bucket of all has nothing after it.
    const std::size_t n = row == 0 ? n_newest_ - std::size_t{1} : counts()[row];
    for (std::size_t i = 0; i < n; ++i, ++total) {
      n0 += size;
      n1 -= size;
      u0 += *total;
      u1 -= *total;
      if (only_n1 > 0.0 && n1 != only_n1) continue;
      if (n0 >= least && n1 >= least && exceeds(n0, u0, n1, u1)) return n1;
      if (only_n1 > 0.0) return 0.0;
    }
  }
  return 0.0;
}

template <class Variance>
template <class Archive>
void basic_adwin_window<Variance>::visit_state(Archive& archive) {
  if constexpr (!Archive::reads) flush();
  std::uint32_t n_rows = n_rows_;
  std::array<std::uint8_t, rows_max> saved_counts{};
  for (std::size_t row = 0; row < n_rows_; ++row) saved_counts[row] = static_cast<std::uint8_t>(count(row));
  archive(width_, total_, variance_sum_, n_rows, saved_counts);
  if constexpr (Archive::reads) {
    if (!archive.ok() || !lay_out_restored(n_rows, saved_counts)) {
      clear();
      return archive.refuse();
    }
  }
  double no_variance = 0.0;
  for (std::size_t i = 0; i < n_newest_; ++i) archive(values()[i], no_variance);
  for (std::size_t row = 1; row < n_rows_; ++row) {
    for (std::size_t i = 0; i < counts()[row]; ++i) {
      double variance = variances(row)[i].value();
      archive(totals(row)[i], variance);
      if constexpr (Archive::reads) variances(row)[i] = Variance::of(variance);
    }
  }
}

extern template class basic_adwin_window<whole_double>;
extern template class basic_adwin_window<half_double>;

}  // namespace spindrift
