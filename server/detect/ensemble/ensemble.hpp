// The event alarm: one alarm per event, early and rare, for people and pagers.
//
// Four groups of raw scores look at a stream in four ways: beyond the range seen (range_score), a level that moved
// (level_score), unusual for the hour (time_of_day_score), a course never seen (shape_course). Each raw score becomes a
// surprise, -log10 of how often this stream shows as much (calibration); a group is the mean of its surprises, held as
// the maximum over the last five points because the groups notice one event some points apart; the score is the mean of
// the groups. An alarm when it reaches the threshold, never within the first 50 points nor within quiet_points of the
// alarm before. docs/detection.md tells the formulas and how well it does; it is judged by the rule of the Numenta
// Anomaly Benchmark (Lavin and Ahmad, ICMLA 2015). The sources of its parts are in their headers.
//
// A plain value of one stream; one thread at a time; deterministic. Cost about 0.2 us per point, memory grows with what
// the stream shows: memory_bytes() tells, at most 9 KiB. Any double is safe: NaN and infinity are ignored, a value far
// beyond the range seen is drawn in (see update), any time is taken. A constant stream scores 0; when it
// changes for the first time it alarms within two points.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/detect/ensemble/calibration.hpp"
#include "server/detect/ensemble/half_float.hpp"
#include "server/detect/ensemble/level_score.hpp"
#include "server/detect/ensemble/range_score.hpp"
#include "server/detect/ensemble/shape_score.hpp"
#include "server/detect/ensemble/time_of_day_score.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

struct event_reading {
  double score = 0.0;
  bool alarm = false;
};

class ensemble {
public:
  static constexpr unsigned warm_up = 50;
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;

  explicit ensemble(const ensemble_settings& settings)
      : threshold_(settings.threshold), quiet_points_(settings.quiet_points) {}

  // One of so many features of a point: each alarms more rarely, so that all together do so about as often as one
  // would. The factor 1 + 0.22 sqrt(log2 features) was measured on normal noise: see docs/detection.md.
  void share_among(std::size_t features) {
    threshold_ *= 1.0 + 0.22 * std::sqrt(static_cast<double>(std::bit_width(features) - 1));
  }

  // t_seconds: event time, seconds since 1970-01-01 UTC; order is not required.
  event_reading update(double x, double t_seconds);

  // See prefetch.hpp.
  void prefetch() const {
    calibration_.prefetch();
    for (std::size_t i = 0; i < shape_count; ++i) {
      if (shape_blocks_.closes_next(i)) shape_courses_[i].prefetch();
    }
  }

  std::size_t memory_bytes() const;

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, scores are doubles.
    std::array<std::array<double, groups>, hold> saved{};
    auto score = static_cast<double>(score_);
    std::uint32_t held_next = held_next_;
    std::uint32_t quiet_left = quiet_left_;
    for (std::size_t i = 0; i < hold; ++i) {
      for (std::size_t g = 0; g < groups; ++g) saved[i][g] = held_[i].value(g);
    }
    archive(count_, quiet_left, score, held_next, saved, range_, level_, time_of_day_);
    for (std::size_t i = 0; i < shape_count; ++i) {
      shape_blocks_.visit_state(archive, i);
      archive(shape_courses_[i]);
    }
    archive(calibration_);
    if constexpr (Archive::reads) {
      if (held_next >= hold) return archive.refuse();
      score_ = static_cast<float>(score);
      held_next_ = held_next & 7U;
      for (std::size_t i = 0; i < hold; ++i) {
        held_[i] = half_four::of(saved[i]);
      }
      quiet_left_ =
          std::min(quiet_left, quiet_points_) & quiet_mask;  // the setting may have changed since the state was saved
    }
  }

private:
  static constexpr std::size_t groups = 4;
  static constexpr std::size_t hold = 5;
  static constexpr std::size_t shape_count = shape_blocks::strides.size();
  static constexpr std::size_t raw_count = 1 + level_score::score_count + time_of_day_score::score_count + shape_count;

  double draw_in(double x) const;
  std::array<double, raw_count> raw_scores(double x, double t_seconds);
  std::array<double, groups> group_scores(const std::array<double, raw_count>& raw);
  double hold_and_mean(const std::array<double, groups>& scores);

  static constexpr std::uint32_t quiet_mask = (std::uint32_t{1} << 24U) - 1;

  double threshold_;
  std::uint32_t quiet_points_;  // a million at most

  std::uint32_t count_ = 0;
  std::uint32_t quiet_left_ : 24 = 0;
  std::uint32_t held_next_ : 3 = 0;
  float score_ = 0.0F;
  std::array<half_four, hold> held_{};
  range_score range_;
  level_score level_;
  shape_blocks shape_blocks_;
  static_assert(raw_count == calibration::scores);
  calibration calibration_;
  time_of_day_score time_of_day_;                          // ends with rings, of which a point touches a place
  std::array<shape_course, shape_count> shape_courses_{};  // last, as most points touch none
};

}  // namespace spindrift
