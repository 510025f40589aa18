// What a server sends to a subscriber, line by line: verdicts with the band of each feature, aggregates of them,
// events, gaps.
//
// No socket. Never throws: the bytes are from outside, and a line that is none of these is nothing. Views in a
// judged_point look into the line and into the reader and stay valid until the next read(). One reader a connection,
// one thread at a time. Bounded: 64 bands; texts of an event are cut to stream_event::text_bytes_max.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "visualizer/series/stream_event.hpp"

namespace spindrift {

struct verdict;

struct judged_point {
  const verdict* judged;  // the reader's
  // One for each of the point's features; empty where the verdict has numbers for one feature alone. Where there are
  // bands, the verdict's own expected, sigma and z are those of the feature that it names.
  std::span<const feature_band> bands{};
  // An aggregate stands for so many points of its stream, and says how far each value went; its verdict is that of the
  // newest of them, flagged as any of them was, and of a drift it does not know the width (NaN).
  std::uint64_t count = 1;
  std::span<const value_extent> extents{};  // empty: of a verdict

  std::int64_t ts() const;  // milliseconds since the Unix epoch; 0: none
};
struct feed_began {};
struct feed_gap {
  std::uint64_t missed = 0;  // verdicts that the server dropped for us
};
struct feed_refusal {
  std::string reason;
};

using feed_item = std::variant<std::monostate, judged_point, stream_event, feed_began, feed_gap, feed_refusal>;

class feed_reader {
public:
  feed_reader();
  ~feed_reader();
  feed_reader(const feed_reader&) = delete;
  feed_reader& operator=(const feed_reader&) = delete;

  // `line` without its line end, followed by inbox::padding_bytes readable bytes (inbox cuts such lines).
  feed_item read(std::string_view line);

private:
  struct workspace;
  std::unique_ptr<workspace> workspace_;
};

}  // namespace spindrift
