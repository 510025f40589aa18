// Why an event was told: the numbers of the parts that spoke, and the points around it. Plain data that owns what it
// holds but for the names, which are static. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

// One number of one part, at the moment at which the event was told.
struct evidence_number {
  std::string_view part;  // "event", "zscore", "adwin", "ensemble", "clock", "relation", "votes", "silence"
  std::string_view name;
  double value = 0;
  std::string word{};  // where it is a name instead of a number; else empty
};

struct context_point {
  std::int64_t ts = 0;
  double value = 0;

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(ts, value);
  }
};

// A point of the event itself. Where it was past before anybody knew of the event, expected and sigma are NaN.
struct pictured_point {
  std::uint64_t n = 0;
  std::int64_t ts = 0;
  double value = 0;
  double expected = 0;
  double sigma = 0;

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(n, ts, value, expected, sigma);
  }
};

// The points around an event, of the feature that it is about.
struct event_picture {
  static constexpr std::size_t before_max = 256;
  static constexpr std::size_t from_max = 64;

  std::vector<context_point> before;  // the event, oldest first
  std::vector<pictured_point> from;   // where it began on

  bool is_complete() const { return from.size() >= from_max; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive.sequence(before, before_max);
    archive.sequence(from, from_max);
  }
};

struct explanation {
  std::vector<evidence_number> evidence;  // empty: told before
  event_picture picture;
};

}  // namespace spindrift
