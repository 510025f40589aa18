// Opens ranges and divides them.
#include "visualizer/plot/scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"

namespace spindrift {
namespace {

constexpr int digits_usual = 6;
constexpr double day = 86'400;

double size_of(const axis_range& range) {
  return std::max(std::abs(range.least), std::abs(range.most));
}

axis_range around(const axis_range& range, double half) {
  return {range.least - half, range.most + half};
}

// Some ten ticks: one digit more than what tells the ends of the range apart.
int digits_of(const axis_range& range) {
  constexpr double digits_max = 15;
  const double span = range.most - range.least;
  if (!(span > 0)) return digits_usual;
  return static_cast<int>(std::min(std::ceil(std::log10(std::max(size_of(range) / span, 1.0))) + 2, digits_max));
}

}  // namespace

axis_range opened_values(axis_range range) {
  const double size = size_of(range);
  if (range.most - range.least > std::max(size * 1e-12, 1e-12)) return range;
  return around(range, std::max(size * 0.05, 0.5));
}

// Never by a part of the size: a second is a billionth of the time since 1970.
axis_range opened_x(axis_range range) {
  if (range.most > range.least) return range;
  return around(range, std::max(size_of(range) * 1e-12, 0.5));
}

double time_step(double span_seconds, double count) {
  constexpr std::array steps{0.001, 0.002, 0.005,   0.01,    0.02,    0.05,     0.1,      0.2,      0.5,
                             1.0,   2.0,   5.0,     10.0,    15.0,    30.0,     60.0,     120.0,    300.0,
                             600.0, 900.0, 1'800.0, 3'600.0, 7'200.0, 10'800.0, 21'600.0, 43'200.0, 86'400.0};
  const auto fits = [&](double step) { return step * count >= span_seconds; };
  const auto found = std::ranges::find_if(steps, fits);
  return found == steps.end() ? 0 : *found;
}

std::string date_format(double span_seconds) {
  return span_seconds > 300 * day ? "%Y-%m-%d" : "%m-%d";
}

std::string time_tick(double seconds, double step, double span_seconds) {
  const double milliseconds = std::round(seconds * 1e3);
  if (std::abs(milliseconds) > 9e15 || !limits::is_event_time(static_cast<std::int64_t>(milliseconds))) return {};
  constexpr std::size_t month_at = 5;
  constexpr std::size_t hour_at = 11;
  std::string text = to_rfc3339(static_cast<std::int64_t>(milliseconds));
  std::string date = text.substr(month_at, hour_at - month_at - 1);
  if (step >= day) return date;
  if (step >= 60) return (span_seconds > 1.5 * day ? date + ' ' : "") + text.substr(hour_at, 5);
  const std::size_t places = step >= 1 ? 0 : step >= 0.1 ? 2 : step >= 0.01 ? 3 : 4;  // with the point
  return text.substr(hour_at, 8 + places);
}

double value_step(const axis_range& range, double count) {
  const double least = (range.most - range.least) / count;
  if (!(least > 0) || !std::isfinite(least)) return 0;
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double times : {1, 2, 5}) {
    if (times * power >= least) return times * power;
  }
  return 10 * power;
}

std::string value_format(const axis_range& range) {
  const int digits = digits_of(range);
  return digits <= digits_usual ? "%g" : "%." + std::to_string(digits) + "g";
}

std::size_t value_characters(const axis_range& range) {
  // A sign, a point, and where it is short perhaps an exponent.
  return static_cast<std::size_t>(std::max(digits_of(range), digits_usual)) + 3;
}

}  // namespace spindrift
