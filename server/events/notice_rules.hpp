// Which of what happened to a stream is told, and how it is called: a person's choice for the streams of a profile.
// Plain data that is only read; any thread. Cost: a few comparisons.
#pragma once

#include <cstdint>
#include <string>

#include "common/model/event.hpp"

namespace spindrift {

struct notice_rules {
  static constexpr std::uint16_t all_kinds = (1U << event_kind_count) - 1;

  event_direction only = event_direction::none;  // none: both
  double min_deviation = 0;                      // from what was expected, in the unit of the data
  double min_relative = 0;                       // the same as a share of what was expected
  std::uint16_t kinds = all_kinds;               // a bit each
  int severity = 1;                              // from here on
  std::string unit;                              // of the data, behind its numbers
  std::string title;                             // what people call the stream; {1} is what the first * stands for

  // The least that is flagged: whether a value is far enough from what was expected, and to a side that is asked for.
  bool takes(double value, double expected) const;
  bool takes(const event& told) const;

  bool operator==(const notice_rules&) const = default;
};

// {1} to {9} in the title are what the stars of the pattern stand for in the name, which it takes.
std::string title_of(const std::string& title, const std::string& pattern, const std::string& name);

}  // namespace spindrift
