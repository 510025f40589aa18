// Adds, removes and copies subscriptions under one lock.
#include "server/feed/subscription_list.hpp"

#include <algorithm>
#include <utility>

namespace spindrift {

std::shared_ptr<const subscription> subscription_list::add(filter wanted, std::size_t shard) {
  const std::lock_guard guard(lock_);
  std::size_t slot = slots_;
  if (free_slots_.empty()) {
    ++slots_;
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  auto made = std::make_shared<const subscription>(subscription{++added_, slot, shard, std::move(wanted)});
  subscriptions_.push_back(made);
  version_.fetch_add(1, std::memory_order_release);
  return made;
}

void subscription_list::remove(std::uint64_t number) {
  const std::lock_guard guard(lock_);
  const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                  [number](const auto& known) { return known->number == number; });
  if (found == subscriptions_.end()) return;
  free_slots_.push_back((*found)->slot);
  subscriptions_.erase(found);
  version_.fetch_add(1, std::memory_order_release);
}

std::uint64_t subscription_list::copy(all& into) const {
  const std::lock_guard guard(lock_);
  into = subscriptions_;
  return version();
}

std::size_t subscription_list::size() const {
  const std::lock_guard guard(lock_);
  return subscriptions_.size();
}

}  // namespace spindrift
