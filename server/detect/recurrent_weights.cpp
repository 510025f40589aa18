// Draws the first weights, and moves them down their slopes.
#include "server/detect/recurrent_weights.hpp"

#include <algorithm>
#include <cmath>

#include "server/detect/isolation_tree.hpp"

namespace spindrift {
namespace {

constexpr std::uint64_t weight_seed = 0x6e65'7477'6f72'6b31ULL;
struct rates {
  float first;
  float last;
};
constexpr rates own_rates{0.02F, 0.002F};
// Measured: see docs/detection.md.
constexpr rates shared_rates{0.005F, 0.0003F};
constexpr float value_max = 1e6F;  // far beyond what any stream teaches
constexpr float slope_max = 1.0F;
constexpr float fade_first = 0.9F;
constexpr float fade_second = 0.999F;

std::size_t count_of(std::size_t inputs, std::size_t outputs) {
  constexpr std::size_t units = recurrent_weights::units;
  return recurrent_weights::gates * units * (inputs + units + 1) + outputs * (units + inputs + 1);
}

}  // namespace

recurrent_weights::recurrent_weights(std::size_t inputs, std::size_t outputs, bool is_shared)
    : inputs_(inputs),
      outputs_(outputs),
      is_shared_(is_shared),
      weights_(count_of(inputs, outputs)),
      first_moments_(weights_.size()),
      second_moments_(weights_.size()),
      slopes_(weights_.size()) {
  split_mix random(weight_seed);
  // The outputs' own weights begin at nothing: the first forecast is no change.
  for (std::size_t i = 0; i < output_place(0); ++i) weights_[i] = static_cast<float>(0.6 * random.unit() - 0.3);
}

std::size_t recurrent_weights::grown_bytes(std::size_t inputs, std::size_t outputs) {
  return 4 * sizeof(float) * count_of(inputs, outputs) + 64;
}

void recurrent_weights::begin_slopes() {
  std::fill(slopes_.begin(), slopes_.end(), 0.0F);
}

void recurrent_weights::descend() {
  ++steps_;
  is_taught_.store(true, std::memory_order_relaxed);
  // Adam's correction for its young moments matters for the first of them alone.
  const auto age = static_cast<float>(std::min<std::uint64_t>(steps_, 2'000));
  const rates& by = is_shared_ ? shared_rates : own_rates;
  const float rate = std::max(by.last, by.first * 100 / (100 + age));
  const float young_first = age < 60 ? std::min(1.0F, age * (1 - fade_first)) : 1.0F;
  const float young_second = std::min(1.0F, age * (1 - fade_second));
  const float step_size = rate / young_first;
  const float inverse_young = 1 / young_second;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const float slope = std::min(slope_max, std::max(-slope_max, slopes_[i]));
    first_moments_[i] += (1 - fade_first) * (slope - first_moments_[i]);
    second_moments_[i] += (1 - fade_second) * (slope * slope - second_moments_[i]);
    // A moment that has faded to nothing is nothing: no slow arithmetic on the smallest of numbers.
    if (std::abs(first_moments_[i]) < 1e-20F) first_moments_[i] = 0;
    if (second_moments_[i] < 1e-30F) second_moments_[i] = 0;
    weights_[i] -= step_size * first_moments_[i] / (std::sqrt(second_moments_[i] * inverse_young) + 1e-4F);
  }
}

bool recurrent_weights::is_whole() const {
  const auto are_sane = [](const auto& all) {
    return std::all_of(all.begin(), all.end(), [](float value) { return std::abs(value) < value_max; });
  };
  const std::size_t count = slopes_.size();
  return weights_.size() == count && first_moments_.size() == count && second_moments_.size() == count &&
         are_sane(weights_) && are_sane(first_moments_) && are_sane(second_moments_) &&
         std::all_of(second_moments_.begin(), second_moments_.end(), [](float value) { return value >= 0; });
}

}  // namespace spindrift
