// Scores a value against those of the same time of day.
#include "server/detect/ensemble/time_of_day_score.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

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

unsigned day_profile::place_of(const time_of_week& when) const {
  const unsigned of_day =
      std::min(static_cast<unsigned>(when.second_of_day * (bins_per_day_ / seconds_per_day)), bins_per_day_ - 1U);
  return splits_weekend_ && when.weekend ? of_day + bins_per_day_ : of_day;
}

day_profile::bin& day_profile::bin_at(const time_of_week& when) {
  const unsigned place = place_of(when);
  if (newest_ < bins_.size() && bins_[newest_].place == place) return bins_[newest_];
  const std::size_t next = newest_ + 1U < bins_.size() ? newest_ + 1U : 0U;
  if (next < bins_.size() && bins_[next].place == place) {
    newest_ = static_cast<std::uint8_t>(next);
    return bins_[next];
  }
  auto found = std::lower_bound(bins_.begin(), bins_.end(), place,
                                [](const bin& held, unsigned wanted) { return held.place < wanted; });
  newest_ = static_cast<std::uint8_t>(found - bins_.begin());
  if (found == bins_.end() || found->place != place) {
    // By a quarter rather than by doubling: most streams live through a part of the day, or hold all of its bins.
    if (bins_.size() == bins_.capacity()) bins_.reserve(std::min(bins_.size() + bins_.size() / 4 + 1, places()));
    bins_.insert(bins_.begin() + newest_, bin{})->place = static_cast<std::uint8_t>(place);
  }
  return bins_[newest_];
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

std::vector<std::uint8_t> day_profile::numbered() const {
  std::vector<std::uint8_t> slots(places());
  for (std::size_t i = 0; i < bins_.size(); ++i) slots[bins_[i].place] = static_cast<std::uint8_t>(i + 1);
  return slots;
}

// False: what was read cannot be. Every bin has one place.
bool day_profile::take_places(const std::vector<std::uint8_t>& slots) {
  if (slots.size() != places() || bins_.size() > slots.size()) return false;
  std::vector<bin> sorted;
  sorted.reserve(bins_.size());
  for (std::size_t place = 0; place < slots.size(); ++place) {
    if (slots[place] == 0) continue;
    if (slots[place] > bins_.size() || sorted.size() == bins_.size()) return false;
    sorted.push_back(bins_[slots[place] - 1U]);
    sorted.back().place = static_cast<std::uint8_t>(place);
  }
  bins_ = std::move(sorted);
  newest_ = 0;
  return true;
}

template <std::size_t length>
double lasting_excess<length>::update(double q) {
  if (filled_ < length) {
    ++filled_;
  } else {
    sum_ -= last_[next_];
  }
  last_[next_] = q;
  sum_ += q;
  if (++next_ == length) {
    next_ = 0;
    // Once a round, the sum is taken afresh: what rounding left behind never grows.
    sum_ = std::accumulate(last_.begin(), last_.end(), 0.0);
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

template class lasting_excess<10>;
template class lasting_excess<20>;

std::array<double, time_of_day_score::score_count> time_of_day_score::update(double x, double t_seconds,
                                                                             double variance) {
  const auto when = time_of_week::at(t_seconds);
  const double q24 = hours_.update(x, when, variance);
  const double q48 = half_hours_.update(x, when, variance);
  const double q96 = quarter_hours_.update(x, when, variance);
  return {hours_excess_.update(q24), half_hours_excess_.update(q48), half_hours_long_excess_.update(q48), q96};
}

}  // namespace spindrift
