// The one queue between threads: what comes beyond its limit is not taken and counted.
//
// Many put, one takes. put() never waits and answers whether the queue was empty, so that its owner rings a bell (posts
// to a shard, wakes a thread) once and not for each item. wait_all() is for an owner with a thread of its own; close()
// ends its waiting. Any thread may call anything. Cost: a lock and a move.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

namespace spindrift {

enum class put_result : std::uint8_t { first, behind_others, dropped };

template <class Item>
class bounded_queue {
public:
  explicit bounded_queue(std::size_t items_max) : items_max_(items_max) {}

  // `weight`: what is counted as dropped where it is (the lines of a batch, say).
  put_result put(Item item, std::uint64_t weight = 1) {
    const std::lock_guard guard(lock_);
    if (items_.size() >= items_max_ || closed_) {
      dropped_ += weight;
      return put_result::dropped;
    }
    items_.push_back(std::move(item));
    if (items_.size() > 1) return put_result::behind_others;
    came_.notify_one();
    return put_result::first;
  }

  // Everything, in its order, appended to nothing: `into` is emptied first.
  void take_all(std::vector<Item>& into) {
    into.clear();
    const std::lock_guard guard(lock_);
    std::swap(into, items_);
  }
  // Waits for something. False: the queue was closed and is empty.
  bool wait_all(std::vector<Item>& into) {
    into.clear();
    std::unique_lock guard(lock_);
    came_.wait(guard, [this] { return !items_.empty() || closed_; });
    std::swap(into, items_);
    return !into.empty();
  }
  // Takes nothing more; what it holds can still be taken.
  void close() {
    const std::lock_guard guard(lock_);
    closed_ = true;
    came_.notify_all();
  }

  std::size_t limit() const {
    const std::lock_guard guard(lock_);
    return items_max_;
  }
  // What it holds beyond a lower limit stays.
  void set_limit(std::size_t items_max) {
    const std::lock_guard guard(lock_);
    items_max_ = items_max;
  }
  std::size_t size() const {
    const std::lock_guard guard(lock_);
    return items_.size();
  }
  std::uint64_t dropped() const {
    const std::lock_guard guard(lock_);
    return dropped_;
  }

private:
  std::size_t items_max_;
  mutable std::mutex lock_;
  std::condition_variable came_;
  std::vector<Item> items_;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
};

}  // namespace spindrift
