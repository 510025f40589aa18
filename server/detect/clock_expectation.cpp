// Learns from the event times what the clock lets expect, and where it may take part.
#include "server/detect/clock_expectation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace spindrift {
namespace {

constexpr double day_seconds = 86400;
constexpr double hour_seconds = 3600;
constexpr std::size_t quarters = 96;
constexpr double interval_for_minutes = 300;
constexpr double interval_for_days = 2 * hour_seconds;
constexpr double found_below = 0.8;
constexpr double proven_below = 0.85;
constexpr double proven_until = 0.95;
constexpr double split_below = 0.9;
constexpr double day_gain = 0.15;  // a visit's: the last week or so
constexpr double hour_gain = 0.1;
// Of the screening, after the first visit.
constexpr double day_visit_gain = 0.5;
constexpr double hour_visit_gain = 0.3;
constexpr double sigma_per_deviation = 1.2533;  // of Gaussian noise

// Of a sane time: within what an integer holds. std::floor is a dozen instructions where the processor's own may not be
// used.
double floor_of(double x) {
  const auto cut = static_cast<double>(static_cast<std::int64_t>(x));
  return cut > x ? cut - 1 : cut;
}

double day_place(double t) {
  return (t - floor_of(t / day_seconds) * day_seconds) / day_seconds;  // 0 to 1
}

// 1970-01-01 was a Thursday.
bool is_weekend(double t) {
  const double day = std::floor(t / day_seconds) + 3;
  return day - std::floor(day / 7) * 7 >= 5;
}

double quarter_place(double t) {
  return std::min(day_place(t) * quarters, 95.9999);
}

double minute_place(double t) {
  return std::min((t - floor_of(t / hour_seconds) * hour_seconds) / 60, 59.9999);
}

bool is_sane(double t) {
  return std::abs(t) < 1e12;
}

}  // namespace

double clock_expectation::base() const {
  return habit_ && !habit_->day.empty() ? level_ : short_level_;
}

clock_expectation::parts clock_expectation::parts_at(double t) const {
  parts all;
  double scale = 1;
  if (!habit_->day.empty()) {
    const clock_profile& days = !habit_->is_split ? habit_->day : is_weekend(t) ? habit_->weekend : habit_->work;
    const auto seen = days.at(quarter_place(t));
    all.day = seen.mean;
    all.deviation = seen.deviation;
    all.known = seen.known;
    scale = habit_->proof.with > 0 ? std::clamp(seen.deviation / habit_->proof.with, 0.2, 5.0) : 1;
  }
  if (habit_->hour_counts()) {
    const auto seen = habit_->hour.at(minute_place(t));
    all.hour = seen.mean;
    all.deviation = seen.deviation * scale;
    all.known = all.known && seen.known;
  }
  return all;
}

std::optional<clock_expectation::figure> clock_expectation::expect_proven(double t) const {
  if (!is_sane(t)) return std::nullopt;
  const parts all = parts_at(t);
  const double season = all.day + all.hour;
  const double deviation = std::max(all.deviation, 0.1 * habit_->proof.with);
  return figure{base() + season, season, sigma_per_deviation * deviation, all.known};
}

void clock_expectation::learn(double x, double t, double interval) {
  if (!is_sane(t)) return;
  if (n_ == 0) {
    level_ = short_level_ = x;
    started_ = t;
  }
  if (n_ < 1000000) ++n_;
  if (!(interval > 0)) return;
  if (!(interval <= interval_for_days)) return;
  const double own_share = 1 / static_cast<double>(n_);  // of one point among all
  const double day_share = std::max(interval / day_seconds, own_share);
  screen(x, t, interval, day_share, own_share);
  const bool is_daily = t - started_ >= 2 * day_seconds && day_loss_.finds(found_below);
  const bool is_hourly =
      interval <= interval_for_minutes && t - started_ >= 3 * hour_seconds && hour_loss_.finds(found_below);
  if (is_daily || is_hourly) begin_habit(is_daily, is_hourly);
  if (habit_) learn_habit(x, t, interval);
  double step = x - level_;
  if (habit_ && habit_->proven) {
    const parts all = parts_at(t);
    const double reach = 8 * habit_->proof.with;
    step = std::clamp(x - (all.day + all.hour) - level_, -reach, reach);
  }
  level_ += day_share * step;
  short_level_ += std::max(std::min(interval / hour_seconds, 0.1), own_share) * (x - short_level_);
}

// On points that were not learned yet: is what this hour of the days before, this minute of the hours before showed
// nearer than the level? What the level always lags behind by is no habit.
void clock_expectation::screen(double x, double t, double interval, double day_share, double own_share) {
  const auto hour = static_cast<std::size_t>(std::min(static_cast<int>(day_place(t) * 24), 23));
  const double off = x - level_;
  day_lag_ = in_float(day_lag_ + day_share * (off - day_lag_));
  const double beyond_lag = off - day_lag_;
  const double with = t - started_ >= day_seconds ? off - hours_[hour] : beyond_lag;
  day_loss_.add(std::abs(beyond_lag), std::abs(with), day_share);
  hours_.add(hour, off, day_visit_gain);
  if (interval > interval_for_minutes) return;
  const auto minute = static_cast<std::size_t>(minute_place(t));
  const double short_off = x - short_level_;
  const double hour_share = std::max(interval / (3 * hour_seconds), own_share);
  hour_lag_ = in_float(hour_lag_ + hour_share * (short_off - hour_lag_));
  if (t - started_ >= hour_seconds) {
    hour_loss_.add(std::abs(short_off - hour_lag_), std::abs(short_off - minutes_[minute]), hour_share);
  }
  minutes_.add(minute, short_off, hour_visit_gain);
}

// Where it has not begun yet.
void clock_expectation::begin_habit(bool daily, bool hourly) {
  if (!habit_) habit_ = std::make_unique<habit>();
  if (daily && habit_->day.empty()) {
    habit_->day = habit_->work = habit_->weekend = clock_profile(quarters, true);
    for (std::size_t q = 0; q < quarters; ++q) {
      // Quarter q stands for its full time, the screening's hours for their middle.
      const double place = (static_cast<double>(q) / 4 + 23.5);
      const auto first = static_cast<std::size_t>(place);
      const double w = place - static_cast<double>(first);
      const double mean = (1 - w) * hours_[first % 24] + w * hours_[(first + 1) % 24];
      habit_->day.seed(q, mean, day_loss_.with, 1);
      habit_->work.seed(q, mean, day_loss_.with, 1);
      habit_->weekend.seed(q, mean, day_loss_.with, 0);
    }
    habit_->proof = day_loss_.whole();
    habit_->split = {1, 1};
    habit_->proven = false;
  }
  if (hourly && habit_->hour.empty()) {
    habit_->hour = clock_profile(60, false);
    for (std::size_t m = 0; m < 60; ++m) habit_->hour.seed(m, minutes_[m], hour_loss_.with, 2);
    if (habit_->day.empty()) habit_->proof = hour_loss_.whole();
  }
}

void clock_expectation::learn_habit(double x, double t, double interval) {
  habit& own = *habit_;
  const parts all = parts_at(t);
  const bool daily = !own.day.empty();
  const double off = x - base();
  const double error = off - all.day - all.hour;
  const double lag = daily ? day_lag_ : hour_lag_;
  own.proof.add(std::abs(off - lag), std::abs(error),
                std::min(0.05, interval / (daily ? day_seconds : 3 * hour_seconds)));
  own.proven = own.proof.with < (own.proven ? proven_until : proven_below) * own.proof.without;
  if (!own.hour.empty()) {
    const double before = off - all.day;
    const double after = before - own.hour.at(minute_place(t)).mean;
    own.hour_worth.add(std::abs(before), std::abs(after), interval / day_seconds);
    own.hour_pays = own.hour_worth.with < (own.hour_pays ? proven_until : proven_below) * own.hour_worth.without;
    own.hour.learn(minute_place(t), after, hour_gain);
  }
  if (!daily) return;
  const double place = quarter_place(t);
  const double rest = off - all.hour;
  const double gain = day_gain * std::min(1.0, interval / 900);
  clock_profile& kind = is_weekend(t) ? own.weekend : own.work;
  const auto alike = own.day.at(place);
  const auto apart = kind.at(place);
  if (apart.known) {
    own.split.add(std::abs(rest - alike.mean), std::abs(rest - apart.mean), interval / (7 * day_seconds));
    own.is_split = own.split.with < (own.is_split ? 1.0 : split_below) * own.split.without;
  }
  own.day.learn(place, rest - alike.mean, gain);
  kind.learn(place, rest - apart.mean, gain);
}

}  // namespace spindrift
