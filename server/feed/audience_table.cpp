// Remembers for each stream which subscriptions take it.
#include "server/feed/audience_table.hpp"

#include <algorithm>

namespace spindrift {

bool audience_table::refresh() {
  if (version_ == known_.version()) return false;
  version_ = known_.copy(all_);
  of_all_streams_.clear();
  selective_.clear();
  by_slot_.clear();
  shards_.clear();
  wanted_of_all_streams_ = 0;
  comparisons_ = 0;
  for (const auto& one : all_) {
    shards_.push_back(one->shard);
    if (one->wanted.takes_all_streams()) {
      of_all_streams_.push_back(one.get());
      wanted_of_all_streams_ = static_cast<line_classes>(wanted_of_all_streams_ | one->wanted.classes());
      continue;
    }
    selective_.push_back(one.get());
    comparisons_ += one->wanted.pattern_count();
    if (by_slot_.size() <= one->slot) by_slot_.resize(one->slot + 1);
    by_slot_[one->slot] = one.get();
  }
  std::sort(shards_.begin(), shards_.end());
  shards_.erase(std::unique(shards_.begin(), shards_.end()), shards_.end());
  return true;
}

const subscription* audience_table::find(const member& one) const {
  const subscription* const found = one.slot < by_slot_.size() ? by_slot_[one.slot] : nullptr;
  return found != nullptr && found->number == one.number ? found : nullptr;
}

std::span<const audience_table::member> audience_table::of(std::uint64_t hash, std::string_view stream) {
  if (selective_.empty()) return {};
  if (audiences_.size() >= streams_at_most_ || members_ >= members_max) {
    if (!audiences_.contains(hash)) {
      audiences_.clear();
      members_ = 0;
    }
  }
  audience& found = audiences_[hash];
  if (found.stream != stream) {
    found.stream = stream;
    found.decided_to = 0;
    found.members.clear();
  }
  const std::uint64_t newest = selective_.back()->number;
  if (found.decided_to < newest) {
    std::erase_if(found.members, [this](const member& one) { return find(one) == nullptr; });
    const auto since =
        std::upper_bound(selective_.begin(), selective_.end(), found.decided_to,
                         [](std::uint64_t number, const subscription* one) { return number < one->number; });
    for (auto next = since; next != selective_.end(); ++next) {
      if (!(*next)->wanted.takes_stream(stream)) continue;
      found.members.push_back({(*next)->number, (*next)->slot});
      ++members_;
    }
    found.decided_to = newest;
  }
  return found.members;
}

}  // namespace spindrift
