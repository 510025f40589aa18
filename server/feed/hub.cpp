// Gives each subscriber of a shard the lines of a batch that it wants.
#include "server/feed/hub.hpp"

#include <algorithm>
#include <utility>

namespace spindrift {

std::uint64_t hub::subscribe(filter wanted, outbox& box, subscriber& bell) {
  const auto made = known_.add(std::move(wanted), shard_);
  if (seats_.size() <= made->slot) seats_.resize(made->slot + 1);
  seats_[made->slot] = {made->number, &box, &bell};
  return made->number;
}

void hub::unsubscribe(std::uint64_t number) {
  known_.remove(number);
  const auto found = std::find_if(seats_.begin(), seats_.end(), [number](const seat& s) { return s.number == number; });
  if (found != seats_.end()) *found = {};
}

bool hub::wants(std::uint64_t stream_hash, std::string_view stream, bool is_event) {
  if (audiences_.wants_everything() || (is_event && audiences_.wants_every_event())) return true;
  for (const audience_table::member& one : audiences_.of(stream_hash, stream)) {
    const subscription* const found = audiences_.find(one);
    if (found != nullptr && (is_event || !found->wanted.only_events())) return true;
  }
  return false;
}

hub::seat* hub::seat_of(std::size_t slot, std::uint64_t number) {
  return slot < seats_.size() && seats_[slot].number == number ? &seats_[slot] : nullptr;
}

void hub::deliver(const shared_published_batch& batch) {
  audiences_.refresh();
  outbox::piece events;
  for (const subscription* const one : audiences_.of_all_streams()) {
    seat* const at = seat_of(one->slot, one->number);
    if (at == nullptr) continue;
    if (one->wanted.only_events() && events.owner == nullptr) events = events_of(*batch);
    const std::size_t dropped = one->wanted.only_events() ? at->box->put(events) : at->box->put(batch);
    at->bell->feed_came(dropped);
  }
  if (!audiences_.is_selective()) return;
  touched_.clear();
  for (const published_line& line : batch->lines) {
    for (const audience_table::member& one : audiences_.of(line.stream_hash, batch->stream_of(line))) {
      seat* const at = seat_of(one.slot, one.number);
      const subscription* const wish = at != nullptr ? audiences_.find(one) : nullptr;
      if (wish == nullptr || (wish->wanted.only_events() && !line.is_event)) continue;
      if (at->box->add(batch->text_of(line))) touched_.push_back(*at);
    }
  }
  for (const seat& at : touched_) at.bell->feed_came(at.box->end());
}

// One copy, shared by all that want only events.
outbox::piece hub::events_of(const published_batch& batch) {
  auto lines = std::make_shared<std::string>();
  outbox::piece events;
  for (const published_line& line : batch.lines) {
    if (!line.is_event) continue;
    lines->append(batch.text_of(line));
    ++events.lines;
  }
  events.bytes = *lines;
  events.owner = std::move(lines);
  return events;
}

}  // namespace spindrift
