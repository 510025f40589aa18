// How many line ends stand in some bytes, at about 16 bytes a cycle: bytes are compared and summed in lanes of eight
// bits, which the compiler turns into vector instructions. Any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spindrift::bench {

inline std::size_t line_count(std::string_view bytes) {
  constexpr std::size_t lanes = 64;
  constexpr std::size_t rounds_max = 255;  // before a lane could overflow
  std::size_t total = 0;
  while (bytes.size() >= lanes) {
    const std::size_t rounds = std::min(bytes.size() / lanes, rounds_max);
    std::uint8_t sums[lanes] = {};
    for (std::size_t r = 0; r < rounds; ++r) {
      for (std::size_t i = 0; i < lanes; ++i) {
        sums[i] = static_cast<std::uint8_t>(sums[i] + (bytes[r * lanes + i] == '\n'));
      }
    }
    for (const std::uint8_t sum : sums) total += sum;
    bytes.remove_prefix(rounds * lanes);
  }
  return total + static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

}  // namespace spindrift::bench
