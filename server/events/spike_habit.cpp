// A leaky bucket of spikes, and the newest of their values.
#include "server/events/spike_habit.hpp"

#include <algorithm>

namespace spindrift {
namespace {

constexpr double leak = 1.0 / 400;  // a point
constexpr double fading = 0.95;     // a spike
constexpr double bucket_size = 10;

}  // namespace

bool spike_habit::is_code(double value) const {
  const auto end = values_.begin() + std::min<std::uint32_t>(next_, values_kept);
  return std::find(values_.begin(), end, value) != end;
}

double spike_habit::fill_at(std::uint64_t n) const {
  return std::max(0.0, fill_ - leak * static_cast<double>(n - fill_n_));
}

bool spike_habit::is_news(double value, double height, std::uint64_t n) const {
  return fill_at(n) < fill_max || height > taller * usual_ || is_code(value);
}

void spike_habit::learn_level(double height, std::uint64_t n) {
  fill_ = std::min(fill_at(n) + 1, bucket_size);
  fill_n_ = n;
  usual_ = std::max(height, fading * usual_);
}

void spike_habit::learn(double value, double height, std::uint64_t n) {
  learn_level(height, n);
  if (is_code(value)) return;
  values_[next_ % values_kept] = value;
  next_ = next_ < 1U << 30U ? next_ + 1 : static_cast<std::uint32_t>(values_kept);
}

}  // namespace spindrift
