// A verdict as the tests of the series want one.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/model/verdict.hpp"

namespace spindrift {

inline verdict judged_of(std::string_view stream, std::uint64_t n) {
  verdict judged;
  judged.subject.stream = stream;
  judged.subject.value = 1;
  judged.n = n;
  judged.expected = 2;
  judged.sigma = 0.5;
  return judged;
}

}  // namespace spindrift
