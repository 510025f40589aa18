// Where points come from: a scenario that makes them up, or a recording that is replayed. Every stream of a source is
// a sequence of its own, taken in order; how the streams are interleaved changes nothing in them.
//
// One thread at a time. next() allocates nothing once a sample's `values` has grown to the number of features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/model/point.hpp"

namespace spindrift {

struct sample {
  double value = 0;             // meaningless when `values` is not empty
  std::vector<feature> values;  // names belong to the source and live as long as it
  std::int64_t ts = 0;          // event time, milliseconds since the Unix epoch
  std::optional<bool> label;    // the truth; empty: not known
  std::uint8_t kind = 0;        // what was injected: 1 + index into kinds(); 0: nothing
};

// Synthetic event time starts here: 2025-01-01T00:00:00Z, a Wednesday.
inline constexpr std::int64_t synthetic_start_ms = 1'735'689'600'000;

class source {
public:
  virtual ~source() = default;

  // The next point of a stream; not beyond points_per_stream().
  virtual void next(std::size_t stream, sample& out) = 0;
  // What this source can inject, by name; at most 255.
  virtual const std::vector<std::string>& kinds() const = 0;
  // True where the truth of every point is known.
  virtual bool has_truth() const = 0;
  // True where `ts` was recorded, not made up: it is then sent as it is, at any rate.
  virtual bool has_recorded_time() const = 0;
  // Empty: endless.
  virtual std::optional<std::uint64_t> points_per_stream() const { return std::nullopt; }
};

}  // namespace spindrift
