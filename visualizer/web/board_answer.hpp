// What the page asks the board for, as JSON: the list of streams, the points of one, the events.
//
//   streams:
//   {"server":..,"state":"live","threshold":5,"streams":500,"found":12,"others":0,"missed":0,"changes":7,"page":"",
//     "rows":[{"stream":"pump.7","value":[21.5],"ts":..,"age":120,"every":1000,"stale":false,"open":63,"kind":"shift",
//     "recent":0,"features":1,"spark":[..]}]}
//     and, where people call the stream something, "title"; "unit" of its values where somebody has said it;
//     `page`: what links begin with, empty: where the page is; `age` and `every` (its usual interval) in milliseconds
//     of the viewer's clock; `open`: the worst severity of an open event, `recent`: of one told in the last ten
//     minutes; `spark`: the newest values of its first feature.
//   points:
//   {"stream":..,"title":..,"unit":..,"restarts":0,"age":..,"begun":true,"features":[{"feature":"",
//     "samples":[[n,ts,value,flags,expected,sigma,z,score]]}],"drifts":[[n,ts,width,mean,before]]}
//     `title` and `unit` as above; shorter samples have no band; score is null
//     where there is none; one that is of an aggregate has its count of points and their lowest and highest value
//     behind these, and nulls where there is no band; `begun`: the stream was heard from its first point on.
//   charts: {"streams":[..]}, the points of each of several streams as above: one question for all that is drawn.
//   events: {"changes":7,"found":3,"events":[..]}, the newest first; an event as in feed.hpp.
//
// Bounded: rows_max rows, charts_max streams with points_max samples a feature, events_max events an answer. One thread
// at a time, the board's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "visualizer/series/stream_board.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

struct board_answer {
  static constexpr std::size_t rows_max = 200;
  static constexpr std::size_t points_max = 20'000;
  static constexpr std::size_t charts_max = 16;
  static constexpr std::size_t events_max = 500;
  static constexpr std::size_t spark_points = 40;

  const stream_board& board;
  const heading& above;
  const view_settings& settings;
  std::int64_t now_ms = 0;
  std::string_view public_url{};

  // `query`: match, show (all, open, silent), from, count.
  std::string streams(std::string_view query) const;
  // stream; after: only points of higher numbers. Unknown: no features.
  std::string points(std::string_view query) const;
  // stream and after, as often as there are streams to draw, and in the same order; of charts_max of them.
  std::string charts(std::string_view query) const;
  // match (of the stream's name), kind, severity (at least), show (all, open).
  std::string events(std::string_view query) const;

  void append_points(const std::string& name, std::uint64_t after, std::string& out) const;
};

}  // namespace spindrift
