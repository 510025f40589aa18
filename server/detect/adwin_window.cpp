// ADWIN's window: an exponential histogram of the values.
#include "server/detect/adwin_window.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "server/detect/complaint.hpp"

namespace spindrift {

namespace {

// A bucket outside row 0.
struct bucket {
  double total;
  double variance;
};

// Two neighbouring buckets of `size` values as one. Dividing by a power of two is multiplying, to the last bit.
template <class Variance>
bucket merged(const double* totals, const Variance* variances, double size) {
  const double inverse = 1.0 / size;
  const double difference = totals[0] * inverse - totals[1] * inverse;
  const double within = variances[0].value() + variances[1].value();
  return {totals[0] + totals[1], within + ((size * 0.5) * difference) * difference};
}
// The same for two of row 0.
bucket merged(const double* values) {
  const double difference = values[0] - values[1];
  return {values[0] + values[1], (0.5 * difference) * difference};
}

// The buckets of a row as they come, the new ones behind the old ones.
template <class Variance>
struct run {
  std::array<double, adwin_max_buckets_max + 8> totals;
  std::array<Variance, adwin_max_buckets_max + 8> variances;

  void put(std::size_t i, const bucket& one) {
    totals[i] = one.total;
    variances[i] = Variance::of(one.variance);
  }
};

// As a float, rounded up; infinite for what is beyond it.
float no_less(double x) {
  constexpr double up = 1.0 + 0x1p-23;
  constexpr double least = 1e-37;  // what is smaller loses digits as a float
  return x < 1e38 ? static_cast<float>(x * up + least) : std::numeric_limits<float>::infinity();
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

template <class Variance>
void basic_adwin_window<Variance>::flush() {
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
template <class Variance>
void basic_adwin_window<Variance>::add_moments() {
  std::array<double, pending_max> total_before;
  std::array<double, pending_max> term;
  const std::size_t n = n_pending_;
  const double* const x = values() + n_newest_;
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
  magnitude_ = no_less(static_cast<double>(magnitude_) + absolute);
}

// How many pairs of a row's oldest buckets move up when it would have n.
template <class Variance>
std::size_t basic_adwin_window<Variance>::pairs_over(std::size_t n) const {
  const std::size_t max_buckets = settings_->max_buckets;
  return n > max_buckets ? (n - max_buckets + 1) / 2 : 0;
}

template <class Variance>
void basic_adwin_window<Variance>::push_one() {
  const std::size_t max_buckets = settings_->max_buckets;
  double* const t = values();
  stale_rows_ = std::max(stale_rows_, std::uint8_t{1});
  if (n_newest_ < max_buckets) {
    ++n_newest_;
    return;
  }
  bucket moving = merged(t);
  for (std::size_t i = 2; i <= max_buckets; ++i) t[i - 2] = t[i];
  n_newest_ = static_cast<std::uint8_t>(max_buckets - 1);
  for (std::size_t row = 1;; ++row) {
    if (row == n_rows_) add_row();
    stale_rows_ = std::max(stale_rows_, static_cast<std::uint8_t>(row + 1));
    if (counts()[row] < max_buckets) make_room(row, counts()[row] + std::size_t{1});
    double* const total = totals(row);
    Variance* const variance = variances(row);
    std::uint8_t& count = counts()[row];
    if (count < max_buckets) {
      total[count] = moving.total;
      variance[count++] = Variance::of(moving.variance);
      return;
    }
    const bucket up = merged(total, variance, bucket_size(row));
    std::copy_n(total + 2, max_buckets - 2, total);
    std::copy_n(variance + 2, max_buckets - 2, variance);
    total[max_buckets - 2] = moving.total;
    variance[max_buckets - 2] = Variance::of(moving.variance);
    count = static_cast<std::uint8_t>(max_buckets - 1);
    moving = up;
  }
}

// What one append after the other does to a row depends only on what that row receives, so each row can take all its
// new buckets together.
template <class Variance>
void basic_adwin_window<Variance>::push_many() {
  static_assert(pending_max <= 8);
  run<Variance> first;
  run<Variance> second;
  run<Variance>* here = &first;
  run<Variance>* above = &second;
  std::size_t n = std::size_t{n_newest_} + n_pending_;
  std::size_t n_pairs = pairs_over(n);
  if (n_pairs > 0 && n_rows_ == 1) add_row();
  double* const t = values();
  for (std::size_t i = 0; i < n_pairs; ++i) here->put(counts()[1] + i, merged(t + 2 * i));
  n -= 2 * n_pairs;
  for (std::size_t i = 0; i < n; ++i) t[i] = t[2 * n_pairs + i];
  n_newest_ = static_cast<std::uint8_t>(n);
  std::size_t row = 1;
  for (; n_pairs > 0; ++row) {
    const std::size_t old = counts()[row];
    n = old + n_pairs;
    n_pairs = pairs_over(n);
    if (n_pairs == 0) {
      make_room(row, n);
      std::copy(&here->totals[old], &here->totals[n], totals(row) + old);
      std::copy(&here->variances[old], &here->variances[n], variances(row) + old);
    } else {
      if (row + 1 == n_rows_) add_row();
      std::copy_n(totals(row), old, here->totals.data());
      std::copy_n(variances(row), old, here->variances.data());
      const double size = bucket_size(row);
      const std::size_t to = counts()[row + 1];
      for (std::size_t i = 0; i < n_pairs; ++i) {
        above->put(to + i, merged(&here->totals[2 * i], &here->variances[2 * i], size));
      }
      n -= 2 * n_pairs;
      std::copy_n(&here->totals[2 * n_pairs], n, totals(row));
      std::copy_n(&here->variances[2 * n_pairs], n, variances(row));
      std::swap(here, above);
    }
    counts()[row] = static_cast<std::uint8_t>(n);
  }
  stale_rows_ = std::max(stale_rows_, static_cast<std::uint8_t>(row));
}

// A row gets another above it when it is full.
template <class Variance>
void basic_adwin_window<Variance>::add_row() {
  const std::size_t max_buckets = settings_->max_buckets;
  if (rows_held_ == n_rows_) hold(n_rows_ + std::size_t{1}, (n_rows_ - std::size_t{1}) * max_buckets + 1);
  counts()[n_rows_] = 0;
  ++n_rows_;
}

template <class Variance>
void basic_adwin_window<Variance>::hold_first() {
  const std::size_t max_buckets = settings_->max_buckets;
  const std::size_t places = std::min<std::size_t>(buckets_first, 5 * max_buckets);
  hold(1 + (places + max_buckets - 1) / max_buckets, places);
}

// For n buckets of that row; of those before the last held there is room for all.
template <class Variance>
void basic_adwin_window<Variance>::make_room(std::size_t row, std::size_t n) {
  const std::size_t max_buckets = settings_->max_buckets;
  const std::size_t before = (row - 1) * max_buckets;
  if (before + n > places_) hold(rows_held_, before + std::min(n + buckets_step - 1, max_buckets));
}

// Room for so many rows, and buckets from row 1 on: there may be a million streams.
template <class Variance>
void basic_adwin_window<Variance>::hold(std::size_t n_rows, std::size_t n_places) {
  const std::unique_ptr<std::byte[]> before = std::move(block_);
  const std::size_t totals_end = guard_begin();
  const std::size_t variances_before = before ? variances_begin(1) : 0;
  const std::size_t counts_before = before ? counts_begin() : 0;
  const std::size_t counts_end = before ? block_length() : 0;
  places_ = static_cast<std::uint16_t>(n_places);
  rows_held_ = static_cast<std::uint8_t>(n_rows);
  block_ = std::make_unique<std::byte[]>(block_length());  // without a guard that holds
  if (!before) return;
  std::memcpy(block_.get(), before.get(), totals_end);
  std::memcpy(block_.get() + variances_begin(1), before.get() + variances_before, counts_before - variances_before);
  std::memcpy(block_.get() + counts_begin(), before.get() + counts_before, counts_end - counts_before);
}

// What has changed since the last look, and how large sums are.
template <class Variance>
void basic_adwin_window<Variance>::note_changes() {
  if (stale_rows_ > far_row()) drop_guard();
  if (stale_rows_ >= n_rows_) {
    double magnitude = std::fabs(total_);
    for (std::size_t row = 0; row < n_rows_; ++row) {
      for (std::size_t i = 0; i < count(row); ++i) magnitude += std::fabs(totals(row)[i]);
    }
    magnitude_ = no_less(magnitude);
  }
  stale_rows_ = 0;
}

template <class Variance>
void basic_adwin_window<Variance>::drop_oldest() {
  const std::size_t row = n_rows_ - 1U;
  double* const oldest = totals(row);
  const double total = oldest[0];
  const double variance = row == 0 ? 0.0 : variances(row)[0].value();
  const double n = bucket_size(row);
  const double mean = total / n;
  width_ -= n;
  total_ -= total;
  const double window_mean = total_ / width_;
  variance_sum_ -= variance + (((n * width_) * (mean - window_mean)) * (mean - window_mean)) / (n + width_);

  const std::size_t left = row == 0 ? --n_newest_ : --counts()[row];
  std::copy_n(oldest + 1, left, oldest);
  if (row > 0) std::copy_n(variances(row) + 1, left, variances(row));
  if (left == 0) --n_rows_;
  stale_rows_ = n_rows_;
}

template <class Variance>
void basic_adwin_window<Variance>::sum_anew() {
  double n = 0.0;
  total_ = variance_sum_ = 0.0;
  for (std::size_t row = n_rows_; row-- > 0;) {
    const double size = bucket_size(row);
    for (std::size_t i = 0; i < count(row); ++i) {
      const double total = totals(row)[i];
      const double gap = n > 0.0 ? total_ / n - total / size : 0.0;
      variance_sum_ += (row == 0 ? 0.0 : variances(row)[i].value()) + n * size / (n + size) * gap * gap;
      total_ += total;
      n += size;
    }
  }
}

template <class Variance>
void basic_adwin_window<Variance>::clear() {
  width_ = total_ = variance_sum_ = 0.0;
  magnitude_ = 0.0F;
  drop_guard();
  n_rows_ = stale_rows_ = n_newest_ = n_pending_ = 0;
}

// Room for the buckets that were counted; false if the counts cannot be those of a window.
template <class Variance>
bool basic_adwin_window<Variance>::lay_out_restored(std::size_t n_rows,
                                                    const std::array<std::uint8_t, rows_max>& counted) {
  if (n_rows > restored_rows_max || (n_rows == 0 && counted[0] != 0)) return false;
  double width = 0.0;
  for (std::size_t row = 0; row < n_rows; ++row) {
    if (counted[row] == 0 || counted[row] > settings_->max_buckets) return false;
    width += bucket_size(row) * static_cast<double>(counted[row]);
  }
  if (width != width_) return false;
  magnitude_ = 0.0F;
  n_pending_ = 0;
  n_rows_ = stale_rows_ = static_cast<std::uint8_t>(n_rows);
  n_newest_ = n_rows > 0 ? counted[0] : std::uint8_t{0};
  block_.reset();
  if (n_rows > 1) {
    hold(n_rows, (n_rows - 2) * settings_->max_buckets + counted[n_rows - 1]);
    std::copy_n(&counted[1], n_rows - 1, counts() + 1);
  } else {
    hold_first();
  }
  return true;
}

template class basic_adwin_window<whole_double>;
template class basic_adwin_window<half_double>;

}  // namespace spindrift
