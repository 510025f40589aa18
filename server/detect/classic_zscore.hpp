// The classic windowed Z-score: mean and population standard deviation of the last `window` learned points before this
// one, z = (x - mean) / sd, an anomaly when |z| > threshold (3). Parameters: zscore.hpp.
//
// One object a stream, one thread at a time; the settings are the caller's and outlive it. About 10 ns a point, O(1)
// amortised: the moments move by Welford's update (Technometrics 1962) as a point enters and another leaves, and are
// computed afresh from the window (two passes; Chan, Golub, LeVeque, American Statistician 1983) once per window, and
// whenever a far larger value has just left, so rounding never piles up. Memory: 64 bytes and 2 to 4 a point of the
// window while its values are decimals of few digits, else 8 (packed_window.hpp), grown as points come. NaN and
// infinities are ignored (z = 0); see zscore.hpp for the largest values.
//
// sd is at least 2^-50 |mean|, a few units in the last place: rounding noise on a constant is not an anomaly, any real
// change is. Flagged points are not learned from, but at most window/4 of them in a row: a new level becomes normal.
#pragma once

#include <cstdint>
#include <vector>

#include "server/detect/packed_window.hpp"
#include "server/detect/prefetch.hpp"
#include "server/detect/zscore.hpp"

namespace spindrift {

class classic_zscore {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;

  explicit classic_zscore(const zscore_settings& settings) : settings_(&settings) {}

  baseline_reading update(double x);

  void prefetch() const { prefetch_bytes(values_.address(oldest_), sizeof(double)); }

  // After a drift: forgets all but the newest `width` points. With fewer than min_samples left it warms up again.
  void keep_last(double width);

  template <class Archive>
  void visit_state(Archive& archive) {
    std::vector<double> values;  // as saved they are doubles
    if constexpr (!Archive::reads) {
      values.reserve(values_.size());
      values_.for_each([&](double value) { values.push_back(value); });
    }
    archive.sequence(values, settings_->window);
    if constexpr (Archive::reads) values_ = packed_window(values);
    std::uint32_t oldest = oldest_;
    std::uint32_t flagged_run = flagged_run_;
    std::uint32_t until_exact = until_exact_;
    archive(oldest, flagged_run, until_exact, offset_, mean_, squares_, squares_peak_);
    if constexpr (Archive::reads) {
      const bool full = values_.size() == settings_->window;
      if (full ? oldest >= values_.size() || until_exact == 0 : oldest != 0) archive.refuse();
      if (until_exact > settings_->window || flagged_run > settings_->window) archive.refuse();
      oldest_ = oldest & window_bits;
      flagged_run_ = flagged_run & window_bits;
      until_exact_ = until_exact & window_bits;
      if (!(squares_ >= 0 && squares_peak_ >= squares_)) archive.refuse();
    }
  }

private:
  void learn(double x);
  void compute_exactly();
  void grow();
  double deviation() const;

  static constexpr std::uint32_t window_bits = (1U << 20U) - 1;
  static_assert(zscore_window_max <= window_bits);

  const zscore_settings* settings_;
  packed_window values_;                // in order of arrival until full, then a ring whose oldest is at oldest_
  std::uint64_t oldest_ : 20 = 0;       // 0 unless the ring is full
  std::uint64_t flagged_run_ : 20 = 0;  // flagged points in a row
  std::uint64_t until_exact_ : 20 = 0;  // evictions left until the moments are computed afresh
  double offset_ = 0;                   // mean_ is relative to it: a large common offset costs no digits
  double mean_ = 0;
  double squares_ = 0;       // sum of squared deviations from the mean
  double squares_peak_ = 0;  // its largest since it was last computed exactly: what its rounding error goes by
};

}  // namespace spindrift
