// What the clock lets expect of a stream: the time of the day, the weekend, the minute of the hour, learned from event
// times (UTC), and taking part only where it has proven itself on this stream.
//
// expected = level + day(quarter of an hour, straight between quarters) + hour(minute); level follows within about a
// day, or within an hour while no daily habit is known. Every stream pays for a screening: fading means of 24 hours and
// (points at most five minutes apart) 60 minutes, 0.4 KiB. A habit is allocated (4 to 5 KiB) when on points not yet
// learned the screening is nearer than the level alone: a daily one after two days at 4/5 of the level's mean error, an
// hourly one after three hours. Workdays and weekends have a profile of their own when that is nearer than one for all
// days. It takes part while its own mean error is below 0.85 of the level's, until 0.95, at times seen three times.
//
// One object a feature; one thread at a time; x is finite. Sources: exponential smoothing with additive seasons (Holt
// 1957, Winters 1960), each profile corrected by the error that the others leave.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "server/detect/clock_profile.hpp"
#include "server/detect/robust_zscore.hpp"

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
  std::optional<figure> expect(double t) const;
  void learn(double x, double t, double interval);
  // A habit was found, proven or not: worth a second baseline.
  bool has_habit() const { return habit_ != nullptr; }

  template <class Archive>
  void visit_state(Archive& archive) {
    bool found = habit_ != nullptr;
    archive(level_, short_level_, started_, n_, hours_, minutes_, hour_visit_, minute_visit_, day_lag_, hour_lag_,
            day_loss_, hour_loss_, found);
    if constexpr (Archive::reads) habit_ = found ? std::make_unique<habit>() : nullptr;
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
  // The mean of the visit that goes on; it enters its bin when the next bin's begins, so that no bin follows the values
  // of the moment.
  struct visit {
    double sum = 0;
    std::uint32_t n = 0;
    std::uint32_t bin = 0;
    std::uint64_t seen = 0;  // bit: that bin was entered

    template <std::size_t N>
    void add(std::array<float, N>& bins, std::size_t index, double off, double gain) {
      if (n > 0 && bin != index) {
        const bool first = (seen >> bin & 1U) == 0;
        bins[bin] = static_cast<float>(bins[bin] + (first ? 1.0 : gain) * (sum / n - bins[bin]));
        seen |= std::uint64_t{1} << bin;
        sum = 0;
        n = 0;
      }
      bin = static_cast<std::uint32_t>(index);
      sum += off;
      ++n;
    }
    template <class Archive>
    void visit_state(Archive& archive) {
      archive(sum, n, bin, seen);
      if constexpr (Archive::reads) {
        if (bin >= 60) archive.refuse();
      }
    }
  };
  struct parts {
    double day = 0;
    double hour = 0;
    double deviation = 0;
    bool known = true;
  };

  parts parts_at(double t) const;
  double base() const;
  void screen(double x, double t, double interval);
  void find_habit(double t, double interval);
  void learn_habit(double x, double t, double interval);

  double level_ = 0;
  double short_level_ = 0;
  double started_ = 0;  // seconds, the first point's
  std::uint32_t n_ = 0;
  std::array<float, 24> hours_{};
  std::array<float, 60> minutes_{};
  visit hour_visit_;
  visit minute_visit_;
  double day_lag_ = 0;
  double hour_lag_ = 0;
  contest day_loss_;
  contest hour_loss_;
  std::unique_ptr<habit> habit_;
};

}  // namespace spindrift
