// Keeps the newest points in turn.
#include "server/events/context_ring.hpp"

#include <algorithm>
#include <charconv>

namespace spindrift {
namespace {

// 21.3 that was kept as a float is 21.3 again, and not 21.299999237.
double shortest(float kept) {
  char text[32];
  const char* const end = std::to_chars(text, text + sizeof text, kept).ptr;
  double value = 0;
  std::from_chars(text, end, value);
  return value;
}

}  // namespace

void context_ring::add(std::int64_t ts, std::span<const double> values) {
  if (points_max_ == 0) return;
  if (distances_.empty()) {
    distances_.resize(points_max_);
    values_.resize(points_max_ * values.size());
  }
  const std::uint64_t distance =
      newest_ != INT64_MIN && ts > newest_ ? static_cast<std::uint64_t>(ts) - static_cast<std::uint64_t>(newest_) : 0;
  distances_[next_] = static_cast<std::uint32_t>(std::min<std::uint64_t>(distance, UINT32_MAX));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values_[next_ * values.size() + i] = static_cast<float>(values[i]);
  }
  newest_ = std::max(newest_, ts);
  next_ = next_ + 1 == points_max_ ? 0 : next_ + 1;
  count_ = std::min<std::uint32_t>(count_ + 1, static_cast<std::uint32_t>(points_max_));
}

std::vector<context_point> context_ring::points(std::size_t feature) const {
  std::vector<context_point> held(count_);
  if (held.empty()) return held;
  const std::size_t features = values_.size() / points_max_;
  std::int64_t ts = newest_;
  std::size_t at = next_;
  for (std::size_t i = held.size(); i-- > 0;) {
    at = at == 0 ? points_max_ - 1 : at - 1;
    held[i] = {ts, shortest(values_[at * features + feature])};
    ts -= distances_[at];
  }
  return held;
}

// Of other settings, or bytes that make no sense: it begins anew.
void context_ring::take_back(std::size_t points_saved) {
  const bool fits =
      points_saved == points_max_ && next_ < std::max<std::size_t>(points_max_, 1) && count_ <= points_max_ &&
      (distances_.empty() || distances_.size() == points_max_) &&
      (distances_.empty() ? values_.empty() && count_ == 0 : !values_.empty() && values_.size() % points_max_ == 0);
  if (!fits) *this = context_ring(points_max_);
}

}  // namespace spindrift
