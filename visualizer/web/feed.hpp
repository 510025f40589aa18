// The gallery -> Server-Sent Events: first a snapshot of all, then what was added.
//
// One event is "data: " and one JSON object on one line, so nothing that a name holds can end it:
//   {"at":7,"full":false,"server":"127.0.0.1:7171","state":"live","threshold":5,"axis":"n","points":500,
//    "others":0,"missed":0,"panels":[{"panel":0,"fresh":false,"totals":[1,0,0],"samples":[[17,1764000000000,0.42,1]]}]}
// and, in a snapshot and where they changed, "events":[{"event":17,"stream":"pump.7","feature":"","kind":"shift",
// "direction":"up","text":"..","severity":63,"told_n":1203,"told":..,"from_n":1195,"from":..,"over":false}], with
// "to_n" and "to" once they are over: all that there are, the newest last. `at` counts increments: a snapshot has the
// number of the increment it includes, and a reader that finds a number left out has lost events and must ask for a new
// snapshot. `totals`: anomalies, drifts, alarms. A sample is [n, ts, value, flags], and [.., expected, sigma] where
// there is a band; flags: sample_flag. A panel that is `fresh` brings its "stream" and "feature" and replaces what was
// known; else its samples are appended, and the oldest beyond `points` go. Applying increments to a snapshot gives a
// later snapshot.
//
// Bounded, whatever the gallery holds: an event has at most samples_max samples, shared among the panels, the newest of
// each, and at most event_bytes_max bytes; "points" says how many a panel may have. Texts are cut to text_bytes_max.
// One feed speaks of one gallery. One thread at a time. Cost: the bytes written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "visualizer/series/gallery.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

enum class sample_flag : std::uint8_t { anomaly = 1, drift = 2, alarm = 4, labelled = 8 };

// A sample's array without its end: [n, ts, value, flags, and expected and sigma where there is a band.
void begin_sample(const sample& shown, std::string& out);
// One event as a JSON object.
void append_event(const stream_event& told, std::string& out);

class event_feed {
public:
  // Of a name or a state; a longer one is cut and ends with an ellipsis. Names on the wire are shorter.
  static constexpr std::size_t text_bytes_max = 256;

  // Of an event: with 16 panels 512 points each, more than a canvas has pixels for with one.
  static constexpr std::size_t samples_max = 8'192;
  // What follows from these: 128 bytes a sample, 512 KiB for names and for what happened.
  static constexpr std::size_t event_bytes_max = samples_max * 128 + 512 * 1'024;

  explicit event_feed(const view_settings& settings) : settings_(settings) {}

  // All there is. Continues with the next increment only if increment() was called after the gallery's last change.
  std::string snapshot(const gallery& shown, const heading& above) const;
  // What changed since the last call; empty when nothing did.
  std::string increment(const gallery& shown, const heading& above);

private:
  // How far a panel has been sent.
  struct position {
    std::uint64_t generation = 0;
    std::uint64_t arrivals = 0;
    series_totals totals{};
    bool operator==(const position&) const = default;
  };

  static position position_of(const series& panel);
  // How many samples a panel may have.
  static std::size_t points_of(const gallery& shown);
  std::string about(const gallery& shown, const heading& above) const;
  void append_added(const series& shown, std::size_t panel, std::size_t points, std::string& out) const;

  view_settings settings_;
  std::vector<position> sent_;  // one a panel
  std::string about_sent_;
  std::uint64_t increments_ = 0;
  std::uint64_t event_changes_sent_ = 0;
};

}  // namespace spindrift
