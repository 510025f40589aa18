// Takes a partition's snapshot a slice at a time, and puts the partition together from one.
#include <algorithm>
#include <utility>

#include "server/detect/registry.hpp"
#include "server/detect/shared_networks.hpp"
#include "server/engine/shared_section.hpp"
#include "server/engine/stream_state.hpp"
#include "server/worker/lane_counters.hpp"
#include "server/worker/partition.hpp"

namespace spindrift::worker {
namespace {

using part_version = std::pair<std::uint16_t, std::uint16_t>;

// Every part that this version knows, whatever is in use; but what streams learn together only where they do, so that
// an earlier version can read the rest.
std::vector<part_version> known_parts(bool is_shared) {
  std::vector<part_version> made = {
      {static_cast<std::uint16_t>(stream_part::numbers), stream_numbers_version},
      {static_cast<std::uint16_t>(stream_part::events), event_watch::state_version},
      {static_cast<std::uint16_t>(stream_part::rate), counter_rate::state_version},
  };
  if (is_shared) {
    made.emplace_back(static_cast<std::uint16_t>(stream_part::networks),
                      static_cast<std::uint16_t>(shared_networks::state_version));
  }
  for (const detector_entry& entry : detectors()) {
    made.emplace_back(static_cast<std::uint16_t>(entry.tag), entry.state_version);
  }
  return made;
}

}  // namespace

snapshot_head partition::head(bool is_shared) const {
  snapshot_head made;
  made.state_version = settings_.state_version;
  made.partitions = settings_.partitions;
  made.partition = number_;
  made.at = next_;
  made.newest_ms = newest_ms_;
  made.settings_hash = settings_hash_;
  made.parts = known_parts(is_shared);
  return made;
}

void partition::begin_snapshot(std::uint64_t id) {
  snapshot_id_ = id;
  ++snapshot_mark_;
  snapshot_at_ = next_;
  const std::vector<shared_section> networks = engine_.shared_sections();
  encoder_.begin(id, head(!networks.empty()), settings_.chunk_bytes);
  for (const shared_section& one : networks) encoder_.add_networks(one.bytes);
  walk_.emplace(engine_.streams());
}

void partition::abandon_snapshot() {
  snapshot_id_ = 0;
  walk_.reset();
  encoder_ = {};
}

void partition::advance_snapshot(std::size_t bytes_max) {
  if (!walk_) return;
  const std::uint64_t begin = encoder_.size();
  while (encoder_.size() - begin < bytes_max) {
    const stream_key* const key = walk_->next();
    if (key == nullptr) {
      walk_.reset();
      encoder_.end();
      return;
    }
    stream* const one = engine_.streams().stripe_of(key->hash).streams.find(key->name, key->hash);
    if (one == nullptr || one->snapshot == snapshot_mark_) continue;
    one->snapshot = snapshot_mark_;
    encoder_.add(*one);
  }
}

bool partition::is_newer(const snapshot_head& found) const {
  if (found.state_version > stream_state_version) return true;
  const std::vector<part_version> known = known_parts(true);
  return std::any_of(found.parts.begin(), found.parts.end(), [&](const part_version& one) {
    const auto own =
        std::find_if(known.begin(), known.end(), [&](const part_version& k) { return k.first == one.first; });
    return own == known.end() || one.second > own->second;
  });
}

bool partition::restore(const snapshot_stream_section& section) {
  if (section.is_networks) {
    if (!engine_.restore_networks(section.bytes).empty()) ++streams_changed_;
    return true;
  }
  std::vector<state_loss> losses;
  auto made = restore_stream({section.name, loaded_.head().state_version, section.bytes, {}},
                             engine_.profile_of(section.name), losses);
  if (!losses.empty()) ++streams_changed_;
  if (!made) return false;
  made->journal.position = static_cast<journal_position>(section.at);
  engine_.restore(std::move(made), {section.seen_ms, section.seen_ms});
  return true;
}

partition::loading partition::load(std::string_view message) {
  const bool had_head = loaded_.has_head();
  if (!loaded_.take(message)) {
    why_ = loaded_.why();
    return loading::damaged;
  }
  if (!had_head && loaded_.has_head()) {
    const snapshot_head& found = loaded_.head();
    if (is_newer(found)) {
      why_ = "its state is of a later version of spindrift than this one";
      return loading::newer;
    }
    if (found.partitions != settings_.partitions) {
      why_ = "it was taken when the topic had " + std::to_string(found.partitions) + " partitions, and it has " +
             std::to_string(settings_.partitions);
      return loading::repartitioned;
    }
    if (found.partition != number_) {
      why_ = "it is of partition " + std::to_string(found.partition);
      return loading::damaged;
    }
    settings_differ_ = found.settings_hash != settings_hash_;
    newest_ms_ = found.newest_ms;
    slot_ms_ = slot_of(newest_ms_);
    next_ = found.at;
  }
  snapshot_stream_section section;
  while (loaded_.next(section)) {
    if (!restore(section)) {
      why_ = "the numbers of a stream cannot be read";
      return loading::damaged;
    }
  }
  if (!loaded_.why().empty()) {
    why_ = loaded_.why();
    return loading::damaged;
  }
  return loaded_.is_whole() ? loading::done : loading::more;
}

}  // namespace spindrift::worker
