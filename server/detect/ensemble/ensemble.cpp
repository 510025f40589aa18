// Several scores of a value as one, and the alarm on it.
#include "server/detect/ensemble/ensemble.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "server/detect/complaint.hpp"

namespace spindrift {

namespace {
// Squares of values up to this stay finite.
constexpr double magnitude_max = 1e150;
constexpr double magnitude_min = 1e-150;
constexpr double widening_max = 10.0;

template <std::size_t begin, std::size_t count, std::size_t n>
double mean_of(const std::array<double, n>& of) {
  double sum = 0.0;
  for (std::size_t i = begin; i < begin + count; ++i) sum += of[i];
  return sum / static_cast<double>(count);
}
}  // namespace

std::vector<std::string> ensemble_settings::validate() const {
  std::vector<std::string> complaints;
  complain_unless_in(complaints, "--ensemble-threshold", threshold, 0.01, 10.0);
  complain_unless_in(complaints, "--ensemble-quiet", quiet_points, 0U, 1'000'000U);
  return complaints;
}

event_reading ensemble::update(double x, double t_seconds) {
  if (!std::isfinite(x)) return {static_cast<double>(score_), false};
  const auto raw = raw_scores(draw_in(x), t_seconds);
  const double score = hold_and_mean(group_scores(raw));
  score_ = static_cast<float>(score);

  if (count_ < std::numeric_limits<std::uint32_t>::max()) ++count_;
  const bool quiet = quiet_left_ > 0;
  if (quiet) --quiet_left_;
  const bool alarm = !quiet && count_ > warm_up && score >= threshold_;
  if (alarm) quiet_left_ = quiet_points_ & quiet_mask;
  return {score, alarm};
}

// A value further out than ten times the range seen so far is taken as ten times out: it surprises as much as anything
// can, while one absurd value (1e308 for a broken sensor) costs one step of widening instead of every average for good.
// A stream that really moves there arrives within a few points, since each step widens the range eleven-fold.
double ensemble::draw_in(double x) const {
  // Within the range, as nearly every value is.
  if (x >= range_.lowest() && x <= range_.highest() && std::abs(x) >= magnitude_min) return x;
  const double bounded = std::clamp(x, -magnitude_max, magnitude_max);
  const double value = std::abs(bounded) < magnitude_min ? 0.0 : bounded;
  if (range_.empty()) return value;
  const double width = range_.highest() - range_.lowest();
  const double reach = widening_max * (width > 0.0 ? width : std::max(std::abs(range_.highest()), 1.0));
  return std::clamp(value, std::max(range_.lowest() - reach, -magnitude_max),
                    std::min(range_.highest() + reach, magnitude_max));
}

std::array<double, ensemble::raw_count> ensemble::raw_scores(double x, double t_seconds) {
  std::array<double, raw_count> raw;
  raw[0] = range_.update(x);
  const auto levels = level_.update(x);
  auto next = std::copy(levels.begin(), levels.end(), raw.begin() + 1);
  const auto times = time_of_day_.update(x, t_seconds, level_.last_500().variance());
  next = std::copy(times.begin(), times.end(), next);
  const fading_moments around = level_.last_1000();
  for (std::size_t i = 0; i < shape_count; ++i) {
    const bool closes = shape_blocks_.add(i, x);
    *next++ = closes ? shape_courses_[i].add(shape_blocks_.collapsed(i, around.mean()), around) : 0.0;
  }
  return raw;
}

std::array<double, ensemble::groups> ensemble::group_scores(const std::array<double, raw_count>& raw) {
  const auto surprises = calibration_.update(raw);
  constexpr std::size_t times_begin = 1 + level_score::score_count;
  constexpr std::size_t shapes_begin = times_begin + time_of_day_score::score_count;
  return {surprises[0], mean_of<1, level_score::score_count>(surprises),
          mean_of<times_begin, time_of_day_score::score_count>(surprises),
          mean_of<shapes_begin, shape_count>(surprises)};
}

double ensemble::hold_and_mean(const std::array<double, groups>& scores) {
  held_[held_next_] = half_four::of(scores);
  held_next_ = held_next_ + 1U == hold ? 0 : (held_next_ + 1U) & 7U;
  half_four highest = held_[0];
  for (std::size_t i = 1; i < hold; ++i) highest = half_four::larger(highest, held_[i]);
  double sum = 0.0;
  for (std::size_t g = 0; g < groups; ++g) sum += highest.value(g);
  return sum / static_cast<double>(groups);
}

std::size_t ensemble::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + time_of_day_.memory_bytes() + calibration_.memory_bytes();
  for (const auto& course : shape_courses_) bytes += course.memory_bytes();
  return bytes;
}

}  // namespace spindrift
