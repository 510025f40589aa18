// Forward a point at a time, and back through the last ones.
#include "server/detect/recurrent_network.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "server/detect/isolation_tree.hpp"
#include "server/detect/squash.hpp"

namespace spindrift {
namespace {

constexpr std::uint64_t weight_seed = 0x6e65'7477'6f72'6b31ULL;
constexpr float rate_first = 0.02F;
constexpr float rate_last = 0.002F;
constexpr float value_max = 1e6F;  // far beyond what any stream teaches
constexpr float slope_max = 1.0F;
constexpr float fade_first = 0.9F;
constexpr float fade_second = 0.999F;

}  // namespace

recurrent_network::recurrent_network(std::size_t inputs, std::size_t outputs)
    : inputs_(inputs),
      outputs_(outputs),
      weights_(output_base() + outputs * output_row()),
      first_moments_(weights_.size()),
      second_moments_(weights_.size()),
      past_(depth),
      inputs_shown_(depth * inputs),
      forecast_(outputs),
      slopes_(weights_.size()) {
  split_mix random(weight_seed);
  // The outputs' own weights begin at nothing: the first forecast is no change.
  for (std::size_t i = 0; i < output_base(); ++i) weights_[i] = static_cast<float>(0.6 * random.unit() - 0.3);
}

std::size_t recurrent_network::grown_bytes(std::size_t inputs, std::size_t outputs) {
  const std::size_t weights = gates * units * (inputs + units + 1) + outputs * (units + inputs + 1);
  return sizeof(float) * (4 * weights + depth * inputs + outputs) + depth * sizeof(step) + 128;
}

recurrent_network::state recurrent_network::gate(std::size_t which, std::span<const float> inputs,
                                                 const state& from) const {
  const float* row = weights_.data() + which * gate_size();
  state sums;
  const float* const bias = row + (inputs_ + units) * units;
  for (std::size_t j = 0; j < units; ++j) sums[j] = bias[j];
  for (std::size_t i = 0; i < inputs_; ++i, row += units) {
    for (std::size_t j = 0; j < units; ++j) sums[j] += row[j] * inputs[i];
  }
  for (std::size_t i = 0; i < units; ++i, row += units) {
    for (std::size_t j = 0; j < units; ++j) sums[j] += row[j] * from[i];
  }
  return sums;
}

void recurrent_network::show(std::span<const float> inputs) {
  assert(inputs.size() == inputs_);
  const std::size_t at = static_cast<std::size_t>(shown_ % depth);
  std::copy(inputs.begin(), inputs.end(), inputs_shown_.begin() + static_cast<std::ptrdiff_t>(at * inputs_));
  step& made = past_[at];
  made.before = now_;
  made.update = gate(0, inputs, now_);
  made.reset = gate(1, inputs, now_);
  state passed;
  for (std::size_t j = 0; j < units; ++j) {
    made.update[j] = squash_to_unit(made.update[j]);
    made.reset[j] = squash_to_unit(made.reset[j]);
    passed[j] = made.reset[j] * now_[j];
  }
  made.candidate = gate(2, inputs, passed);
  for (std::size_t j = 0; j < units; ++j) {
    made.candidate[j] = squash(made.candidate[j]);
    now_[j] += made.update[j] * (made.candidate[j] - now_[j]);
  }
  ++shown_;
  look_ahead(inputs);
}

void recurrent_network::look_ahead(std::span<const float> inputs) {
  for (std::size_t k = 0; k < outputs_; ++k) {
    const float* const row = weights_.data() + output_base() + k * output_row();
    state products;
    for (std::size_t j = 0; j < units; ++j) products[j] = row[j] * now_[j];
    float sum = ((products[0] + products[4]) + (products[1] + products[5])) +
                ((products[2] + products[6]) + (products[3] + products[7]));
    for (std::size_t i = 0; i < inputs_; ++i) sum += row[units + i] * inputs[i];
    forecast_[k] = std::clamp(sum + row[units + inputs_], -100.0F, 100.0F);
  }
}

void recurrent_network::correct(std::span<const float> errors) {
  assert(errors.size() == outputs_);
  if (shown_ == 0) return;
  std::fill(slopes_.begin(), slopes_.end(), 0.0F);
  const auto inputs_at = [this](std::uint64_t number) {
    return std::span<const float>(inputs_shown_).subspan(static_cast<std::size_t>(number % depth) * inputs_, inputs_);
  };
  const std::span<const float> newest = inputs_at(shown_ - 1);
  state blame{};
  for (std::size_t k = 0; k < outputs_; ++k) {
    const std::size_t base = output_base() + k * output_row();
    const float* const row = weights_.data() + base;
    float* const slope = slopes_.data() + base;
    for (std::size_t j = 0; j < units; ++j) {
      slope[j] += errors[k] * now_[j];
      blame[j] += errors[k] * row[j];
    }
    for (std::size_t i = 0; i < inputs_; ++i) slope[units + i] += errors[k] * newest[i];
    slope[units + inputs_] += errors[k];
  }
  const std::uint64_t oldest = shown_ > depth ? shown_ - depth : 0;
  for (std::uint64_t number = shown_; number-- > oldest;) {
    back_step(past_[static_cast<std::size_t>(number % depth)], inputs_at(number), blame);
  }
  descend();
}

// From the blame for what a step made to the slopes of its weights, and to the blame for what it was given.
void recurrent_network::back_step(const step& of, std::span<const float> inputs, state& blame) {
  state of_update;
  state of_candidate;
  state before;
  state passed;
  for (std::size_t j = 0; j < units; ++j) {
    of_update[j] = blame[j] * (of.candidate[j] - of.before[j]) * of.update[j] * (1 - of.update[j]);
    of_candidate[j] = blame[j] * of.update[j] * (1 - of.candidate[j] * of.candidate[j]);
    before[j] = blame[j] * (1 - of.update[j]);
    passed[j] = of.reset[j] * of.before[j];
  }
  state of_passed{};
  back_gate(2, inputs, passed, of_candidate, of_passed);
  state of_reset;
  for (std::size_t j = 0; j < units; ++j) {
    of_reset[j] = of_passed[j] * of.before[j] * of.reset[j] * (1 - of.reset[j]);
    before[j] += of_passed[j] * of.reset[j];
  }
  back_gate(0, inputs, of.before, of_update, before);
  back_gate(1, inputs, of.before, of_reset, before);
  blame = before;
}

void recurrent_network::back_gate(std::size_t which, std::span<const float> inputs, const state& from,
                                  const state& blame, state& blame_before) {
  const std::size_t base = which * gate_size();
  float* slope = slopes_.data() + base;
  for (std::size_t i = 0; i < inputs_; ++i, slope += units) {
    for (std::size_t j = 0; j < units; ++j) slope[j] += inputs[i] * blame[j];
  }
  const float* row = weights_.data() + base + inputs_ * units;
  for (std::size_t i = 0; i < units; ++i, slope += units, row += units) {
    state products;
    for (std::size_t j = 0; j < units; ++j) {
      slope[j] += from[i] * blame[j];
      products[j] = row[j] * blame[j];
    }
    blame_before[i] += ((products[0] + products[4]) + (products[1] + products[5])) +
                       ((products[2] + products[6]) + (products[3] + products[7]));
  }
  for (std::size_t j = 0; j < units; ++j) slope[j] += blame[j];
}

void recurrent_network::descend() {
  ++steps_;
  // Adam's correction for its young moments matters for the first of them alone.
  const auto age = static_cast<float>(std::min<std::uint64_t>(steps_, 2'000));
  const float rate = std::max(rate_last, rate_first * 100 / (100 + age));
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

bool recurrent_network::is_whole() const {
  const auto are_sane = [](const auto& all) {
    return std::all_of(all.begin(), all.end(), [](float value) { return std::abs(value) < value_max; });
  };
  for (const step& one : past_) {
    if (!are_sane(one.before) || !are_sane(one.update) || !are_sane(one.reset) || !are_sane(one.candidate)) {
      return false;
    }
  }
  const std::size_t count = slopes_.size();
  return weights_.size() == count && first_moments_.size() == count && second_moments_.size() == count &&
         past_.size() == depth && inputs_shown_.size() == depth * inputs_ && forecast_.size() == outputs_ &&
         are_sane(weights_) && are_sane(first_moments_) && are_sane(second_moments_) && are_sane(inputs_shown_) &&
         are_sane(forecast_) && are_sane(now_) &&
         std::all_of(second_moments_.begin(), second_moments_.end(), [](float value) { return value >= 0; });
}

}  // namespace spindrift
