// Random numbers that are the same everywhere.
#include "client/noise.hpp"

#include <bit>
#include <cmath>

namespace spindrift {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

// ln x = exponent * ln 2 + 2 artanh((m - 1) / (m + 1)) with m in [sqrt 1/2, sqrt 2). For positive normal numbers; good
// to a few units in the last place, and the same ones everywhere.
double natural_log(double x) {
  constexpr std::uint64_t mantissa_mask = (std::uint64_t{1} << 52U) - 1;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  double exponent = static_cast<double>(bits >> 52U) - 1023.0;
  double m = std::bit_cast<double>((bits & mantissa_mask) | (std::uint64_t{1023} << 52U));
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1.0;
  }
  const double s = (m - 1.0) / (m + 1.0);
  const double square = s * s;
  double series = 1.0 / 21.0;
  for (int odd = 19; odd >= 1; odd -= 2) series = series * square + 1.0 / odd;
  return exponent * 0.6931471805599453 + 2.0 * s * series;
}

}  // namespace

noise_source::noise_source(std::uint64_t seed) : state_{} {
  for (std::uint64_t& word : state_) word = splitmix64(seed);
}

noise_source::noise_source(std::uint64_t seed, std::uint64_t part) : state_{} {
  std::uint64_t mixed = splitmix64(seed) + part;
  for (std::uint64_t& word : state_) word = splitmix64(mixed) ^ splitmix64(seed);
}

std::uint64_t noise_source::bits() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double noise_source::uniform() {
  return static_cast<double>(bits() >> 11U) * 0x1p-53;
}

double noise_source::uniform(double low, double high) {
  return low + (high - low) * uniform();
}

double noise_source::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x = 0;
  double y = 0;
  double square = 0;
  do {
    x = uniform(-1.0, 1.0);
    y = uniform(-1.0, 1.0);
    square = x * x + y * y;
  } while (square >= 1.0 || square == 0.0);
  const double radius = std::sqrt(-2.0 * natural_log(square) / square);
  spare_ = y * radius;
  has_spare_ = true;
  return x * radius;
}

}  // namespace spindrift
