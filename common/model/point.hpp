// One measurement as it came in: which stream, when, which number or numbers.
//
// A point owns nothing: `stream`, the feature names and the `values` span look into the frame it was decoded from and
// into the decoder's scratch space, and are valid until the next frame is decoded into the same point_storage
// (see protocol/decode.hpp). Plain data, copied freely within that time; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace spindrift {

// One named number of a multivariate point. `value` is finite.
struct feature {
  std::string_view name;
  double value = 0;
};

// What a number that tells a time counts.
enum class time_unit : std::uint8_t { none, seconds, milliseconds, microseconds, nanoseconds };

constexpr std::string_view name_of(time_unit unit) {
  switch (unit) {
    case time_unit::seconds:
      return "seconds";
    case time_unit::milliseconds:
      return "milliseconds";
    case time_unit::microseconds:
      return "microseconds";
    case time_unit::nanoseconds:
      return "nanoseconds";
    case time_unit::none:
      break;
  }
  return "";
}

struct point {
  std::string_view stream;            // never empty; "default" where none was sent
  double value = 0;                   // finite; meaningless when `values` is not empty
  std::span<const feature> values{};  // 1 to 64 features in the order sent; empty for a univariate point
  std::optional<std::int64_t> ts{};   // milliseconds since the Unix epoch; empty: the server fills in the arrival time
  std::uint64_t seq = 0;              // the producer's number, 1 to 2^53 - 1; 0: none was sent
  std::optional<bool> label{};        // ground truth, carried along, never used for detection
  // `ts` is in milliseconds, and this says what it was sent as. none: a date, or whatever says by itself what it is;
  // milliseconds: an integer, which is seconds in a stream of seconds.
  time_unit unit = time_unit::none;
  bool is_counter = false;  // a count that only grows: judged by its rate
  bool is_learned = false;  // of the past: learned from, and told to nobody

  bool is_multivariate() const { return !values.empty(); }
};

}  // namespace spindrift
