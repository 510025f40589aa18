// Counts the mistakes between two names.
#include "common/cli/nearest_name.hpp"

#include <algorithm>
#include <limits>

namespace spindrift {

std::size_t edit_distance(std::string_view from, std::string_view to) {
  // Three rows of the table are enough: a swap looks back two rows.
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> above(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t substituted = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, substituted});
      const bool is_swap = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (is_swap) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[to.size()];
}

namespace {

constexpr std::size_t abbreviation_bytes_min = 3;
constexpr std::size_t beginning_bytes_min = 4;  // shorter ones are like too many beginnings

// Of a mistyped name from a known one, which may have been abbreviated.
std::size_t mistakes(std::string_view typed, std::string_view known) {
  if (typed.size() >= abbreviation_bytes_min && known.starts_with(typed)) return 1;
  std::size_t least = edit_distance(typed, known);
  if (typed.size() < beginning_bytes_min) return least;
  for (std::size_t length = typed.size() - 1; length <= typed.size() + 1 && length < known.size(); ++length) {
    least = std::min(least, 1 + edit_distance(typed, known.substr(0, length)));
  }
  return least;
}

}  // namespace

std::string near_name::hint() const {
  if (name.empty()) return {};
  return (is_likely ? "; did you mean " : "; the nearest is ") + name;
}

near_name nearest_name(std::string_view typed, const std::vector<std::string>& known) {
  constexpr std::size_t typed_bytes_max = 128;  // nobody mistypes more; bounds the work for hostile arguments
  const std::string_view compared = typed.substr(0, typed_bytes_max);
  near_name nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string& name : known) {
    const std::size_t distance = mistakes(compared, name);
    if (distance >= least) continue;
    least = distance;
    nearest = {name, distance <= std::max<std::size_t>(1, name.size() / 3)};
  }
  return nearest;
}

}  // namespace spindrift
