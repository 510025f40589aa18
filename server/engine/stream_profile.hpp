// How a stream is watched: the settings of its detectors and what of it is told, shared by all streams that have the
// same, and looked up once, when a stream begins. Never changed once made, but for being retired, so any thread may
// read it; a stream keeps its own alive.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/pattern.hpp"
#include "common/model/point.hpp"
#include "server/detect/registry.hpp"
#include "server/detect/settings.hpp"
#include "server/detect/shared_networks.hpp"
#include "server/engine/stream_settings.hpp"
#include "server/events/context_ring.hpp"
#include "server/events/notice_rules.hpp"

namespace spindrift {

// Detectors hold on to their settings, so profiles that differ in other things share these.
using shared_detector_settings = std::shared_ptr<const detector_settings>;

struct stream_profile {
  explicit stream_profile(const detector_settings& chosen, std::size_t shown_before_events = context_ring::points_usual)
      : stream_profile(std::make_shared<const detector_settings>(chosen), shown_before_events) {}
  explicit stream_profile(shared_detector_settings chosen,
                          std::size_t shown_before_events = context_ring::points_usual);
  // For the streams of an entry of the configuration.
  stream_profile(shared_detector_settings chosen, std::size_t shown_before_events, const stream_settings& own,
                 std::chrono::milliseconds silent_after_usual);

  // What a stream of so many values takes once it is old and busy.
  std::size_t grown_bytes(std::size_t values) const;
  // What people call the stream; its name where nobody has said.
  std::string title_of(std::string_view name) const;
  bool has_words() const { return !rules.title.empty() || !rules.unit.empty(); }

  const shared_detector_settings shared_detectors;
  const detector_settings& detectors;          // those
  const std::size_t context_points;            // before an event, in its picture
  std::vector<const detector_entry*> running;  // what is saved of its detectors
  notice_rules rules;
  bool has_value_rules = false;  // values may be too near, or on the wrong side, to be flagged
  std::chrono::milliseconds silent_after{0};
  value_reading as = value_reading::as_sent;
  // Streams whose values are counts that only grow, where `as` leaves it open; null: none.
  std::shared_ptr<const std::vector<pattern>> counters;
  bool is_named_counter(std::string_view name) const;
  // Whether a stream that begins with this point is judged by its rate.
  bool is_counted(const point& first) const;
  std::string alert;
  std::vector<std::string> match;  // of the entry it was made from
  // What its streams learn together, and the bit of the lock that puts their points in order; null and 0: nothing.
  std::shared_ptr<shared_networks> networks;
  std::uint64_t order = 0;
  // Settings were read again: a stream takes another profile when it is next touched.
  mutable std::atomic<bool> is_retired{false};

private:
  std::size_t grown_bytes_of_one_ = 0;
};

using shared_profile = std::shared_ptr<const stream_profile>;

}  // namespace spindrift
