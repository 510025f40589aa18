// What one viewer has not been sent of its streams yet, an aggregate a stream: how many points, the newest, the
// smallest and the largest value, the newest band, what was flagged. Made of the verdict lines that are published
// anyway, so that nobody else pays for it.
//
// Owned by the hub of one shard, used on its thread. Bounded in bytes: a stream that finds no room is not taken, and
// its lines count as missed. What the viewer's outbox has no room for stays and becomes coarser instead of being lost.
// Cost: of add, some 0.2 µs a line of one value; of put_into, an encoding a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/feed/outbox.hpp"
#include "server/feed/published_batch.hpp"

namespace spindrift {

class aggregate_table {
public:
  static constexpr std::size_t piece_bytes = std::size_t{64} * 1024;

  // One verdict line. False: there is no room for a further stream.
  bool add(const published_line& line, std::string_view text, std::string_view stream, std::size_t bytes_max);
  // The streams that changed, so many of them, the longest waiting first, for as long as the box holds less than half
  // of what it may. How many lines went into it.
  std::size_t put_into(outbox& box, std::size_t lines_max = std::numeric_limits<std::size_t>::max());
  std::size_t size() const { return order_.size(); }
  bool is_empty() const { return order_.empty(); }
  std::size_t bytes() const { return bytes_; }

private:
  struct extent {
    std::string name;  // of the feature; empty: the stream has but one value
    double last = 0;
    double min = 0;
    double max = 0;
  };
  struct entry {
    std::string stream;
    std::vector<extent> values;
    std::string expected;  // as in the newest line
    std::string sigma;
    std::string event;      // the newest line's `,"event":17,"kind":"shift"`
    std::string numbering;  // the newest line's `,"n":17,"ts":1764000000000`
    std::uint64_t count = 0;
    bool anomaly = false;
    bool drift = false;
    bool alarm = false;
    bool warmup = false;
  };

  static void take_value(entry& into, std::size_t at, std::string_view name, double value);
  static void take_values(entry& into, std::string_view text);
  static void append(const entry& from, std::string& out);
  static std::size_t bytes_of(const entry& from);

  std::unordered_map<std::uint64_t, entry> entries_;  // by hash: of two names with one hash the second finds no room
  std::deque<std::uint64_t> order_;
  std::size_t bytes_ = 0;
};

}  // namespace spindrift
