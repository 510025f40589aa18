// What a person chose for some streams: one `[[stream]]` of the configuration. Plain data.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spindrift {

// What is judged of a stream's values.
enum class value_reading : std::uint8_t {
  as_sent,  // the rate where the source says that it counts, or --rate does; else the value
  value,
  rate,
};

struct stream_settings {
  // Each is held against the name of a stream that begins, one after the other.
  static constexpr std::size_t entries_max = 1'000;
  // Of them with `shared`: each may have a network for every number of values.
  static constexpr std::size_t shared_max = 64;

  std::vector<std::string> match;  // globs over names; the first entry that takes a name is the stream's
  std::string direction = "both";  // up, down, both: what is flagged and told
  double min_deviation = 0;        // of a value from what was expected, in the unit of the data
  double min_relative = 0;         // the same as a share of what was expected
  std::vector<std::string> kinds;  // of events that are told; empty: all
  std::uint64_t severity = 1;      // of events that are told, from here on
  std::optional<std::chrono::milliseconds> silence;  // as engine_settings::silent_after; empty: as that
  value_reading as = value_reading::as_sent;
  std::vector<std::string> detectors;  // names; empty: as for all streams
  std::optional<double> threshold;     // of the Z-score; empty: as for all streams
  bool is_shared = false;              // autoencoder and lstm learn one network for all its streams
  std::string unit;                    // of the data, in texts
  std::string title;                   // what people call the stream
  std::string alert;                   // the one that hears of it; empty: those that match

  bool operator==(const stream_settings&) const = default;
};

}  // namespace spindrift
