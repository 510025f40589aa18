// Which streams have been idle the longest, for those that must make room.
//
// To find them takes a look at the whole table, which is dear: at most one a second, and what it found is used until it
// is spent. Says nothing about what has happened since: who evicts one asks the stream when it was last heard of.
// Plain; one thread at a time (the engine's eviction lock). Bounded: the `kept_max` longest idle of each look.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

struct idle_stream {
  std::int64_t seen_ms = 0;  // when it was heard of last, on the monotonic clock
  std::string name;
  std::uint64_t hash = 0;
};

class idle_streams {
public:
  static constexpr std::size_t kept_max = 16'384;
  static constexpr std::int64_t look_interval_ms = 1'000;

  // All found are spent, and the last look is long enough ago. A look is begin, offer of every stream, end.
  bool wants_look(std::int64_t now_ms) const;
  void begin_look(std::int64_t now_ms);
  void offer(std::int64_t seen_ms, std::string_view name, std::uint64_t hash);
  void end_look();

  // The longest idle, if it was heard of last before then.
  std::optional<idle_stream> take(std::int64_t before_ms);

private:
  std::vector<idle_stream> found_;  // during a look a heap, the latest on top; after it the longest idle last
  std::int64_t looked_ms_ = INT64_MIN;
};

}  // namespace spindrift
