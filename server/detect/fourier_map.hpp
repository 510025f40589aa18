// Random Fourier features of Gaussian kernels (Rahimi and Recht, NIPS 2007): points x in, z(x) out, so that z(x).z(y)
// is near exp(-|x - y|^2 / 2 width^2). The frequencies are no random ones but the first of the additive sequence that
// fills the cube most evenly (Roberts 2018), by way of the inverse of the normal distribution (quasi-Monte Carlo
// features: Yang, Sindhwani, Avron, Mahoney, ICML 2014), so the error is a fraction of theirs and every stream has the
// same.
//
// Frequencies beyond two sigma are drawn in to two: that needs no logarithm, and so no C library. Every operation is an
// addition or a multiplication of floats, in an order that is written down: the same bits from every compiler, with
// vector instructions or without. sin and cos are polynomials, off by 1e-6 at most.
//
// A map is constant, made once for each count of features and kept for ever (at most 65 of them, 1 KiB a feature);
// any thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace spindrift {

class fourier_map {
public:
  static constexpr std::size_t frequencies = 240;
  static constexpr std::size_t outputs = 2 * frequencies;
  static constexpr std::size_t features_max = 65;
  using image = std::array<float, outputs>;

  // For points of so many features, 1 to features_max; of width 1.
  static const fourier_map& of(std::size_t features);
  explicit fourier_map(std::size_t features);

  // `point` has the map's features, each within +-bound; the kernel's width is 1 / inverse_width.
  static constexpr float bound = 1e4F;
  void apply(std::span<const float> point, float inverse_width, image& out) const;

  // a.b, in eight sums that are added up in the end.
  static float product(const image& a, const image& b);

private:
  std::size_t features_;
  std::vector<float> turns_;  // of each feature one behind the other: whole turns in a unit of it
};

}  // namespace spindrift
