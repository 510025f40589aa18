// What people have called expected.
#include "server/events/mark_memory.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr int counted_max = 3;

}  // namespace

double height_of(const event& told) {
  if (told.before && told.after) return std::abs(*told.after - *told.before);
  return std::abs(told.value - told.expected);
}

bool mark_memory::mark::is_like(const event& told) const {
  const double other = height_of(told);
  return kind == told.kind && direction == told.direction && 2 * other >= height && other <= 2 * height;
}

void mark_memory::expect(const event& like) {
  if (marks_.size() == marks_max) marks_.erase(marks_.begin());
  marks_.push_back({like.kind, like.direction, height_of(like)});
}

void mark_memory::forget(const event& like) {
  const auto newest =
      std::find_if(marks_.rbegin(), marks_.rend(), [&](const mark& held) { return held.is_like(like); });
  if (newest != marks_.rend()) marks_.erase(std::next(newest).base());
}

int mark_memory::count(const event& told) const {
  const auto alike = std::count_if(marks_.begin(), marks_.end(), [&](const mark& held) { return held.is_like(told); });
  return static_cast<int>(std::min<std::ptrdiff_t>(alike, counted_max));
}

int mark_memory::lowered(const event& told, int severity) const {
  return std::max(1, severity >> count(told));
}

void mark_memory::mention(event& told) const {
  if (count(told) > 0) told.text += "; the like of it was marked as expected";
}

}  // namespace spindrift
