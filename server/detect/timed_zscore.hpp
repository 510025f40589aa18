// The robust Z-score of a stream that may have habits of the clock: once one has proven itself, a second baseline
// judges what is left after it, in its own sigma of that time, and the one with the lower recent error has the word.
// Of points at most five seconds apart one in seven teaches the clock, for all.
//
// One object a feature, one thread at a time; the settings outlive it. What it owns beyond a robust_zscore:
// clock_expectation.hpp; the second baseline (1 KiB) only where a habit was found, what it remembers of anomalies (0.1
// KiB) only where there were any. A point that the other baseline
// finds ordinary (|z| < 3) is no anomaly while that one's mean error is at most 1.5 times the judging one's; not when
// the clock judges and is clearly better (below 0.9), or a job that did not run would pass.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "server/detect/clock_expectation.hpp"
#include "server/detect/prefetch.hpp"
#include "server/detect/reading.hpp"
#include "server/detect/rhythm.hpp"
#include "server/detect/robust_zscore.hpp"
#include "server/detect/run_habit.hpp"
#include "server/detect/season_share.hpp"

namespace spindrift {

class timed_zscore {
public:
  static constexpr std::uint16_t state_version = 9;
  static constexpr std::uint16_t state_version_read = 8;  // see robust_autoregression

  explicit timed_zscore(const zscore_settings& settings) : plain_(settings) {}

  struct season_now {
    double value = 0;       // what the clock adds to the level now, where that is most of what the stream varies by
    bool counts = false;    // it is
    bool is_other = false;  // from this point on it counts, or no longer
  };
  // t: event time in seconds; interval: usual seconds between points, 0 while unknown. Baseline, clock, beats and what
  // lasts are said in `seen`, which was empty.
  season_now update(double x, double t, double interval, bool after_hole, feature_reading& seen);

  // See prefetch.hpp.
  void prefetch() const { prefetch_object(seldom_.get()); }

  bool has_adopted() const { return plain_.has_adopted(); }
  void relearn();

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(plain_, clock_);
    rarities none(plain_.count());
    rarities& rare = seldom_ ? *seldom_ : none;
    season new_one;
    season& known = rare.by_clock ? *rare.by_clock : new_one;
    bool second = known.rest != nullptr;
    archive(rare.beats, rare.runs, known.plain_loss, known.rest_loss, known.compared, known.judges, known.share,
            known.counts, second);
    if (Archive::reads) known.rest = second ? std::make_unique<robust_zscore>(plain_.settings()) : nullptr;
    if (known.rest) archive(*known.rest);
    if constexpr (Archive::reads) {
      if (!rare.by_clock && (second || !known.share.is_empty())) {
        rare.by_clock = std::make_unique<season>(std::move(known));
      }
      const bool is_quiet = !rare.beats.has_begun() && rare.beats.points() == static_cast<double>(plain_.count());
      if (!seldom_ && (!is_quiet || rare.by_clock)) seldom_ = std::make_unique<rarities>(std::move(none));
    }
  }

private:
  // Of a stream of which the clock has let something expect.
  struct season {
    std::unique_ptr<robust_zscore> rest;  // of what is left, once its times are known
    double plain_loss = 0;
    double rest_loss = 0;
    std::uint32_t compared = 0;
    bool judges = false;  // it is ahead of the plain one
    bool counts = false;  // the season, at the last point
    season_share share;

    void compare(double plain_error, double rest_error, double reach);
  };
  // What most streams have nothing of.
  struct rarities {
    // points_before: so many had come, none of them flagged.
    explicit rarities(std::uint64_t points_before) : beats(static_cast<double>(points_before)) {}

    rhythm beats;  // of anomalies, as the runs
    run_habit runs;
    std::unique_ptr<season> by_clock;
  };

  season_now judge(double x, double t, double interval, bool after_hole, feature_reading& seen);
  void teach_clock(double x, double t, double interval);
  bool season_counts(double x, const std::optional<clock_expectation::figure>& expected);
  season* by_clock() const { return seldom_ ? seldom_->by_clock.get() : nullptr; }

  clock_expectation clock_;
  std::unique_ptr<rarities> seldom_;  // from the first anomaly, point that is no number, or expectation on
  robust_zscore plain_;               // last, as it ends with what few points touch
};

}  // namespace spindrift
