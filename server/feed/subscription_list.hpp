// Every subscription of the server, of all shards.
//
// Shards take a copy when its version has moved, so a subscription that came before a point was sent is known wherever
// that point arrives. Any thread. Bounded by the connections: each has at most one subscription.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "server/feed/filter.hpp"

namespace spindrift {

struct subscription {
  std::uint64_t number = 0;  // ascending, from 1, never used again
  std::size_t slot = 0;      // below the most there were at once; used again
  std::size_t shard = 0;     // where its subscriber lives
  filter wanted;
};

class subscription_list {
public:
  using all = std::vector<std::shared_ptr<const subscription>>;  // ascending by number

  std::shared_ptr<const subscription> add(filter wanted, std::size_t shard);
  void remove(std::uint64_t number);
  // Moves with each of the two.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  // Returns the version that the copy is of.
  std::uint64_t copy(all& into) const;
  std::size_t size() const;

private:
  mutable std::mutex lock_;
  all subscriptions_;
  std::vector<std::size_t> free_slots_;
  std::size_t slots_ = 0;
  std::uint64_t added_ = 0;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace spindrift
