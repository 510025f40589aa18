// One small gated recurrent network (GRU: Cho et al., EMNLP 2014) that is shown a stream point by point and says what
// comes next: 8 units, and from its inputs a straight way to its outputs. Learned by back-propagation through the last
// 8 points (truncated: Williams and Peng, Neural Computation 2, 1990), one step a point (recurrent_weights.hpp).
//
//   z = s(x W + h U + b), r = s(x W' + h U' + b'), c = t(x W" + (r h) U" + b")    h = (1 - z) h + z c
//   y = h V + x D + b
//
// s and t are the rational function x (27 + x^2)/(27 + 9 x^2), drawn in to -1 and 1 at +-3, that stands for tanh.
// Floats; additions, multiplications, divisions and roots in a fixed order: the same bits from every compiler, with
// vector instructions or without. The weights may be those of several streams: then they are no part of its state.
//
// A value but for shared weights; one thread at a time, of all that share them. Bytes: those of the weights, and 8 x
// (inputs + 32) floats of the last points.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/detect/recurrent_weights.hpp"

namespace spindrift {

class recurrent_network {
public:
  static constexpr std::size_t units = recurrent_weights::units;
  static constexpr std::size_t depth = 8;
  using state = std::array<float, units>;

  // shared: weights of these sizes; null: it has its own.
  recurrent_network(std::size_t inputs, std::size_t outputs, std::shared_ptr<recurrent_weights> shared = nullptr);

  // Beside the object itself.
  static std::size_t grown_bytes(std::size_t inputs, std::size_t outputs, bool is_shared);
  bool is_taught() const { return learned_->is_taught(); }

  // What comes next, after the points that were shown.
  std::span<const float> forecast() const { return forecast_; }
  // That was off by so much for each output (forecast - truth, within +-1): learns from it.
  void correct(std::span<const float> errors);
  // The next point.
  void show(std::span<const float> inputs);

  template <class Archive>
  void visit_state(Archive& archive) {
    if (!is_shared_) learned_->visit_steps(archive);
    archive(shown_, now_);
    if (!is_shared_) learned_->visit_weights(archive);
    archive.sequence(past_, depth);
    archive.sequence(inputs_shown_, inputs_shown_.size());
    archive.sequence(forecast_, forecast_.size());
    if constexpr (Archive::reads) {
      if (archive.ok() && !is_whole()) archive.refuse();
    }
  }

private:
  // What a step made of its inputs, for the way back.
  struct step {
    state before{};
    state update{};
    state reset{};
    state candidate{};

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(before, update, reset, candidate);
    }
  };

  state gate(std::size_t which, std::span<const float> inputs, const state& from) const;
  void look_ahead(std::span<const float> inputs);
  void back_step(const step& of, std::span<const float> inputs, state& blame);
  void back_gate(std::size_t which, std::span<const float> inputs, const state& from, const state& blame,
                 state& blame_before);
  bool is_whole() const;

  std::size_t inputs_;
  std::size_t outputs_;
  bool is_shared_;
  std::shared_ptr<recurrent_weights> learned_;
  std::uint64_t shown_ = 0;
  state now_{};
  std::vector<step> past_;           // a ring: point number i is at i modulo depth
  std::vector<float> inputs_shown_;  // the same of inputs
  std::vector<float> forecast_;
};

}  // namespace spindrift
