// The middle of numbers that were counted: of an even count the mean of the two in the middle. Sorts a copy.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace spindrift {

// Nothing: there are none.
inline std::optional<double> median_of(std::vector<std::uint64_t> numbers) {
  if (numbers.empty()) return std::nullopt;
  std::sort(numbers.begin(), numbers.end());
  const std::size_t middle = numbers.size() / 2;
  if (numbers.size() % 2 == 1) return static_cast<double>(numbers[middle]);
  return (static_cast<double>(numbers[middle - 1]) + static_cast<double>(numbers[middle])) / 2;
}

}  // namespace spindrift
