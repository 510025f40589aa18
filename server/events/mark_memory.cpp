// What people have called expected.
#include "server/events/mark_memory.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr int counted_max = 3;

double height_of(const event& told) {
  if (told.before && told.after) return std::abs(*told.after - *told.before);
  return std::abs(told.value - told.expected);
}

}  // namespace

void mark_memory::expect(const event& like) {
  if (marks_.size() == marks_max) marks_.erase(marks_.begin());
  marks_.push_back({like.kind, like.direction, height_of(like)});
}

int mark_memory::count(const event& told) const {
  const double height = height_of(told);
  const auto alike = std::count_if(marks_.begin(), marks_.end(), [&](const mark& held) {
    return held.kind == told.kind && held.direction == told.direction && 2 * height >= held.height &&
           height <= 2 * held.height;
  });
  return static_cast<int>(std::min<std::ptrdiff_t>(alike, counted_max));
}

void mark_memory::apply(event& told) const {
  const int marks = count(told);
  if (marks == 0) return;
  told.severity = std::max(1, told.severity >> marks);
  told.text += "; the like of it was marked as expected";
}

}  // namespace spindrift
