// Even frequencies, and the polynomials that stand for sin and cos.
#include "server/detect/fourier_map.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <mutex>

namespace spindrift {
namespace {

constexpr double pi = 3.14159265358979323846;

// The positive root of x^(features + 1) = x + 1.
double even_base(std::size_t features) {
  double x = 1.5;
  for (int step = 0; step < 60; ++step) {
    double power = 1;
    for (std::size_t i = 0; i < features; ++i) power *= x;
    const double n = static_cast<double>(features) + 1;
    x -= (power * x - x - 1) / (n * power - 1);
  }
  return x;
}

// The inverse of the normal distribution between its shares of 0.02425 and 0.97575 (Acklam 2003, the middle part).
double inverse_normal(double share) {
  constexpr double edge = 0.02425;
  const double q = std::clamp(share, edge, 1 - edge) - 0.5;
  const double r = q * q;
  const double above = ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
                         1.383577518672690e+02) *
                            r -
                        3.066479806614716e+01) *
                           r +
                       2.506628277459239e+00;
  const double below = ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
                         6.680131188771972e+01) *
                            r -
                        1.328068155288572e+01) *
                           r +
                       1;
  return above * q / below;
}

}  // namespace

fourier_map::fourier_map(std::size_t features) : features_(features), turns_(features * frequencies) {
  assert(features > 0 && features <= features_max);
  const double step = 1 / even_base(features);
  double share_step = 1;
  for (std::size_t k = 0; k < features; ++k) {
    share_step *= step;
    double share = 0.5;
    for (std::size_t i = 0; i < frequencies; ++i) {
      share += share_step;
      if (share >= 1) share -= 1;
      turns_[k * frequencies + i] = static_cast<float>(inverse_normal(share) / (2 * pi));
    }
  }
}

const fourier_map& fourier_map::of(std::size_t features) {
  static std::array<std::once_flag, features_max + 1> made;
  static std::array<std::unique_ptr<const fourier_map>, features_max + 1> maps;
  std::call_once(made[features], [features] { maps[features] = std::make_unique<const fourier_map>(features); });
  return *maps[features];
}

void fourier_map::apply(std::span<const float> point, float inverse_width, image& out) const {
  assert(point.size() == features_);
  std::array<float, frequencies> turns{};
  for (std::size_t k = 0; k < features_; ++k) {
    const float x = point[k] * inverse_width;
    const float* const of_feature = turns_.data() + k * frequencies;
    for (std::size_t i = 0; i < frequencies; ++i) turns[i] += of_feature[i] * x;
  }
  // Added and taken away again, it rounds to whole turns.
  constexpr float rounding = 12'582'912.0F;
  // sqrt(1 / 240), so that a point's product with itself is 1.
  constexpr float size = 0.0645497224F;
  for (std::size_t i = 0; i < frequencies; ++i) {
    const float whole = (turns[i] + rounding) - rounding;
    const float part = turns[i] - whole;  // -0.5 to 0.5
    const float square = part * part;
    const float cosine =
        ((((-21.162592F * square + 58.852544F) * square - 85.286851F) * square + 64.930279F) * square - 19.739050F) *
            square +
        1;
    const float sine =
        (((((-12.381905F * square + 41.286497F) * square - 76.602174F) * square + 81.598903F) * square - 41.341567F) *
             square +
         6.2831853F) *
        part;
    out[i] = size * cosine;
    out[frequencies + i] = size * sine;
  }
}

float fourier_map::product(const image& a, const image& b) {
  std::array<float, 8> sums{};
  for (std::size_t i = 0; i < outputs; i += sums.size()) {
    for (std::size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

}  // namespace spindrift
