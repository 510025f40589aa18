// Seeded random numbers for tests and measurements, the same on every machine and library: xoshiro256++ (Blackman and
// Vigna, 2018) seeded by splitmix64, and transforms written out here, since neither std::normal_distribution nor the
// last bit of std::log is the same everywhere.
//
// A noise_source is a value of 32 bytes; one thread at a time. Sine, logarithm and exponential are good to about 1e-14.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace spindrift::support {

inline constexpr double pi = 3.141592653589793;

// Natural logarithm of a positive normal double: 2 atanh of the mantissa, the exponent times ln 2.
inline double steady_log(double x) {
  const auto bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<double>(static_cast<std::int64_t>(bits >> 52U) - 1023);
  double mantissa = std::bit_cast<double>((bits & 0xFFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent += 1;
  }
  const double part = (mantissa - 1) / (mantissa + 1);
  const double square = part * part;
  double series = 0;
  for (int k = 21; k >= 1; k -= 2) series = series * square + 1.0 / k;
  return 2 * part * series + exponent * 0.6931471805599453;
}

// e^x for |x| < 700.
inline double steady_exp(double x) {
  const double halvings = std::floor(x / 0.6931471805599453 + 0.5);
  const double rest = x - halvings * 0.6931471805599453;
  double series = 1;
  for (int k = 15; k >= 1; --k) series = 1 + series * rest / k;
  return std::ldexp(series, static_cast<int>(halvings));
}

// sin(x), |x| < 1e6.
inline double steady_sin(double x) {
  const double turns = std::floor(x / pi + 0.5);
  const double rest = x - turns * pi;
  const double square = rest * rest;
  double series = 1;
  for (int k = 20; k >= 2; k -= 2) series = 1 - series * square / (k * (k + 1));
  const bool odd = (static_cast<std::int64_t>(turns) & 1) != 0;
  return odd ? -rest * series : rest * series;
}

class noise_source {
public:
  explicit noise_source(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9E3779B97F4A7C15ULL;
      std::uint64_t mixed = seed;
      mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
      mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
      word = mixed ^ (mixed >> 31U);
    }
  }

  std::uint64_t bits() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  // 0 to limit - 1.
  std::uint64_t below(std::uint64_t limit) { return bits() % limit; }
  bool chance(double probability) { return uniform() < probability; }
  // Strictly between 0 and 1, so that its logarithm is finite.
  double uniform() { return (static_cast<double>(bits() >> 12U) + 0.5) * 0x1p-52; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double exponential() { return -steady_log(uniform()); }
  double laplace() { return (bits() & 1U) != 0 ? exponential() : -exponential(); }
  // Box and Muller, one of the pair: no state to keep.
  double normal() {
    const double radius = std::sqrt(2 * exponential());
    return radius * steady_sin(2 * pi * uniform());
  }
  double lognormal() { return steady_exp(normal()); }
  double student_t3() {
    const double a = normal();
    const double b = normal();
    const double c = normal();
    return normal() / std::sqrt((a * a + b * b + c * c) / 3);
  }
  // Knuth's product of uniforms: for small means.
  double poisson(double mean) {
    const double limit = steady_exp(-mean);
    double count = 0;
    for (double product = uniform(); product > limit; product *= uniform()) ++count;
    return count;
  }

private:
  std::uint64_t state_[4];
};

}  // namespace spindrift::support
