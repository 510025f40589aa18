// Records as a lane sees them, in and out. Plain data; views are the caller's on the way in and the step's on the way
// out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/protocol/error.hpp"

namespace spindrift::worker {

// One record of the topic of points. The views must live until the call that takes it returns.
struct input_record {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;  // Kafka's: the time of points that have none
  std::string_view key{};         // empty: none
  std::string_view value{};       // frames of protocol.md's point, LF between them
  bool has_value = true;          // false: a null value, which is counted and nothing else
};

enum class output_topic : std::uint8_t { verdicts, events, dead_letters };

// Bytes of a step.
struct text_range {
  std::size_t begin = 0;
  std::size_t length = 0;
};

// To be sent to the same partition of its topic as its input has in the topic of points.
struct output_record {
  output_topic to = output_topic::verdicts;
  std::int32_t partition = 0;
  std::int64_t timestamp_ms = 0;  // of the input
  text_range key{};
  text_range value{};  // lines of protocol.md, LF between them; of a dead letter the one line as it came
  // Headers, of dead letters alone: `error` (the code's name), `message`, `topic`, `partition`, `offset`, `line` (from
  // 1).
  error_code error = error_code::bad_json;
  text_range message{};
  std::int64_t offset = 0;
  std::uint64_t line = 0;
  bool has_key = false;
};

}  // namespace spindrift::worker
