// How much the means of neighbouring blocks of 1, 2, 4, 8, ... values differ: what tells a stream that varies by itself
// on that scale (a wave, a slow wander) from independent noise.
//
// Level r takes the means a, b of every two neighbouring blocks of n = 2^r values, averages sqrt(n/2) |a - b| over its
// last 64 or so pairs and squares it, times pi/2. For independent normal values that is their variance on every level
// (the Haar wavelet variance; Percival and Walden, "Wavelet Methods for Time Series Analysis", 2000, ch. 8); averaged
// before squaring, so that spikes do not drown a wave. The largest pair is left out and the newest held back, so that a
// single step, however large, is not taken for a habit of the stream.
//
// Owns one heap block of 24 bytes a level, a level for each doubling of the values seen, 16 at most. About 2 ns a
// value. One thread at a time; values are finite.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/detect/prefetch.hpp"

namespace spindrift {

class block_contrast {
public:
  static constexpr std::size_t levels_max = 16;
  static constexpr std::size_t batch_max = 32;

  // The next values, in order; at most batch_max of them. How they are cut into batches makes no difference.
  void add(std::span<const double> values);

  void prefetch() const { prefetch_bytes(levels_.get(), n_levels_ * sizeof(level)); }

  // What comes next has nothing to do with what came before: no pair spans this point. The figures are kept.
  void restart();

  struct figure {
    double variance;
    unsigned n_pairs;  // behind it; 0: nothing is known
  };
  figure at(std::size_t r) const;  // of level r
  std::size_t n_levels() const { return n_levels_; }

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, the numbers of pairs lie apart.
    std::array<std::uint8_t, levels_max> n_pairs{};
    for (std::size_t r = 0; r < n_levels_; ++r) n_pairs[r] = levels_[r].n_pairs;
    std::vector<level> levels(levels_.get(), levels_.get() + n_levels_);
    archive(count_, n_pairs);
    archive.sequence(levels, levels_max);
    if constexpr (Archive::reads) {
      hold(levels.size());
      std::copy(levels.begin(), levels.end(), levels_.get());
      for (std::size_t r = 0; r < n_levels_; ++r) levels_[r].n_pairs = n_pairs[r];
    }
  }

private:
  static constexpr unsigned memory = 64;

  struct level {
    double waiting = 0.0;  // mean of the first block of a pair, while its second is not there
    float held = -1.0F;    // sqrt(n/2) |a - b| of the newest pair, not counted yet; negative: no such pair
    float sum = 0.0F;      // of it over the pairs
    float largest = 0.0F;
    std::uint8_t n_pairs = 0;  // behind the sum

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(waiting);
      for (float* const one : {&held, &sum, &largest}) {
        double saved = static_cast<double>(*one);
        archive(saved);
        if constexpr (Archive::reads) *one = in_float(saved);
      }
    }
  };
  // Contrasts are small: values beyond seven sigma are reined in before they come here.
  static float in_float(double contrast) { return static_cast<float>(std::clamp(contrast, -1.0, 1e36)); }
  void note(std::size_t r, double contrast);
  void hold(std::size_t n_levels);

  std::uint64_t count_ = 0;  // values since the start or restart: bit r says whether level r has a block waiting
  std::unique_ptr<level[]> levels_;
  std::uint8_t n_levels_ = 0;
};

}  // namespace spindrift
