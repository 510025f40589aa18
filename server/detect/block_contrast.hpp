// How much the means of neighbouring blocks of 1, 2, 4, 8, ... values differ: what tells a stream that varies by itself
// on that scale (a wave, a slow wander) from independent noise.
//
// Level r takes the means a, b of every two neighbouring blocks of n = 2^r values, averages sqrt(n/2) |a - b| over its
// last 64 or so pairs and squares it, times pi/2. For independent normal values that is their variance on every level
// (the Haar wavelet variance; Percival and Walden, "Wavelet Methods for Time Series Analysis", 2000, ch. 8); averaged
// before squaring, so that spikes do not drown a wave. The largest pair is left out and the newest held back, so that a
// single step, however large, is not taken for a habit of the stream.
//
// 16 bytes, and one heap block of 21 bytes a level, a level for each doubling of the values seen, 16 at most; room for
// the first eight comes by fours. About 2 ns a value. One thread at a time; values are finite.
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

  void prefetch() const { prefetch_bytes(block_.get(), block_length(room_for(n_levels_))); }

  // What comes next has nothing to do with what came before: no pair spans this point. The figures are kept.
  void restart();
  // Values since the start or restart.
  std::uint64_t count() const { return count_; }

  struct figure {
    double variance;
    unsigned n_pairs;  // behind it; 0: nothing is known
  };
  figure at(std::size_t r) const;  // of level r
  std::size_t n_levels() const { return n_levels_; }

  template <class Archive>
  void visit_state(Archive& archive) {
    std::uint64_t count = count_;
    std::array<std::uint8_t, levels_max> n_pairs{};
    std::vector<saved_level> levels(n_levels_);
    for (std::size_t r = 0; r < n_levels_; ++r) {
      n_pairs[r] = pairs()[r];
      levels[r] = {waiting()[r], contrasts()[r]};
    }
    archive(count, n_pairs);
    archive.sequence(levels, levels_max);
    if constexpr (Archive::reads) {
      count_ = count & count_mask;
      hold(levels.size());
      for (std::size_t r = 0; r < n_levels_; ++r) {
        waiting()[r] = levels[r].waiting;
        contrasts()[r] = levels[r].seen;
        pairs()[r] = n_pairs[r];
      }
    }
  }

private:
  static constexpr unsigned memory = 64;
  static constexpr std::uint64_t count_mask = (std::uint64_t{1} << 56U) - 1;  // no stream lives to have as many values

  struct contrast {
    float held = -1.0F;  // sqrt(n/2) |a - b| of the newest pair, not counted yet; negative: no such pair
    float sum = 0.0F;    // of it over the pairs
    float largest = 0.0F;
  };
  // As saved, a level lies together, but for its number of pairs, and all is doubles.
  struct saved_level {
    double waiting = 0.0;
    contrast seen{};

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(waiting);
      for (float* const one : {&seen.held, &seen.sum, &seen.largest}) {
        double saved = static_cast<double>(*one);
        archive(saved);
        if constexpr (Archive::reads) *one = in_float(saved);
      }
    }
  };
  // The block, of each level: the mean of the first block of a pair, while its second is not there; the contrasts; how
  // many pairs are behind their sum.
  static constexpr std::size_t block_length(std::size_t n_levels) {
    return n_levels * (sizeof(double) + sizeof(contrast) + 1);
  }
  // Levels that the block has room for. Streams that grow together leave blocks behind that are of use to none: few
  // while they are young, and seldom later, when each doubling takes as long as all before.
  static constexpr std::size_t room_for(std::size_t n_levels) {
    constexpr std::size_t step = 4;
    return n_levels < 2 * step ? (n_levels + step - 1) / step * step : n_levels;
  }
  double* waiting() const { return reinterpret_cast<double*>(block_.get()); }
  contrast* contrasts() const { return reinterpret_cast<contrast*>(waiting() + room_for(n_levels_)); }
  std::uint8_t* pairs() const { return reinterpret_cast<std::uint8_t*>(contrasts() + room_for(n_levels_)); }
  // Contrasts are small: values beyond seven sigma are reined in before they come here.
  static float in_float(double contrast) { return static_cast<float>(std::clamp(contrast, -1.0, 1e36)); }
  void note(std::size_t r, double newest);
  void hold(std::size_t n_levels);

  std::uint64_t count_ : 56 = 0;  // values since the start or restart: bit r says whether level r has a block waiting
  std::uint64_t n_levels_ : 8 = 0;
  std::unique_ptr<std::byte[]> block_;
};

static_assert(sizeof(block_contrast) == 16);

}  // namespace spindrift
