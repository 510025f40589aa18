// What goes into the watches and what comes out of them: one point as the detectors saw it, and what a watch makes of
// it. Plain data, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "common/model/event.hpp"
#include "server/detect/reading.hpp"

namespace spindrift {

// One feature of one point. Looks into the reading that it was made of, for as long as that stands.
struct observation {
  std::uint64_t n = 0;  // of the point in its stream, from 1
  std::int64_t ts = 0;  // event time, milliseconds since the Unix epoch
  double value = 0;
  const feature_reading& seen;  // some 200 bytes, which no watch changes
  double crowd = 0;             // log10 of the number of features: what one of so many shows has to be rarer
  bool repeat = false;          // the same value at the same time as the point before: it teaches nothing
  bool after_hole = false;      // among the first points after a hole
  bool settling = false;        // of a new level, or of the way back from one, that was told just now

  // Beyond the threshold, whether that is an anomaly by itself or goes on with a change.
  bool is_beyond() const { return seen.zscore_flagged || seen.lasts; }
  double error() const { return value - seen.baseline.expected; }
};

// Something that a watch has found, before it is known whether it is news.
struct finding {
  event_kind kind = event_kind::spike;
  event_direction direction = event_direction::none;
  std::size_t feature = 0;
  std::uint64_t from_n = 0;
  std::int64_t from = 0;
  std::uint64_t points = 1;
  double value = 0;  // the most extreme point
  double expected = 0;
  std::optional<double> before{};
  std::optional<double> after{};
  double nines = 0;  // -log10 of the probability that a quiet stream of this kind shows as much
  double size = 0;   // how large, in the stream's own scale
  std::optional<relation_reading> relation{};
  // Which detectors of whole points voted for it (judge_bit), and how often; 0: it was not theirs.
  struct {
    std::uint8_t by = 0;
    std::uint32_t count = 0;
  } votes{};
  bool is_of_rest = false;    // a level of what the clock leaves of the values
  bool stands_alone = false;  // told whatever was told just before: a sensor's code for an error
  // Over when found: the last point that belongs to it.
  std::optional<std::uint64_t> to_n{};
  std::optional<std::int64_t> to{};
};

// A finding, which a point nearly never makes: without one it is eight bytes to hand on, where a std::optional takes,
// and copies, the room of what is not there. Movable.
class rare_finding {
public:
  rare_finding() = default;
  rare_finding(std::nullopt_t /*none*/) {}
  rare_finding(const finding& found) : held_(std::make_unique<finding>(found)) {}

  explicit operator bool() const { return held_ != nullptr; }
  bool has_value() const { return held_ != nullptr; }
  finding& operator*() { return *held_; }
  const finding& operator*() const { return *held_; }
  finding* operator->() { return held_.get(); }
  const finding* operator->() const { return held_.get(); }
  const finding* get() const { return held_.get(); }

private:
  std::unique_ptr<finding> held_;
};

inline bool is_level(event_kind kind) {
  return kind == event_kind::shift || kind == event_kind::trend;
}

inline event_direction direction_of(double difference) {
  if (difference > 0) return event_direction::up;
  return difference < 0 ? event_direction::down : event_direction::none;
}

}  // namespace spindrift
