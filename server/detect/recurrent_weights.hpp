// The weights of a recurrent network (recurrent_network.hpp), with what Adam knows of each (Kingma and Ba, ICLR 2015):
// of one stream, or of all that share them. They begin as a fixed seed has them, alike everywhere.
//
// Of each of three gates the inputs' rows, the units' rows and the bias, then for each output the units, the inputs and
// the bias. Slopes are put where slope() says, beginning with begin_slopes(), and taken by descend().
// One thread at a time. 16 bytes a weight, 12 of them saved; 24 x (inputs + 9) + outputs x (inputs + 9) weights.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spindrift {

class recurrent_weights {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;
  static constexpr std::size_t units = 8;
  static constexpr std::size_t gates = 3;

  // Those that many streams teach take smaller steps: there are more of them, and streams of one pattern pull the same
  // way at the same time.
  recurrent_weights(std::size_t inputs, std::size_t outputs, bool is_shared);

  // Beside the object itself.
  static std::size_t grown_bytes(std::size_t inputs, std::size_t outputs);
  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  // Any thread, as all that never changes: a stream that joins looks while others teach.
  bool is_taught() const { return is_taught_.load(std::memory_order_relaxed); }

  // Places, the same for weights and slopes.
  std::size_t gate_place(std::size_t which) const { return which * units * (inputs_ + units + 1); }
  std::size_t output_place(std::size_t k) const { return gate_place(gates) + k * (units + inputs_ + 1); }
  const float* weight(std::size_t place) const { return weights_.data() + place; }
  float* slope(std::size_t place) { return slopes_.data() + place; }

  void begin_slopes();
  void descend();

  template <class Archive>
  void visit_state(Archive& archive) {
    visit_steps(archive);
    visit_weights(archive);
    if constexpr (Archive::reads) {
      if (archive.ok() && !is_whole()) archive.refuse();
    }
  }
  // The same in two parts, for a network that has them to itself.
  template <class Archive>
  void visit_steps(Archive& archive) {
    archive(steps_);
    if constexpr (Archive::reads) is_taught_.store(steps_ > 0, std::memory_order_relaxed);
  }
  template <class Archive>
  void visit_weights(Archive& archive) {
    archive.sequence(weights_, weights_.size());
    archive.sequence(first_moments_, first_moments_.size());
    archive.sequence(second_moments_, second_moments_.size());
  }
  bool is_whole() const;

private:
  std::size_t inputs_;
  std::size_t outputs_;
  bool is_shared_;
  std::uint64_t steps_ = 0;  // corrections
  std::atomic<bool> is_taught_{false};
  std::vector<float> weights_;
  std::vector<float> first_moments_;
  std::vector<float> second_moments_;
  std::vector<float> slopes_;  // of the correction in hand, kept for its capacity
};

}  // namespace spindrift
