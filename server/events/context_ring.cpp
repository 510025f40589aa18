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

void context_ring::add_any(std::int64_t ts, std::span<const double> values) {
  if (!goes_on_evenly(ts, values.size()) && !prepare(ts, values.size())) return;
  newest_ = std::max(newest_, ts);
  float* to = this->values() + next_ * values.size();
  for (const double value : values) *to++ = static_cast<float>(value);
  advance();
}

// For a point at this time. False where none are kept.
bool context_ring::prepare(std::int64_t ts, std::size_t features) {
  if (points_max_ == 0) return false;
  // What was restored may be of another stream: a damaged file is no reason to read beyond its end.
  if (features_ != 0 && features != features_) *this = context_ring(points_max_);
  if (features_ == 0) {
    features_ = static_cast<std::uint8_t>(features);
    make_room();
  }
  const std::uint64_t since =
      newest_ != INT64_MIN && ts > newest_ ? static_cast<std::uint64_t>(ts) - static_cast<std::uint64_t>(newest_) : 0;
  const auto distance = static_cast<std::uint32_t>(std::min<std::uint64_t>(since, UINT32_MAX));
  if (distance_words_ == 0 && count() < 2) steady_distance_ = distance;
  const std::uint32_t words = words_for(distance);
  if (words > distance_words_) widen(words);
  if (distance_words_ > 0) set_distance(next_, distance);
  return true;
}

std::uint32_t context_ring::words_for(std::uint32_t distance) const {
  if (distance_words_ > 0) return distance > UINT16_MAX ? 2 : 1;
  if (distance == steady_distance_) return 0;
  return std::max(distance, steady_distance_) > UINT16_MAX ? 2 : 1;
}

void context_ring::make_room() {
  const std::size_t outside = are_within() ? 0 : n_values() * sizeof(float);
  const std::size_t bytes = outside + std::size_t{points_max_} * distance_words_ * sizeof(std::uint16_t);
  block_ = bytes > 0 ? std::make_unique<std::byte[]>(bytes) : nullptr;
}

// Twice in a stream's life at most: one that has been so uneven or so slow will be again.
void context_ring::widen(std::uint32_t words) {
  std::vector<std::uint32_t> distances;
  std::vector<float> values;
  copy_to(distances, values);
  distance_words_ = words & 3U;
  fill(distances, values);
}

void context_ring::fill(const std::vector<std::uint32_t>& distances, const std::vector<float>& values) {
  make_room();
  for (std::size_t at = 0; distance_words_ > 0 && at < points_max_; ++at) set_distance(at, distances[at]);
  std::copy_n(values.begin(), n_values(), this->values());
}

std::uint32_t context_ring::distance(std::size_t at) const {
  if (distance_words_ == 0) {
    // Nothing was before the first, nor is anything where no point is yet.
    return is_full_ || (at > 0 && at < next_) ? steady_distance_ : 0;
  }
  const std::uint16_t* const held = distance_of(at);
  return held[0] + (distance_words_ == 2 ? std::uint32_t{held[1]} << 16U : 0U);
}

void context_ring::set_distance(std::size_t at, std::uint32_t distance) {
  std::uint16_t* const held = distance_of(at);
  held[0] = static_cast<std::uint16_t>(distance & 0xFFFFU);
  if (distance_words_ == 2) held[1] = static_cast<std::uint16_t>(distance >> 16U);
}

std::vector<context_point> context_ring::points(std::size_t feature) const {
  return as_written(points_as_kept(feature));
}

std::vector<context_point> context_ring::as_written(std::vector<context_point> kept) {
  for (context_point& point : kept) point.value = shortest(static_cast<float>(point.value));
  return kept;
}

std::vector<context_point> context_ring::points_as_kept(std::size_t feature) const {
  std::vector<context_point> held(count());
  if (held.empty() || feature >= features_) return {};
  std::int64_t ts = newest_;
  std::size_t at = next_;
  for (std::size_t i = held.size(); i-- > 0;) {
    at = at == 0 ? points_max_ - 1 : at - 1;
    held[i] = {ts, value(at, feature)};
    ts -= distance(at);
  }
  return held;
}

void context_ring::copy_to(std::vector<std::uint32_t>& distances, std::vector<float>& values) const {
  if (features_ == 0) return;
  for (std::size_t at = 0; at < points_max_; ++at) distances.push_back(distance(at));
  values.assign(this->values(), this->values() + n_values());
}

// Of other settings, or bytes that make no sense: it begins anew.
void context_ring::take_over(std::size_t points, std::size_t next, std::size_t count,
                             const std::vector<std::uint32_t>& distances, const std::vector<float>& values) {
  const bool is_empty = distances.empty() && values.empty() && count == 0;
  const bool is_full = distances.size() == points_max_ && !values.empty() && values.size() % distances.size() == 0 &&
                       values.size() / distances.size() <= features_max;
  const bool fits =
      points == points_max_ && next < std::max<std::size_t>(points_max_, 1) && (count == points_max_ || count == next);
  if (!fits || !(is_empty || (is_full && points_max_ > 0))) {
    *this = context_ring(points_max_);
    return;
  }
  next_ = static_cast<std::uint8_t>(next);
  is_full_ = count == points_max_ ? 1 : 0;
  if (is_empty) return;
  features_ = static_cast<std::uint8_t>(values.size() / distances.size());
  steady_distance_ = distances[std::min<std::size_t>(1, distances.size() - 1)];
  distance_words_ = 0;
  for (std::size_t at = 0; at < distances.size() && distance_words_ == 0; ++at) {
    if (distances[at] != distance(at)) distance_words_ = 1;
  }
  if (distance_words_ > 0 && *std::max_element(distances.begin(), distances.end()) > UINT16_MAX) distance_words_ = 2;
  fill(distances, values);
}

}  // namespace spindrift
