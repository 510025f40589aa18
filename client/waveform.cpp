// The shapes that values follow.
#include "client/waveform.hpp"

#include <array>
#include <cmath>

namespace spindrift::waveform {
namespace {

constexpr double two_pi = 6.283185307179586;

// Taylor coefficients 1/3!, 1/5!, ... 1/19!: on a quarter turn the first one left out is below 3e-16.
constexpr std::array<double, 9> inverse_factorials = {
    1.6666666666666666e-01, 8.333333333333333e-03, 1.984126984126984e-04, 2.7557319223985893e-06, 2.505210838544172e-08,
    1.6059043836821613e-10, 7.647163731819816e-13, 2.811457254345521e-15, 8.22063524662433e-18};

}  // namespace

double sine_of_turns(double turns) {
  turns -= std::floor(turns + 0.5);
  if (turns > 0.25) turns = 0.5 - turns;
  if (turns < -0.25) turns = -0.5 - turns;
  const double x = turns * two_pi;
  const double square = x * x;
  double series = 0;
  for (std::size_t i = inverse_factorials.size(); i > 0; --i) series = square * (inverse_factorials[i - 1] - series);
  return x * (1.0 - series);
}

double sine_of_period(std::uint64_t t, std::uint64_t period) {
  return sine_of_turns(static_cast<double>(t % period) / static_cast<double>(period));
}

double cosine_of_period(std::uint64_t t, std::uint64_t period) {
  return sine_of_turns(static_cast<double>(t % period) / static_cast<double>(period) + 0.25);
}

double slow_sine(std::uint64_t t) {
  return sine_of_turns(static_cast<double>(t) * (0.1 / two_pi));
}

double daily(std::uint64_t t) {
  return 50.0 + 10.0 * sine_of_period(t, 24) + 10.0 * sine_of_period(t, 365);
}

double temperature(std::uint64_t t) {
  return 20.0 + 5.0 * sine_of_period(t, 100);
}

double humidity(std::uint64_t t) {
  return 50.0 + 10.0 * cosine_of_period(t, 150);
}

}  // namespace spindrift::waveform
