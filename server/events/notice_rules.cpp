// Holds values and events against what a person wants to hear of.
#include "server/events/notice_rules.hpp"

#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "common/model/glob.hpp"

namespace spindrift {
namespace {

// A spike's or pattern's numbers are a value and what was expected; the others have levels, or nothing to compare.
bool has_levels(const event& told) {
  return told.before.has_value() && told.after.has_value();
}
bool has_deviation(event_kind kind) {
  return kind != event_kind::stuck && kind != event_kind::silent && kind != event_kind::unreadable;
}

// What each star stands for, the first as short as can be.
std::vector<std::string_view> stars_of(std::string_view pattern, std::string_view name) {
  std::vector<std::string_view> found;
  std::size_t p = 0;
  std::size_t at = 0;
  for (; p < pattern.size(); ++p) {
    if (pattern[p] != '*') {
      ++at;
      continue;
    }
    const std::string_view rest = pattern.substr(p + 1);
    std::size_t end = at;
    while (end < name.size() && !matches(rest, name.substr(end))) ++end;
    found.push_back(name.substr(at, end - at));
    at = end;
  }
  return found;
}

}  // namespace

bool notice_rules::takes(double value, double expected) const {
  const double deviation = value - expected;
  if (only == event_direction::up && deviation < 0) return false;
  if (only == event_direction::down && deviation > 0) return false;
  return std::abs(deviation) >= min_deviation && std::abs(deviation) >= min_relative * std::abs(expected);
}

bool notice_rules::takes(const event& told) const {
  if ((kinds >> static_cast<unsigned>(told.kind) & 1U) == 0 || told.severity < severity) return false;
  if (only != event_direction::none && told.direction != event_direction::none && told.direction != only) return false;
  if ((min_deviation <= 0 && min_relative <= 0) || !has_deviation(told.kind)) return true;
  notice_rules either_way;
  either_way.min_deviation = min_deviation;
  either_way.min_relative = min_relative;
  return has_levels(told) ? either_way.takes(*told.after, *told.before) : either_way.takes(told.value, told.expected);
}

std::string title_of(const std::string& title, const std::string& pattern, const std::string& name) {
  const std::vector<std::string_view> stars = stars_of(pattern, name);
  std::string made;
  for (std::size_t i = 0; i < title.size(); ++i) {
    const bool is_place =
        title[i] == '{' && i + 2 < title.size() && title[i + 2] == '}' && title[i + 1] >= '1' && title[i + 1] <= '9';
    if (!is_place) {
      made += title[i];
      continue;
    }
    const auto number = static_cast<std::size_t>(title[i + 1] - '1');
    if (number < stars.size()) made += stars[number];
    i += 2;
  }
  return made;
}

}  // namespace spindrift
