// Fading correlations of pairs of features, and what they leave unexplained.
#include "server/events/relation_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spindrift {
namespace {

constexpr std::size_t all_pairs = 8;
constexpr std::size_t neighbours = 3;
constexpr std::uint32_t known = 250;  // points
constexpr double rate = 1.0 / 500;
constexpr double apart_rate = 0.05;  // of that
constexpr double together = 0.82;    // correlation: two thirds of the variance
constexpr double smoothing = 0.4;
constexpr double odd_rate = 0.1;
constexpr double reach = 4;  // in standard deviations, or usual residuals, that a point counts for
constexpr double apart = 5;
constexpr double per_mean = 0.7978845608;  // mean |x| of a normal x
constexpr double farther = 1.3;            // than ever before
constexpr double record_first = 3.5;
constexpr double record_fading = 1.0 / 4'000;

}  // namespace

relation_watch::relation_watch(std::size_t features) {
  if (features < 2) return;
  features_.resize(features);
  for (std::size_t i = 0; i < features; ++i) {
    const std::size_t end = features <= all_pairs ? features : std::min(features, i + 1 + neighbours);
    for (std::size_t j = i + 1; j < end; ++j) {
      pair two;
      two.first = static_cast<std::uint32_t>(i);
      two.second = static_cast<std::uint32_t>(j);
      two.record = record_first;
      pairs_.push_back(two);
    }
  }
}

void relation_watch::follow(moments& one, double value, const feature_reading& seen) const {
  const double sigma = std::sqrt(one.variance);
  double d = value - one.mean;
  one.now = sigma > 0 ? std::clamp(d / sigma, -2 * reach, 2 * reach) : 0;
  one.odd += odd_rate * (std::min(std::abs(seen.baseline.z), reach) - one.odd);
  if (points_ > 20) d = std::clamp(d, -reach * sigma, reach * sigma);
  const double gain = std::max(rate, 1.0 / (points_ + 1.0));
  one.mean += gain * d;
  one.variance += gain * ((1 - gain) * d * d - one.variance);
}

// How far they are apart; 0 while they do not go together.
double relation_watch::judge(pair& two) const {
  const double u = features_[two.first].now;
  const double v = features_[two.second].now;
  const double correlation = std::clamp(two.correlation, -1.0, 1.0);
  const double left = v - correlation * u;
  two.residual += smoothing * (left - two.residual);
  const double size = std::abs(two.residual);
  const bool judged = points_ > known && std::abs(correlation) > together && two.usual > 0;
  const double z = judged ? per_mean * size / two.usual : 0;
  const bool is_apart = z >= std::max(apart, farther * two.record);
  const double gain = std::max(rate, 1.0 / (points_ + 1.0)) * (is_apart ? apart_rate : 1);
  two.correlation += gain * (std::clamp(u, -reach, reach) * std::clamp(v, -reach, reach) - two.correlation);
  const double counted = points_ > 20 ? std::min(size, reach * two.usual) : size;
  two.usual += gain * (counted - two.usual);
  if (judged && !is_apart) two.record = std::max(two.record - record_fading * (two.record - record_first), z);
  return is_apart ? std::copysign(z, two.residual) : 0;
}

std::optional<relation_reading> relation_watch::update(std::span<const double> values, const reading& seen) {
  if (pairs_.empty() || seen.features.size() != values.size()) return std::nullopt;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) return std::nullopt;
  }
  for (std::size_t i = 0; i < values.size(); ++i) follow(features_[i], values[i], seen.features[i]);
  std::optional<relation_reading> farthest;
  for (pair& two : pairs_) {
    const double z = judge(two);
    if (z == 0 || (farthest && std::abs(z) <= std::abs(farthest->z))) continue;
    const bool second_left = features_[two.second].odd >= features_[two.first].odd;
    farthest = relation_reading{second_left ? two.second : two.first,
                                second_left ? two.first : two.second,
                                z,
                                two.correlation,
                                two.residual,
                                two.usual};
  }
  if (points_ < std::numeric_limits<std::uint32_t>::max()) ++points_;
  return farthest;
}

}  // namespace spindrift
