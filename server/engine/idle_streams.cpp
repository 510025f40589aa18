// Keeps the streams that have been idle the longest.
#include "server/engine/idle_streams.hpp"

#include <algorithm>
#include <utility>

namespace spindrift {
namespace {

// Of streams heard of at the same time the names decide, so that a simulation repeats itself.
bool is_idle_longer(const idle_stream& a, const idle_stream& b) {
  return a.seen_ms != b.seen_ms ? a.seen_ms < b.seen_ms : a.name < b.name;
}

}  // namespace

bool idle_streams::wants_look(std::int64_t now_ms) const {
  return found_.empty() && (looked_ms_ == INT64_MIN || now_ms - looked_ms_ >= look_interval_ms);
}

void idle_streams::begin_look(std::int64_t now_ms) {
  looked_ms_ = now_ms;
  found_.clear();
}

void idle_streams::offer(std::int64_t seen_ms, std::string_view name, std::uint64_t hash) {
  if (found_.size() == kept_max) {
    if (seen_ms >= found_.front().seen_ms) return;
    std::pop_heap(found_.begin(), found_.end(), is_idle_longer);
    found_.pop_back();
  }
  found_.push_back({seen_ms, std::string(name), hash});
  std::push_heap(found_.begin(), found_.end(), is_idle_longer);
}

void idle_streams::end_look() {
  std::sort_heap(found_.begin(), found_.end(), is_idle_longer);
  std::reverse(found_.begin(), found_.end());
}

std::optional<idle_stream> idle_streams::take(std::int64_t before_ms) {
  if (found_.empty() || found_.back().seen_ms >= before_ms) return std::nullopt;
  idle_stream taken = std::move(found_.back());
  found_.pop_back();
  return taken;
}

}  // namespace spindrift
