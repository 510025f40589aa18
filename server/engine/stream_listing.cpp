// Collects the first names, and what their streams show, slice by slice.
#include "server/engine/stream_listing.hpp"

#include <algorithm>
#include <utility>

#include "server/engine/event_words.hpp"
#include "server/engine/stream_table.hpp"

namespace spindrift {
namespace {

bool by_name(const stream_summary& a, const stream_summary& b) {
  return a.name < b.name;
}

}  // namespace

stream_listing::stream_listing(stream_table& of, std::function<bool(std::string_view)> is_wanted, std::size_t limit)
    : of_(&of), is_wanted_(std::move(is_wanted)), limit_(limit), walk_(std::make_unique<stream_walk>(of)) {}

stream_listing::stream_listing(stream_listing&&) noexcept = default;
stream_listing::~stream_listing() = default;

bool stream_listing::advance(std::size_t& budget) {
  for (; budget > 0; --budget) {
    const stream_key* const key = walk_->next();
    if (key == nullptr) return true;
    const bool is_late = found_.size() == limit_ && (limit_ == 0 || key->name >= found_.front().name);
    if (!is_late && is_wanted_(key->name)) look_at(*key);
  }
  return false;
}

void stream_listing::look_at(const stream_key& key) {
  stream_summary line;
  shared_profile profile;
  {
    const stream_table::locked_stream locked = of_->lock(key);
    if (locked.found == nullptr) return;
    stream& one = *locked.found;
    line = {one.name.str(), one.n, one.last, one.last_ts, one.detectors.mean(), one.features().size(), {}, {}};
    profile = one.profile;
  }
  line.title = chosen_title(*profile, line.name);
  line.unit = profile->rules.unit;
  if (found_.size() == limit_) {
    std::pop_heap(found_.begin(), found_.end(), by_name);
    found_.pop_back();
  }
  found_.push_back(std::move(line));
  std::push_heap(found_.begin(), found_.end(), by_name);
}

std::vector<stream_summary> stream_listing::take() {
  std::sort_heap(found_.begin(), found_.end(), by_name);
  return std::exchange(found_, {});
}

}  // namespace spindrift
