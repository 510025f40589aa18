// All streams, thousands of them: the newest points of each, how it goes with it, and what happened; ranked by what is
// worst now.
//
// Bounded: streams_max streams (further ones are counted), samples_max samples of all together (each series has an
// equal part, between points_min and what was asked for), events_max events, the newest. Names are kept as they came:
// whoever shows them makes them harmless. Times are given by the caller: milliseconds of a steady clock. One thread at
// a time. Cost: a look-up a verdict and an append a value; of find(), one look at each stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "visualizer/series/series.hpp"
#include "visualizer/series/stream_event.hpp"

namespace spindrift {

struct verdict;

// A cut of ADWIN's window.
struct board_drift {
  std::uint64_t n = 0;
  std::int64_t ts = 0;
  double width = 0;
  double mean = 0;
  double before = 0;
};

// How many points a verdict stands for, and how far the values of these went: of one feature after the other.
struct board_span {
  std::uint64_t count = 1;
  std::span<const value_extent> extents{};  // empty: it is a verdict of one point
};

struct board_stream {
  static constexpr std::size_t drifts_max = 32;

  std::string name;
  std::string low_name;          // in small letters, for a search
  std::string title;             // what people call it; empty: nobody has said
  std::string unit;              // of its values; empty: nobody has said
  std::vector<series> features;  // one without a name: a stream of one value
  std::vector<feature_band> bands;
  std::deque<board_drift> drifts;
  bool is_from_start =
      false;  // its first point was heard, so that its number is the width of ADWIN's window until a cut
  std::int64_t heard_ms = 0;
  double interval_ms = 0;      // usually between two points, as they come here; 0: not known yet
  std::uint64_t restarts = 0;  // how often it began anew
  unsigned open_severity = 0;  // the worst of its open events; 0: none is open
  std::string open_kind;
  unsigned recent_severity = 0;  // the worst of what was told lately, at recent_ms
  std::string recent_kind;
  std::int64_t recent_ms = 0;
  std::int64_t flagged_ms = INT64_MIN;  // the newest anomaly
  // Of what comes both as verdicts and as aggregates: the newest that was heard within an aggregate, the newest that
  // came as a verdict and when one came last, the newest aggregate that was left out for verdicts; whether verdicts
  // count.
  std::uint64_t summed_n = 0;
  std::uint64_t line_n = 0;
  std::uint64_t left_out_n = 0;
  std::uint64_t waiting_n = 0;  // the newest verdict that came before they counted
  std::int64_t line_ms = 0;
  bool has_lines = false;

  // Longer than three of its usual intervals, and a second.
  bool is_stale(std::int64_t now_ms) const;
};

class stream_board {
public:
  static constexpr std::size_t streams_max = 100'000;
  static constexpr std::size_t samples_max = 1'000'000;
  static constexpr std::size_t points_min = 32;
  static constexpr std::size_t events_max = 2'000;
  // What was told is at the top for so long after it was over.
  static constexpr std::int64_t recent_span_ms = 600'000;

  explicit stream_board(std::size_t points_max) : points_max_(points_max) {}

  // While verdicts of a stream come, its aggregates are left out, and for so long after the last of them.
  static constexpr std::int64_t line_span_ms = 3'000;
  // Numbers below are of a stream that began anew, where none came for so long.
  static constexpr std::int64_t line_memory_ms = 60'000;

  // False: it was left out, being a repeated verdict, or here already as part of what stands for it. `bands` as in
  // gallery::add.
  bool hear(const verdict& judged, std::span<const feature_band> bands, std::int64_t now_ms,
            board_span stands_for = {});
  // A new event, or a new version of one that is here. `is_news`: it was told now, and not long ago.
  void tell(stream_event told, bool is_news, std::int64_t now_ms);
  // What people call a stream that is here, and the unit of its values. False: it was so before.
  bool entitle(std::string_view stream, const std::string& title, const std::string& unit);
  void add_missed(std::uint64_t verdicts) { missed_ += verdicts; }
  void expect_restarts();
  // From now on aggregates of all streams come in place of verdicts, and verdicts of some; or verdicts of all.
  void expect_aggregates(bool is_summed, std::int64_t now_ms) {
    is_summed_ = is_summed;
    summed_from_ms_ = now_ms;
  }

  enum class choice : std::uint8_t { all, open, silent };
  struct query {
    std::string match;  // a part of the name, or a pattern with * and ?; small and capital letters are the same
    choice show = choice::all;
    std::size_t from = 0;
    std::size_t count = 50;
  };
  struct page {
    std::size_t found = 0;                     // so many fit the query
    std::vector<const board_stream*> streams;  // those in view, the worst first; until the next call of hear or tell
  };
  page find(const query& wanted, std::int64_t now_ms) const;
  // Null: not known.
  const board_stream* stream_named(std::string_view name) const;

  // In the order in which they were first heard of; below stream_count().
  const board_stream& stream_at(std::size_t index) const { return *streams_[index]; }
  std::size_t stream_count() const { return streams_.size(); }
  std::uint64_t others() const { return others_; }  // points of streams that found no place
  std::uint64_t missed() const { return missed_; }
  const std::deque<stream_event>& events() const { return events_; }
  std::uint64_t event_changes() const { return event_changes_; }

private:
  bool is_here(board_stream& into, std::uint64_t n, board_span& stands_for, std::int64_t now_ms) const;
  bool add_samples(const verdict& judged, std::span<const feature_band> bands, const board_span& stands_for,
                   board_stream& into);
  board_stream* entry_of(std::string_view name);
  std::size_t points_of_series() const;
  void review(std::string_view stream);

  std::size_t points_max_;
  bool is_summed_ = false;
  std::int64_t summed_from_ms_ = 0;
  std::vector<std::unique_ptr<board_stream>> streams_;
  std::unordered_map<std::string_view, board_stream*> by_name_;  // views into the streams
  std::size_t series_ = 0;
  std::uint64_t others_ = 0;
  std::uint64_t missed_ = 0;
  std::deque<stream_event> events_;
  std::uint64_t event_changes_ = 0;
};

}  // namespace spindrift
