// Compares names from both ends.
#include "visualizer/plot/common_part.hpp"

#include <algorithm>

#include "visualizer/plot/label.hpp"

namespace spindrift {
namespace {

constexpr std::string_view separators = "/._-: ";

}  // namespace

std::string common_part::without(std::string_view name) const {
  if (front + back >= name.size()) return std::string(name);
  std::string left(front > 0 ? ellipsis : std::string_view());
  left += name.substr(front, name.size() - front - back);
  return back > 0 ? left.append(ellipsis) : left;
}

common_part common_part_of(const std::vector<std::string_view>& names) {
  if (names.size() < 2) return {};
  const std::string_view first = names.front();
  std::size_t front = first.size();
  std::size_t back = first.size();
  std::size_t shortest = first.size();
  for (const std::string_view name : names) {
    front = std::min(front, static_cast<std::size_t>(std::ranges::mismatch(first, name).in1 - first.begin()));
    const auto ends = std::mismatch(first.rbegin(), first.rend(), name.rbegin(), name.rend());
    back = std::min(back, static_cast<std::size_t>(ends.first - first.rbegin()));
    shortest = std::min(shortest, name.size());
  }
  // Separators are single bytes, so no character is cut in two.
  const std::size_t front_end = first.substr(0, front).find_last_of(separators);
  const std::size_t back_begin = first.find_first_of(separators, first.size() - back);
  const common_part found{front_end == std::string_view::npos ? 0 : front_end + 1,
                          back_begin == std::string_view::npos ? 0 : first.size() - back_begin};
  return found.front + found.back < shortest ? found : common_part{};
}

}  // namespace spindrift
