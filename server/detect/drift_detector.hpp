// The ADWIN the server runs (Bifet and Gavalda, SDM 2007): says when the mean of a stream has changed, without the
// faults of the published one. Parameters: adwin_window.hpp; it looks twice a clock.
//
// Values enter as x - (first x), in units of the first difference (a power of two), so neither an offset nor a scale
// changes a verdict. Up to eight wait as they came. NaN, infinities and |x| > 1e150 are left out; a deviation beyond 7
// sigma counts for 7, twice as much for each that follows, so that heavy tails are no drift and a new level gets
// through. A cut needs
//   |mean0 - mean1| > sqrt(2 m v dp) + (2/3) dp m R        (m as in adwin.cpp, dp that of there plus 1)
// - v, for S/W there: the variance of single values that would let the means of so many neighbours vary as they were
//   seen to (block_contrast), at least S/W: a wave or a wander that belongs to the stream is no drift;
// - R, for the range 1 there: 0.9 sigma, or where that is more 0.4 E|d|^3 / E d^2, which for rare events in a constant
//   stream is nearly half of their height (Bernstein's moment condition): a handful of them is no drift either.
// Of all cuts the one that leaves the least variance in two levels is taken, if two levels describe the window better
// than a wandering mean does (wander_watch), or the contrast has seen the stream's waves whole, or the baseline saw a
// step. Then all that is older goes at once. A stream that only goes one way (a counter, a slope) is followed by its
// steps instead, until its levels stay together. No cut in the first 100 values and the first 100 after a cut, and none
// without any variance. The window is held to some 20 million values, the oldest leaving first.
//
// Keeps a pointer to the settings, which must be valid and outlive it. Owns two heap blocks, and one more while it
// follows steps: 0.8 KiB in all after 200 values, 2.4 KiB at most (at max_buckets 5). About 16 ns a value at clock 32.
// One thread at a time.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>

#include "server/detect/adwin_window.hpp"
#include "server/detect/block_contrast.hpp"
#include "server/detect/reading.hpp"
#include "server/detect/wander_watch.hpp"

namespace spindrift {

class drift_detector {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 3;

  explicit drift_detector(const adwin_settings& settings) : window_(settings) { until_tick_ = look_every(); }

  // Takes the next value; the new window if the old one was cut.
  std::optional<drift_cut> update(double x) {
    if (!(std::fabs(x) <= magnitude_max)) return refuse();
    const bool full = window_.append(x);
    if (++n_seen_ % batch == 0) learn_tail();
    if (--until_tick_ == 0) return tick();
    if (full) settle();
    return std::nullopt;
  }

  // The baseline adopted a new level: a cut at about this point is a step, in whatever wave.
  void expect_step() { sharp_left_ = 4; }

  // A cut whose means are so far apart is a step, since the values are known to scatter far less; 0: nothing is known.
  void believe(double gap) {
    if (seldom_ || gap != 0.0) seldom().sure_gap = gap;
  }

  // What comes now is not to be compared with what came: the window begins anew.
  void restart() {
    settle();
    take_up(false);
  }

  void prefetch() const {
    if (!window_.is_nearly_full() && until_tick_ != 1) return window_.prefetch();
    window_.prefetch_all();
    contrast_.prefetch();
  }

  // Of the window, in the units of the data, at the last update.
  double width() const { return window_.width() + static_cast<double>(window_.pending().size()); }
  double total();
  double mean();
  double variance_sum();  // of squared deviations, not divided

  // Modulo 2^32.
  std::uint32_t n_detections() const { return n_detections_; }
  // Values left out, and times the state was no longer finite and began anew.
  std::uint32_t n_refused() const { return seldom_ ? seldom_->n_refused : 0; }
  std::uint32_t n_resets() const { return seldom_ ? seldom_->n_resets : 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    if constexpr (!Archive::reads) settle();
    // As saved, counts are wide, and the scale is a number.
    double scale = this->scale();
    std::uint64_t n_seen = n_seen_;
    bool started = started_;
    bool scaled = scaled_;
    bool by_steps = by_steps_;
    archive(origin_, scale, mean_, reach_, cubes_, third_moment_, n_seen, until_tick_, started, scaled);
    rarities rare = seldom_ ? *seldom_ : rarities{};
    path way = by_steps_ ? rare.way : path{};
    archive(rare.sure_gap, by_steps, sharp_left_, way.points, way.newest, way.entry, way.square);
    for (std::uint32_t* const count : {&n_detections_, &rare.n_refused, &rare.n_resets}) {
      std::uint64_t saved = *count;
      archive(saved);
      *count = static_cast<std::uint32_t>(saved);
    }
    if constexpr (Archive::reads) {
      if (!take_scale(scale)) return archive.refuse();
      n_seen_ = within_32_bits(n_seen);
      started_ = started;
      scaled_ = scaled;
      by_steps_ = by_steps;
      const bool has_any = by_steps_ || rare.sure_gap != 0.0 || rare.n_refused > 0 || rare.n_resets > 0;
      rare.way = way;
      seldom_ = has_any ? std::make_unique<rarities>(rare) : nullptr;
    }
    archive(window_, contrast_);
    std::uint64_t n_wandered = wander_count();
    wander_.visit_state(archive, n_wandered);
    if constexpr (Archive::reads) {
      has_level_ = n_wandered > contrast_.count();
      if (until_tick_ == 0 || until_tick_ > window_.settings().clock) archive.refuse();
    }
  }

private:
  static constexpr double magnitude_max = 1e150;
  static constexpr std::uint32_t batch = 32;
  static constexpr int exponent_max = 1000;  // the scale and its inverse are ordinary numbers

  // Variance by the size (2^r) of the smaller side of a cut; see `tabulate`.
  struct variance_table;

  // Twice a clock: what that adds to the false drifts the bound takes back, what it takes off the delay stays.
  std::uint32_t look_every() const { return (window_.settings().clock + 1) / 2; }
  std::optional<drift_cut> refuse();
  double measure(double x);
  double take_bearings(double x);
  double rein_in(double y, double& deviation);
  std::optional<drift_cut> tick();
  // Where the level of a stream of steps goes.
  struct path {
    double newest = 0.0;
    double entry = 0.0;   // where it was some 256 values ago,
    double square = 0.0;  // the squared way since,
    std::uint32_t points = 0;
  };
  // What most streams never have.
  struct rarities {
    path way;               // with by_steps_
    double sure_gap = 0.0;  // 0: none
    std::uint32_t n_refused = 0;
    std::uint32_t n_resets = 0;
  };
  struct boundary {
    double n0;
    double n1;
    double mean0;
    double mean1;
    double m;         // 1/(n0 - least + 1) + 1/(n1 - least + 1)
    double variance;  // v
    double log_term;  // dp
  };
  std::optional<boundary> best_cut();
  bool is_step(const boundary& cut);
  double within(const boundary& cut) const;
  void follow_trend();
  void follow_path();
  rarities& seldom();
  void take_up(bool steps);
  double step_to(double y);
  bool knows_its_waves() const;
  variance_table tabulate() const;
  double tail_range(double variance) const;
  double level_of(double y) const;
  template <class TooLong>
  void shorten(const TooLong& is_too_long);
  drift_cut told(const boundary& cut, double range);
  void settle();
  void learn_tail();
  void reset();

  // A power of two that takes the first difference from the origin near 1.
  double scale() const {
    constexpr int bias = 1023;
    constexpr unsigned mantissa_bits = 52;
    return std::bit_cast<double>(static_cast<std::uint64_t>(scale_exponent_ + bias) << mantissa_bits);
  }
  bool take_scale(double scale);
  // Of a number as large as that only its last bits count, and that it is large.
  static std::uint32_t within_32_bits(std::uint64_t n) {
    constexpr std::uint64_t top = std::uint64_t{1} << 31U;
    return static_cast<std::uint32_t>(n < top ? n : (n & (top - 1)) | top);
  }
  // How many values wander_ has been told of: those of the contrast, and the one before a restart.
  std::uint64_t wander_count() const { return contrast_.count() + (has_level_ ? 1 : 0); }

  block_contrast contrast_;
  wander_watch wander_;
  double origin_ = 0.0;        // the first value
  double mean_ = 0.0;          // of the window when the tail was last learned
  double reach_ = INFINITY;    // a deviation from that mean counts for no more
  double cubes_ = 0.0;         // sum of |d|^3 since then
  double third_moment_ = 0.0;  // E|d|^3, over about the window's length
  std::uint32_t n_detections_ = 0;
  std::int16_t scale_exponent_ = 0;
  std::uint8_t sharp_left_ = 0;  // ticks for which a step that the baseline saw is believed
  bool started_ : 1 = false;
  bool scaled_ : 1 = false;
  bool by_steps_ : 1 = false;   // the window holds steps, not levels
  bool has_level_ : 1 = false;  // wander_ has a value of before the contrast's first
  // From here on, with the end of the window, is what a value touches that only waits. What waits is as it came.
  adwin_window window_;
  std::uint32_t n_seen_ = 0;  // since the first value or a reset
  std::uint32_t until_tick_ = 1;
  std::unique_ptr<rarities> seldom_;  // from the first on
};

}  // namespace spindrift
