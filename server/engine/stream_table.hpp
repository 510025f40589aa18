// All streams by name: 32 stripes, each a table under a mutex of its own.
//
// Owned by the engine. Whoever touches a stream holds its stripe's lock; who needs several takes them in ascending
// order. The count of streams is right at any time, read without a lock. A stream's address stays the same for as long
// as it lives. Cost of a look-up: see name_table.hpp.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/name_hash.hpp"
#include "server/engine/name_table.hpp"
#include "server/engine/stream.hpp"

namespace spindrift {

enum class refusal : std::uint8_t;

struct stream_key {
  std::string name;
  std::uint64_t hash = 0;
};

class stream_table {
public:
  // A bit each in one word, and more than there are threads. A batch may hold all of them, all orders of what is
  // learned together and the journal's locks: fewer than the 64 that a race detector can follow.
  static constexpr std::size_t stripe_count = 32;

  struct alignas(64) stripe {
    mutable std::mutex lock;
    name_table<stream> streams;
  };
  // A stream, or null, under the lock of its stripe.
  struct locked_stream {
    std::unique_lock<std::mutex> lock;
    stream* found = nullptr;
  };

  // The seed: see engine_settings.
  explicit stream_table(std::uint64_t name_seed) : hash_(name_seed) {}

  std::uint64_t hash_of(std::string_view name) const { return hash_(name); }
  static std::size_t index_of(std::uint64_t hash) { return hash & (stripe_count - 1); }
  stripe& stripe_of(std::uint64_t hash) { return stripes_[index_of(hash)]; }
  const stripe& stripe_of(std::uint64_t hash) const { return stripes_[index_of(hash)]; }
  std::array<stripe, stripe_count>& stripes() { return stripes_; }
  const std::array<stripe, stripe_count>& stripes() const { return stripes_; }

  struct limits {
    std::size_t streams_max = SIZE_MAX;
    std::size_t grown_bytes_max = 0;  // 0: none
  };
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  // What all streams may grow to.
  std::size_t grown_bytes() const { return grown_bytes_.load(std::memory_order_relaxed); }
  // A place for one more that may grow to so many bytes, if there may be one (none: it is taken): the counts never show
  // more than the limits.
  refusal take_place(std::size_t grown, const limits& within);

  // Under the stripe's lock; a place must have been taken.
  stream* insert(std::unique_ptr<stream> made, std::uint64_t hash) {
    return stripe_of(hash).streams.insert(std::move(made), hash);
  }
  // A stream that is there may grow to other bytes from now on.
  void regrow(std::size_t before, std::size_t after) {
    grown_bytes_.fetch_add(after, std::memory_order_relaxed);
    grown_bytes_.fetch_sub(before, std::memory_order_relaxed);
  }
  // Under the stripe's lock; gives the place back. The stream must be there.
  void erase(std::string_view name, std::uint64_t hash);

  locked_stream lock(const stream_key& key);
  // The names in one stripe, as they are now.
  void append_keys(std::size_t index, std::vector<stream_key>& keys) const;

private:
  name_hash hash_;
  std::array<stripe, stripe_count> stripes_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::size_t> grown_bytes_{0};
};

// One stream after the other, in no order; those that come or go meanwhile may or may not be among them. Holds no lock
// between two calls, and the names of one stripe. One thread; the table outlives it.
class stream_walk {
public:
  explicit stream_walk(const stream_table& of) : of_(of) {}

  // Valid until the next call; null at the end. Every 32nd part of the table costs a copy of its names under its lock.
  const stream_key* next();

private:
  const stream_table& of_;
  std::size_t stripe_ = 0;  // whose names come next
  std::vector<stream_key> keys_;
  std::size_t at_ = 0;
};

}  // namespace spindrift
