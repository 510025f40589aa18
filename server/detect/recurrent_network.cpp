// Forward a point at a time, and back through the last ones.
#include "server/detect/recurrent_network.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "server/detect/squash.hpp"

namespace spindrift {
namespace {

constexpr float value_max = 1e6F;  // far beyond what any stream teaches

}  // namespace

recurrent_network::recurrent_network(std::size_t inputs, std::size_t outputs, std::shared_ptr<recurrent_weights> shared)
    : inputs_(inputs),
      outputs_(outputs),
      is_shared_(shared != nullptr),
      learned_(is_shared_ ? std::move(shared) : std::make_shared<recurrent_weights>(inputs, outputs, false)),
      past_(depth),
      inputs_shown_(depth * inputs),
      forecast_(outputs) {
  assert(learned_->inputs() == inputs && learned_->outputs() == outputs);
}

std::size_t recurrent_network::grown_bytes(std::size_t inputs, std::size_t outputs, bool is_shared) {
  const std::size_t learned =
      is_shared ? 0 : sizeof(recurrent_weights) + 16 + recurrent_weights::grown_bytes(inputs, outputs);
  return learned + sizeof(float) * (depth * inputs + outputs) + depth * sizeof(step) + 64;
}

recurrent_network::state recurrent_network::gate(std::size_t which, std::span<const float> inputs,
                                                 const state& from) const {
  const float* row = learned_->weight(learned_->gate_place(which));
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
    const float* const row = learned_->weight(learned_->output_place(k));
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
  learned_->begin_slopes();
  const auto inputs_at = [this](std::uint64_t number) {
    return std::span<const float>(inputs_shown_).subspan(static_cast<std::size_t>(number % depth) * inputs_, inputs_);
  };
  const std::span<const float> newest = inputs_at(shown_ - 1);
  state blame{};
  for (std::size_t k = 0; k < outputs_; ++k) {
    const float* const row = learned_->weight(learned_->output_place(k));
    float* const slope = learned_->slope(learned_->output_place(k));
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
  learned_->descend();
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
  float* slope = learned_->slope(learned_->gate_place(which));
  for (std::size_t i = 0; i < inputs_; ++i, slope += units) {
    for (std::size_t j = 0; j < units; ++j) slope[j] += inputs[i] * blame[j];
  }
  const float* row = learned_->weight(learned_->gate_place(which)) + inputs_ * units;
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

bool recurrent_network::is_whole() const {
  const auto are_sane = [](const auto& all) {
    return std::all_of(all.begin(), all.end(), [](float value) { return std::abs(value) < value_max; });
  };
  for (const step& one : past_) {
    if (!are_sane(one.before) || !are_sane(one.update) || !are_sane(one.reset) || !are_sane(one.candidate)) {
      return false;
    }
  }
  return past_.size() == depth && inputs_shown_.size() == depth * inputs_ && forecast_.size() == outputs_ &&
         are_sane(inputs_shown_) && are_sane(forecast_) && are_sane(now_) && (is_shared_ || learned_->is_whole());
}

}  // namespace spindrift
