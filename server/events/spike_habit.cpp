// A leaky bucket of spikes, and the newest of their values.
#include "server/events/spike_habit.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr double leak = 1.0 / 400;    // a point
constexpr double level_weight = 1.5;  // spikes that a new level counts for: it comes once where they come in twos
constexpr double fading = 0.95;       // a spike
constexpr double bucket_size = 10;
constexpr double code_leak = 1.0 / 10;
constexpr double codes_told = 2;  // within a few points
constexpr double codes_size = 12;
constexpr double way_share = 0.25;  // of its height, by which two ways' ends may differ
constexpr std::uint16_t ways_known = 2;

}  // namespace

bool spike_habit::is_code(double value) const {
  const auto end = values_.begin() + std::min<std::uint32_t>(next_, values_kept);
  return std::find(values_.begin(), end, value) != end;
}

bool spike_habit::is_strewn(std::uint64_t n) const {
  return codes_ - code_leak * static_cast<double>(n - fill_n_) >= codes_told;
}

double spike_habit::fill_at(std::uint64_t n) const {
  return std::max(0.0, fill_ - leak * static_cast<double>(n - fill_n_));
}

bool spike_habit::is_news(double value, double height, std::uint64_t n) const {
  return fill_at(n) < fill_max || height > taller * usual_ || (is_code(value) && !is_strewn(n));
}

void spike_habit::learn_level(double height, std::uint64_t n) {
  learn_height(height, n, level_weight);
}

void spike_habit::learn_height(double height, std::uint64_t n, double weight) {
  codes_ = static_cast<float>(std::max(0.0, codes_ - code_leak * static_cast<double>(n - fill_n_)));
  fill_ = std::min(fill_at(n) + weight, bucket_size);
  fill_n_ = n;
  usual_ = std::max(height, fading * usual_);
}

bool spike_habit::is_like(double before, double after) const {
  const double near = way_share * std::abs(way_to_ - way_from_);
  return std::abs(before - way_from_) <= near && std::abs(after - way_to_) <= near;
}

bool spike_habit::is_known_way(double before, double after) const {
  return ways_ >= ways_known && is_like(before, after);
}

void spike_habit::accept_level(double before, double after) {
  const bool is_again = ways_ > 0 && is_like(before, after);
  ways_ = is_again ? ways_known : std::uint16_t{1};
  way_from_ = before;
  way_to_ = after;
}

void spike_habit::learn(double value, double height, std::uint64_t n) {
  learn_height(height, n, 1);
  if (is_code(value)) {
    codes_ = static_cast<float>(std::min(codes_ + 1.0, codes_size));
    return;
  }
  values_[next_ % values_kept] = value;
  next_ = static_cast<std::uint16_t>(next_ < 1U << 15U ? next_ + 1 : values_kept);
}

}  // namespace spindrift
