// One stream: its name, its numbering and its detectors. Owned by the stream table; touched only under its stripe's
// lock.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/point.hpp"
#include "server/detect/detector.hpp"
#include "server/events/event_watch.hpp"
#include "server/store/record.hpp"

namespace spindrift {

struct stream {
  std::string name;
  std::vector<std::string> features;  // in the order of the first point; empty for a univariate stream
  std::uint64_t n = 0;                // points numbered so far
  double last = 0;                    // the newest value (of the first feature)
  std::int64_t last_ts = 0;           // its event time, milliseconds since the Unix epoch
  std::int64_t seen_ms = 0;           // when it came, on the monotonic clock: for eviction
  detector detectors;
  event_watch events;
  journal_name journal{};  // what the journal remembers of the name; the journal's alone

  stream(std::string_view stream_name, const point& first, const detector_settings& settings)
      : name(stream_name), detectors(settings, width_of(first)), events(width_of(first)) {
    for (const feature& each : first.values) features.emplace_back(each.name);
  }
  // An empty stream to be filled by load_state.
  stream(std::string_view stream_name, std::vector<std::string> feature_names, const detector_settings& settings)
      : name(stream_name), features(std::move(feature_names)), detectors(settings, width()), events(width()) {}

  // Values a point has.
  std::size_t width() const { return features.empty() ? 1 : features.size(); }
  static std::size_t width_of(const point& from) { return from.is_multivariate() ? from.values.size() : 1; }

  // For the snapshot: everything but the name, which stands beside it, and the features, which are needed to make the
  // stream that the rest is read into.
  template <class Archive>
  void visit_state(Archive& archive) {
    archive(n, last, last_ts, detectors);
    // Saved by a version that knew no events: they begin here.
    if constexpr (Archive::reads) {
      if (archive.bytes_left() == 0) return;
    }
    archive(events);
  }

  // True when the point has the stream's features, in whatever order.
  bool takes(const point& from) const {
    if (from.values.size() != features.size()) return false;
    std::array<double, features_max> ordered;
    return features.empty() || order_values(from, ordered);
  }

  // Puts the point's values into the stream's own order. False when the point has other features than the stream.
  bool order_values(const point& from, std::span<double> into) const {
    if (from.values.size() != features.size()) return false;
    if (features.empty()) {
      into[0] = from.value;
      return true;
    }
    for (std::size_t i = 0; i < features.size(); ++i) {
      // Producers nearly always keep their order, so the first guess is right.
      const feature* found = from.values[i].name == features[i] ? &from.values[i] : nullptr;
      for (std::size_t j = 0; found == nullptr && j < from.values.size(); ++j) {
        if (from.values[j].name == features[i]) found = &from.values[j];
      }
      if (found == nullptr) return false;
      into[i] = found->value;
    }
    return true;
  }
};

}  // namespace spindrift
