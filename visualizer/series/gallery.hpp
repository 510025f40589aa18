// All that is shown: verdicts in, one series a stream (or a stream's feature) out, in the order they were first heard
// of; and the newest events of all streams.
//
// Bounded: the first `panels_max` series get a panel and a history; series beyond that are counted, up to others_max,
// and not drawn (first come, first shown: panels do not jump about; --streams chooses others). Memory is at most
// panels_max * points_max samples, others_max hashes and events_max events. One thread at a time. Names are kept as
// they came: whoever shows them makes them harmless (label.hpp, web/feed.hpp). Cost: one hash lookup per verdict and
// one append per feature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "visualizer/series/series.hpp"
#include "visualizer/series/stream_event.hpp"

namespace spindrift {

struct verdict;

class gallery {
public:
  // As many as stay legible on one screen (4 by 4).
  static constexpr std::size_t panels_max = 16;
  // Series that are only counted; beyond it the count stands still.
  static constexpr std::size_t others_max = 65'536;

  // The newest; older ones are forgotten.
  static constexpr std::size_t events_max = 64;

  explicit gallery(std::size_t points_max);

  // A repeated verdict (`dup`) is left out: its point is here already. `bands`: one for each of the point's features,
  // or none at all where the verdict has numbers for one feature alone.
  void add(const verdict& judged, std::span<const feature_band> bands = {});
  // A new event, or a new version of one that is here.
  void add(stream_event told);
  // A panel as it is, where there is room for one more.
  void put(series panel);
  // Of the panels of a stream: what people call it, and the unit of its values.
  void entitle(std::string_view stream, const std::string& title, const std::string& unit);
  // The server dropped verdicts that we were too slow for.
  void add_missed(std::uint64_t verdicts);
  // A new subscription began: streams may count from 1 again.
  void expect_restarts();

  const std::vector<series>& panels() const { return panels_; }
  std::size_t points_max() const { return points_max_; }  // of a panel
  std::size_t others() const { return others_.size(); }
  std::uint64_t missed() const { return missed_; }
  std::uint64_t verdicts() const { return verdicts_; }
  // At most events_max, the one that was told of last at the end.
  const std::deque<stream_event>& events() const { return events_; }
  // How often that changed.
  std::uint64_t event_changes() const { return event_changes_; }

private:
  // The panels of one stream, in the order of its features; the last known band of each.
  struct stream_entry {
    std::vector<std::size_t> panels;
  };
  struct name_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
  };

  stream_entry* entry_of(std::string_view stream);
  series* panel_of(stream_entry& entry, std::string_view stream, std::string_view feature, std::size_t hint);
  void count_other(std::string_view stream, std::string_view feature);

  std::size_t points_max_;
  std::vector<series> panels_;
  // One a panel: where a verdict has the band of one feature only, the others keep the one they had last.
  std::vector<feature_band> bands_;
  std::unordered_map<std::string, stream_entry, name_hash, std::equal_to<>> streams_;
  std::unordered_set<std::size_t> others_;
  std::uint64_t missed_ = 0;
  std::uint64_t verdicts_ = 0;
  std::deque<stream_event> events_;
  std::uint64_t event_changes_ = 0;
};

}  // namespace spindrift
