// Learns the tail of |z| and reads probabilities off it.
#include "server/events/tail_model.hpp"

#include <algorithm>
#include <cmath>

#include "server/events/short_mean.hpp"

namespace spindrift {
namespace {

constexpr std::uint32_t points_prior = 100;
constexpr std::uint32_t beyond_prior = 20;
constexpr double shape_max = 0.9;

}  // namespace

void tail_model::learn(double size) {
  const double rate = 1.0 / (points_prior + static_cast<double>(points_));
  const bool is_beyond = size > threshold;
  move_toward(share_, is_beyond ? 1 : 0, rate);
  if (points_ < points_max) ++points_;
  if (!is_beyond) return;
  const double excess = std::min(size, reach) - threshold;
  const double beyond_rate = 1.0 / (beyond_prior + static_cast<double>(beyond_));
  move_toward(excess_, excess, beyond_rate);
  move_toward(square_, excess * excess, beyond_rate);
  if (beyond_ < beyond_max) ++beyond_;
}

double tail_model::nines_beyond(double y) const {
  const auto excess = static_cast<double>(excess_);
  const double variance = std::max(static_cast<double>(square_) - excess * excess, 1e-6);
  const double ratio = excess * excess / variance;
  const double shape = std::clamp(0.5 * (1 - ratio), 0.0, shape_max);
  // With the shape held at 0 the mean alone tells the scale.
  const double scale = shape > 0 ? 0.5 * excess * (1 + ratio) : excess;
  const double survival = shape > 0.01 ? -std::log10(1 + shape * y / scale) / shape : -y / scale * 0.4342944819;
  return std::clamp(-std::log10(std::max<double>(share_, 1e-4)) - survival, 0.0, nines_max);
}

}  // namespace spindrift
