// Looks streams up by name and goes through them, a stripe at a time.
#include "server/engine/stream_table.hpp"
#include "server/engine/refusal.hpp"

namespace spindrift {

namespace {

// Adds if the sum stays within the limit.
bool add_within(std::atomic<std::size_t>& to, std::size_t amount, std::size_t limit) {
  std::size_t now = to.load(std::memory_order_relaxed);
  while (amount <= limit && now <= limit - amount) {
    if (to.compare_exchange_weak(now, now + amount, std::memory_order_relaxed)) return true;
  }
  return false;
}

}  // namespace

refusal stream_table::take_place(std::size_t grown, const limits& within) {
  if (!add_within(size_, 1, within.streams_max)) return refusal::too_many_streams;
  const std::size_t bytes_max = within.grown_bytes_max == 0 ? SIZE_MAX : within.grown_bytes_max;
  if (add_within(grown_bytes_, grown, bytes_max)) return refusal::none;
  size_.fetch_sub(1, std::memory_order_relaxed);
  return refusal::too_much_memory;
}

void stream_table::erase(std::string_view name, std::uint64_t hash) {
  const stream* const gone = stripe_of(hash).streams.find(name, hash);
  grown_bytes_.fetch_sub(gone->profile->grown_bytes(gone->width()), std::memory_order_relaxed);
  size_.fetch_sub(1, std::memory_order_relaxed);
  stripe_of(hash).streams.erase(name, hash);
}

stream_table::locked_stream stream_table::lock(const stream_key& key) {
  stripe& home = stripe_of(key.hash);
  locked_stream locked{std::unique_lock(home.lock)};
  locked.found = home.streams.find(key.name, key.hash);
  return locked;
}

void stream_table::append_keys(std::size_t index, std::vector<stream_key>& keys) const {
  const std::lock_guard guard(stripes_[index].lock);
  keys.reserve(keys.size() + stripes_[index].streams.size());
  stripes_[index].streams.for_each([&](const stream& one, std::uint64_t hash) {
    keys.push_back({one.name.str(), hash});
  });
}

const stream_key* stream_walk::next() {
  while (at_ == keys_.size()) {
    if (stripe_ == stream_table::stripe_count) return nullptr;
    keys_.clear();
    at_ = 0;
    of_.append_keys(stripe_++, keys_);
  }
  return &keys_[at_++];
}

}  // namespace spindrift
