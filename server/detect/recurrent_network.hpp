// One small gated recurrent network (GRU: Cho et al., EMNLP 2014) that is shown a stream point by point and says what
// comes next: 8 units, and from its inputs a straight way to its outputs. Learned by back-propagation through the last
// 8 points (truncated: Williams and Peng, Neural Computation 2, 1990), one step a point by Adam (Kingma and Ba, ICLR
// 2015).
//
//   z = s(x W + h U + b), r = s(x W' + h U' + b'), c = t(x W" + (r h) U" + b")    h = (1 - z) h + z c
//   y = h V + x D + b
//
// s and t are the rational function x (27 + x^2)/(27 + 9 x^2), drawn in to -1 and 1 at +-3, that stands for tanh.
// Floats; additions, multiplications, divisions and roots in a fixed order: the same bits from every compiler, with
// vector instructions or without. The first weights come of a fixed seed, so every stream begins alike.
//
// A plain value; one thread at a time. Bytes: 12 a weight (it and Adam's two moments), 24 x (inputs + 9) + outputs x
// (inputs + 9) of them, and 8 x (inputs + 40) floats of the last points.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spindrift {

class recurrent_network {
public:
  static constexpr std::size_t units = 8;
  static constexpr std::size_t depth = 8;
  using state = std::array<float, units>;

  recurrent_network(std::size_t inputs, std::size_t outputs);

  // Beside the object itself.
  static std::size_t grown_bytes(std::size_t inputs, std::size_t outputs);

  // What comes next, after the points that were shown.
  std::span<const float> forecast() const { return forecast_; }
  // That was off by so much for each output (forecast - truth, within +-1): learns from it.
  void correct(std::span<const float> errors);
  // The next point.
  void show(std::span<const float> inputs);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(steps_, shown_, now_);
    archive.sequence(weights_, weights_.size());
    archive.sequence(first_moments_, first_moments_.size());
    archive.sequence(second_moments_, second_moments_.size());
    archive.sequence(past_, depth);
    archive.sequence(inputs_shown_, inputs_shown_.size());
    archive.sequence(forecast_, forecast_.size());
    if constexpr (Archive::reads) {
      if (archive.ok() && !is_whole()) archive.refuse();
    }
  }

private:
  static constexpr std::size_t gates = 3;

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

  // Places in the weights: of each gate the inputs' rows, the units' rows, the bias; then outputs.
  std::size_t gate_size() const { return units * (inputs_ + units + 1); }
  std::size_t output_base() const { return gates * gate_size(); }
  std::size_t output_row() const { return units + inputs_ + 1; }
  state gate(std::size_t which, std::span<const float> inputs, const state& from) const;
  void look_ahead(std::span<const float> inputs);
  void back_step(const step& of, std::span<const float> inputs, state& blame);
  void back_gate(std::size_t which, std::span<const float> inputs, const state& from, const state& blame,
                 state& blame_before);
  void descend();
  bool is_whole() const;

  std::size_t inputs_;
  std::size_t outputs_;
  std::uint64_t steps_ = 0;  // corrections
  std::uint64_t shown_ = 0;
  state now_{};
  std::vector<float> weights_;
  std::vector<float> first_moments_;
  std::vector<float> second_moments_;
  std::vector<step> past_;           // a ring: point number i is at i modulo depth
  std::vector<float> inputs_shown_;  // the same of inputs
  std::vector<float> forecast_;
  std::vector<float> slopes_;  // of the correction in hand, kept for its capacity
};

}  // namespace spindrift
