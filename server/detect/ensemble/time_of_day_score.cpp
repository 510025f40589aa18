// Scores a value against those of the same time of day.
#include "server/detect/ensemble/time_of_day_score.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace spindrift {

namespace {
constexpr double seconds_per_day = 86400.0;
// q beyond this says nothing more; the bound keeps the squares of its averages finite.
constexpr double q_max = 1e6;
}  // namespace

time_of_week time_of_week::at(double t_seconds) {
  // Beyond some 30 million years a double no longer resolves the second, and NaN fails every comparison.
  const double t = std::abs(t_seconds) < 1e15 ? t_seconds : 0.0;
  const double day = std::floor(t / seconds_per_day);
  const double second = std::clamp(t - day * seconds_per_day, 0.0, std::nextafter(seconds_per_day, 0.0));
  // 1970-01-01 was a Thursday; with Monday as day 0 that is day 3.
  const auto weekday = ((static_cast<std::int64_t>(day) + 3) % 7 + 7) % 7;
  return {second, weekday >= 5};
}

void day_profile::bin::learn(double x) {
  visits = std::min(visits + 1, 1000000U);
  const double gain = std::max(gain_min, 1.0 / static_cast<double>(visits));
  const double d = x - mean;
  mean += gain * d;
  variance = (1.0 - gain) * (variance + gain * d * d);
  if (variance < 1e-300) variance = 0.0;
  if (std::abs(mean) < 1e-150) mean = 0.0;
}

day_profile::bin& day_profile::bin_at(const time_of_week& when) {
  auto index =
      std::min(static_cast<unsigned>(when.second_of_day * (bins_per_day_ / seconds_per_day)), bins_per_day_ - 1);
  if (splits_weekend_ && when.weekend) index += bins_per_day_;
  auto& slot = slots_[index];
  if (slot == 0) {
    // By eights rather than by doubling, so that a full profile holds no spare bins.
    if (bins_.size() == bins_.capacity()) bins_.reserve(bins_.size() + 8);
    bins_.emplace_back();
    slot = static_cast<std::uint8_t>(bins_.size());
  }
  return bins_[slot - 1U];
}

double day_profile::update(double x, const time_of_week& when, double variance) {
  bin& present = bin_at(when);
  double q = 0.0;
  if (present.visits >= visits_min) {
    q = std::min(std::abs(x - present.mean) / std::sqrt(present.variance + 0.01 * variance + 1e-12), q_max);
  }
  present.learn(x);
  return q;
}

bool day_profile::consistent() const {
  if (slots_.size() != bins_per_day_ * (splits_weekend_ ? 2U : 1U) || bins_.size() > slots_.size()) return false;
  return std::all_of(slots_.begin(), slots_.end(), [this](std::uint8_t slot) { return slot <= bins_.size(); });
}

double lasting_excess::update(double q) {
  if (filled_ < length_) {
    ++filled_;
  } else {
    sum_ -= last_[next_];
  }
  last_[next_] = q;
  sum_ += q;
  if (++next_ == length_) {
    next_ = 0;
    // Once a round, the sum is taken afresh: what rounding left behind never grows.
    sum_ = std::accumulate(last_.begin(), last_.begin() + length_, 0.0);
  }
  const double s = sum_ / static_cast<double>(filled_);
  double score = 0.0;
  if (past_.count() >= warm_up) {
    const double spread = std::max(std::sqrt(past_.variance()), 1e-6 + 0.01 * std::abs(past_.mean()));
    score = std::max(0.0, (s - past_.mean()) / spread);
  }
  past_.update(s);
  return score;
}

std::array<double, time_of_day_score::score_count> time_of_day_score::update(double x, double t_seconds,
                                                                             double variance) {
  const auto when = time_of_week::at(t_seconds);
  const double q24 = hours_.update(x, when, variance);
  const double q48 = half_hours_.update(x, when, variance);
  const double q96 = quarter_hours_.update(x, when, variance);
  return {hours_excess_.update(q24), half_hours_excess_.update(q48), half_hours_long_excess_.update(q48), q96};
}

}  // namespace spindrift
