// The robust Z-score of a stream that may have habits of the clock: once one has proven itself, a second baseline
// judges what is left after it, in its own sigma of that time, and the one with the lower recent error has the word.
//
// One object a feature, one thread at a time; the settings outlive it. What it owns beyond a robust_zscore:
// clock_expectation.hpp; the second baseline (1.2 KiB) only where a habit was found. A point that the other baseline
// finds ordinary (|z| < 3) is no anomaly while that one's mean error is at most 1.5 times the judging one's; not when
// the clock judges and is clearly better (below 0.9), or a job that did not run would pass.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "server/detect/clock_expectation.hpp"
#include "server/detect/reading.hpp"
#include "server/detect/rhythm.hpp"
#include "server/detect/robust_zscore.hpp"
#include "server/detect/run_habit.hpp"
#include "server/detect/season_share.hpp"

namespace spindrift {

class timed_zscore {
public:
  static constexpr std::uint16_t state_version = 7;

  explicit timed_zscore(const zscore_settings& settings) : settings_(&settings), plain_(settings) {}

  struct result {
    baseline_reading baseline;
    std::optional<clock_reading> clock;
    double season = 0;  // what the clock adds to the level now, where that is most of what the stream varies by
    bool season_counts = false;  // it is
    rhythm::verdict beat = rhythm::verdict::none;
    bool lasts = false;     // an anomaly that goes on for longer than this stream's do: a change
    bool is_other = false;  // from this point on the season counts, or no longer
  };
  // t: event time in seconds; interval: usual seconds between points, 0 while unknown.
  result update(double x, double t, double interval, bool after_hole);

  bool has_adopted() const { return plain_.has_adopted(); }
  void relearn();

  template <class Archive>
  void visit_state(Archive& archive) {
    bool second = rest_ != nullptr;
    archive(plain_, clock_, rhythm_, runs_, plain_loss_, rest_loss_, compared_, by_clock_, share_, counts_, second);
    if constexpr (Archive::reads) rest_ = second ? std::make_unique<robust_zscore>(*settings_) : nullptr;
    if (rest_) archive(*rest_);
  }

private:
  result judge(double x, double t, double interval, bool after_hole);
  void compare(double plain_error, double rest_error, double reach);

  const zscore_settings* settings_;
  robust_zscore plain_;
  clock_expectation clock_;
  rhythm rhythm_;
  run_habit runs_;
  std::unique_ptr<robust_zscore> rest_;
  double plain_loss_ = 0;
  double rest_loss_ = 0;
  std::uint32_t compared_ = 0;
  bool by_clock_ = false;
  season_share share_;
  bool counts_ = false;  // the season, at the last point
};

}  // namespace spindrift
