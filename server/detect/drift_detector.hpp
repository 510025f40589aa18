// The ADWIN the server runs (Bifet and Gavalda, SDM 2007): says when the mean of a stream has changed, without the
// faults of the published one. Parameters: adwin_window.hpp.
//
// Values enter as x - (first x), in units of the first difference (a power of two), so neither an offset nor a scale
// changes a verdict. NaN, infinities and |x| > 1e150 are left out; a deviation beyond 50 sigma counts for 50, twice as
// much for each that follows, so that one absurd value does not blind it and a new level gets through. A cut needs
//   |mean0 - mean1| > sqrt(2 m v dp) + (2/3) dp m R        (m, dp as in adwin.cpp)
// - v, for S/W there: the variance of single values that would let the means of so many neighbours vary as they were
//   seen to (block_contrast), at least S/W: a wave or a wander that belongs to the stream is no drift;
// - R, for the range 1 there: 0.9 sigma, or where that is more 0.45 E|d|^3 / E d^2, which for rare events in a constant
//   stream is nearly half of their height (Bernstein's moment condition): a handful of them is no drift either.
// No cut in the first 100 values, and none without any variance. The window is held to some 20 million values, the
// oldest leaving first.
//
// Keeps a pointer to the settings, which must be valid and outlive it. Owns two heap blocks, three in long windows: 1.2
// KiB in all after 200 values, 3 KiB at most (at max_buckets 5). About 12 ns a value at clock 32. One thread at a time.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "server/detect/adwin_window.hpp"
#include "server/detect/block_contrast.hpp"

namespace spindrift {

// In the units of the data.
struct drift_cut {
  double width;   // of the new window
  double mean;    // of the new window
  double before;  // mean of the values that were dropped
};

class drift_detector {
public:
  explicit drift_detector(const adwin_settings& settings) : until_tick_(settings.clock), window_(settings) {}

  // Takes the next value; the new window if the old one was cut.
  std::optional<drift_cut> update(double x) {
    if (!(std::fabs(x) <= magnitude_max)) return refuse();
    double y = (x - origin_) * scale_;
    if (!scaled_) y = take_bearings(x);
    double d = std::fabs(y - mean_);
    if (d > reach_) y = rein_in(y, d);
    cubes_ += d * d * d;
    const bool full = window_.append(y);
    if (++n_seen_ % batch == 0) learn_tail();
    if (--until_tick_ == 0) return tick();
    if (full) settle();
    return std::nullopt;
  }

  void prefetch() const {
    window_.prefetch();
    if ((n_seen_ + 1) % batch == 0) contrast_.prefetch();
  }

  // Of the window, in the units of the data, at the last update.
  double width() const { return window_.width() + static_cast<double>(window_.pending().size()); }
  double total();
  double mean();
  double variance_sum();  // of squared deviations, not divided

  std::uint64_t n_detections() const { return n_detections_; }
  std::uint64_t n_refused() const { return n_refused_; }  // values left out
  std::uint64_t n_resets() const { return n_resets_; }    // times the state was no longer finite and began anew

  template <class Archive>
  void visit_state(Archive& archive) {
    if constexpr (!Archive::reads) settle();
    archive(origin_, scale_, mean_, reach_, cubes_, third_moment_, n_seen_, until_tick_, started_, scaled_);
    archive(n_detections_, n_refused_, n_resets_, window_, contrast_);
    if constexpr (Archive::reads) {
      if (until_tick_ == 0 || until_tick_ > window_.settings().clock) archive.refuse();
    }
  }

private:
  static constexpr double magnitude_max = 1e150;
  static constexpr std::uint64_t batch = 32;

  // Variance by the size (2^r) of the smaller side of a cut; see `tabulate`.
  struct variance_table;

  std::optional<drift_cut> refuse();
  double take_bearings(double x);
  double rein_in(double y, double& deviation);
  std::optional<drift_cut> tick();
  bool has_cut();
  variance_table tabulate() const;
  double tail_range(double variance) const;
  void settle();
  void learn_tail();
  void reset();

  double origin_ = 0.0;        // the first value
  double scale_ = 1.0;         // a power of two that takes the first difference from it near 1
  double mean_ = 0.0;          // of the window when the tail was last learned
  double reach_ = INFINITY;    // a deviation from that mean counts for no more
  double cubes_ = 0.0;         // sum of |d|^3 since then
  double third_moment_ = 0.0;  // E|d|^3, over about the window's length
  std::uint64_t n_seen_ = 0;   // since the first value or a reset
  std::uint32_t until_tick_;
  bool started_ = false;
  bool scaled_ = false;
  std::uint64_t n_detections_ = 0;
  std::uint64_t n_refused_ = 0;
  std::uint64_t n_resets_ = 0;
  adwin_window window_;
  block_contrast contrast_;
};

}  // namespace spindrift
