// What stands for tanh and for the logistic function in the small networks: x (27 + x^2)/(27 + 9 x^2), which is within
// 0.025 of tanh and reaches 1 at 3. No exp, so no C library: the same bits everywhere. Any thread.
#pragma once

#include <algorithm>

namespace spindrift {

constexpr float squash(float x) {
  const float drawn_in = std::min(3.0F, std::max(-3.0F, x));
  const float square = drawn_in * drawn_in;
  return drawn_in * (27.0F + square) / (27.0F + 9.0F * square);
}
// To 0 to 1.
constexpr float squash_to_unit(float x) {
  return 0.5F + 0.5F * squash(0.5F * x);
}

}  // namespace spindrift
