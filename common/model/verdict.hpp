// What we think of one point. Plain data; the views look into the point's frame, into its batch and into static names,
// so a verdict lives no longer than the point it speaks of. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/model/event.hpp"
#include "common/model/point.hpp"

namespace spindrift {

// ADWIN cut its window at this point. All in the units of the data; width in points.
struct adwin_cut {
  double width = 0;   // points in the window that is left
  double mean = 0;    // their mean
  double before = 0;  // the mean of the window just before the cut
};

// The point detectors that found a point anomalous, as bits of verdict::by.
enum class point_detector : std::uint8_t {
  zscore = 1,
  isolation_forest = 2,
  one_class_svm = 4,
  autoencoder = 8,
  recurrent = 16,
};
// What they are called wherever somebody reads it, from the lowest bit on; a bit without a name is a bug.
inline constexpr std::array<std::string_view, 5> point_detector_names = {"zscore", "iforest", "ocsvm", "autoencoder",
                                                                         "lstm"};

// What a baseline thinks of one value of a point.
struct feature_verdict {
  double expected = 0;
  double sigma = 0;
  double z = 0;
};

struct verdict {
  point subject;                 // as sent, with `ts` filled in
  std::uint64_t n = 0;           // the point's number in its stream, from 1
  double expected = 0;           // the baseline's prediction, in the units of the data
  double sigma = 0;              // its scale; |z| beyond the threshold is an anomaly
  double z = 0;                  // (value - expected) / sigma, signed
  std::optional<double> rate{};  // of a counter of one value: its growth in a second, which is what was judged
  std::string_view feature;      // multivariate: whose expected, sigma and z these are; else empty
  std::span<const feature_verdict> by_feature{};  // multivariate: those of each of subject.values
  bool anomaly = false;
  std::uint8_t by = 0;  // point_detector bits that raised `anomaly`
  std::optional<adwin_cut> drift{};
  bool alarm = false;
  std::optional<double> score{};        // the ensemble's; empty when that detector is off
  bool warmup = false;                  // too few points for a baseline: z is 0, nothing is flagged
  bool dup = false;                     // this seq had been applied before
  time_unit unit = time_unit::none;     // its stream's times are in this from here on, and it is not milliseconds
  bool late = false;                    // older than the newest point of its stream: not judged
  std::uint64_t event = 0;              // the event that it opened or belongs to; 0: none
  event_kind kind = event_kind::spike;  // of that event

  // What a feed calls marked.
  bool is_event() const { return anomaly || drift.has_value() || alarm; }
  // What a producer that wants marked replies hears of: that, and every point of an event.
  bool is_worth_a_reply() const { return is_event() || event != 0; }
};

}  // namespace spindrift
