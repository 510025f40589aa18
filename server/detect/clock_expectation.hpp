// What the clock lets expect of a stream: the time of the day, the weekend, the minute of the hour, learned from event
// times (UTC), and taking part only where it has proven itself on this stream.
//
// expected = level + day(quarter of an hour, straight between quarters) + hour(minute); level follows within about a
// day, or within an hour while no daily habit is known. Every stream pays for a screening: fading means of 24 hours and
// (points at most five minutes apart) 60 minutes, 0.5 KiB at most. A habit is allocated (4 to 5 KiB) when on points not
// yet learned the screening is nearer than the level alone: a daily one after two days at 4/5 of the level's mean
// error, an hourly one after three hours. Workdays and weekends have a profile of their own when that is nearer than
// one for all days. It takes part while its own mean error is below 0.85 of the level's, until 0.95, at times seen
// three times.
//
// One object a feature; one thread at a time; x is finite. Sources: exponential smoothing with additive seasons (Holt
// 1957, Winters 1960), each profile corrected by the error that the others leave.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "server/detect/clock_profile.hpp"
#include "server/detect/robust_zscore.hpp"
#include "server/detect/visited_bins.hpp"

namespace spindrift {

class clock_expectation {
public:
  struct figure {
    double expected = 0;
    double season = 0;  // expected less the level
    double sigma = 0;
    bool known = false;  // this time was seen often enough; else only `season` counts
  };

  // What is expected at t (seconds); nothing where no habit has proven itself. `interval`: usual seconds between
  // points, 0 while unknown.
  std::optional<figure> expect(double t) const {
    if (!habit_ || !habit_->proven) return std::nullopt;
    return expect_proven(t);
  }
  void learn(double x, double t, double interval);
  // A habit was found, proven or not: worth a second baseline.
  bool has_habit() const { return habit_ != nullptr; }

  template <class Archive>
  void visit_state(Archive& archive) {
    bool found = habit_ != nullptr;
    visited_bins<24>::all_bins hours{};
    visited_bins<60>::all_bins minutes{};
    if constexpr (!Archive::reads) {
      hours = hours_.all();
      minutes = minutes_.all();
    }
    archive(level_, short_level_, started_, n_, hours, minutes);
    hours_.visit_state(archive, hours);
    minutes_.visit_state(archive, minutes);
    // As saved, the screening's means are doubles.
    auto day_lag = static_cast<double>(day_lag_);
    auto hour_lag = static_cast<double>(hour_lag_);
    contest day_loss = day_loss_.whole();
    contest hour_loss = hour_loss_.whole();
    archive(day_lag, hour_lag, day_loss, hour_loss, found);
    if constexpr (Archive::reads) {
      day_lag_ = in_float(day_lag);
      hour_lag_ = in_float(hour_lag);
      day_loss_ = screening(day_loss);
      hour_loss_ = screening(hour_loss);
      habit_ = found ? std::make_unique<habit>() : nullptr;
    }
    if (habit_) archive(*habit_);
  }

private:
  // Mean error without and with a profile.
  struct contest {
    double without = 0;
    double with = 0;

    void add(double without_error, double with_error, double gain) {
      without += gain * (without_error - without);
      with += gain * (with_error - with);
    }
    template <class Archive>
    void visit_state(Archive& archive) {
      archive(without, with);
    }
  };
  // Where no more is asked than which is the lower, four bytes each are enough. An error beyond 1e36 counts as that.
  static float in_float(double x) { return static_cast<float>(std::clamp(x, -1e36, 1e36)); }
  struct screening {
    screening() = default;
    explicit screening(const contest& of) : without(in_float(of.without)), with(in_float(of.with)) {}

    float without = 0;
    float with = 0;

    contest whole() const { return {without, with}; }
    void add(double without_error, double with_error, double gain) {
      contest next = whole();
      next.add(without_error, with_error, gain);
      *this = screening(next);
    }
    bool finds(double below) const { return with < below * without; }
  };
  struct habit {
    clock_profile day;
    clock_profile work;
    clock_profile weekend;
    clock_profile hour;
    contest split;  // all days alike against workdays and weekends
    contest proof;
    contest hour_worth;  // without and with the hour, beside the day
    bool is_split = false;
    bool proven = false;
    bool hour_pays = false;

    // A slope of the day that the level lags behind looks like an hour to the screening.
    bool hour_counts() const { return !hour.empty() && (day.empty() || hour_pays); }
    template <class Archive>
    void visit_state(Archive& archive) {
      archive(day, work, weekend, hour, split, proof, hour_worth, is_split, proven, hour_pays);
    }
  };
  struct parts {
    double day = 0;
    double hour = 0;
    double deviation = 0;
    bool known = true;
  };

  std::optional<figure> expect_proven(double t) const;
  parts parts_at(double t) const;
  double base() const;
  void screen(double x, double t, double interval, double day_share, double own_share);
  void begin_habit(bool daily, bool hourly);
  void learn_habit(double x, double t, double interval);

  double level_ = 0;
  double short_level_ = 0;
  double started_ = 0;  // seconds, the first point's
  std::uint32_t n_ = 0;
  float day_lag_ = 0;
  visited_bins<24> hours_;
  visited_bins<60> minutes_;
  screening day_loss_;
  screening hour_loss_;
  float hour_lag_ = 0;
  std::unique_ptr<habit> habit_;
};

}  // namespace spindrift
