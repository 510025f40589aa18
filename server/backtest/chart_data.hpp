// What a picture of a whole file needs: each series thinned to so many columns that hold the smallest and the largest
// value and the band, whatever the number of points; the marks; the events.
//
// Bounded: series_max series, columns_max columns each (two become one when there are more), marks_max marks,
// events_max events; what is beyond is counted. One thread at a time. Cost: O(1) a value, amortized.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/event.hpp"

namespace spindrift {

struct verdict;

struct chart_column {
  double begin = 0;  // along x
  double end = 0;
  double least = 0;
  double most = 0;
  double low = 0;  // the band; low > high: none
  double high = -1;
  std::uint64_t points = 0;
};

struct chart_mark {
  double x = 0;
  double y = 0;
};

struct chart_series {
  std::string stream;
  std::string feature;  // empty: a stream of one value
  std::vector<chart_column> columns;
  std::uint64_t points_a_column = 1;
  std::vector<chart_mark> anomalies;
  std::vector<double> drifts;
  std::vector<double> alarms;
};

struct chart_event {
  std::string stream;
  std::string feature;
  event notice;
};

class chart_data {
public:
  static constexpr std::size_t series_max = 16;
  static constexpr std::size_t columns_max = 4'096;
  static constexpr std::size_t marks_max = 2'000;  // of a kind and series
  static constexpr std::size_t events_max = 2'000;

  // `threshold`: half the width of the band, in sigmas.
  explicit chart_data(double threshold) : threshold_(threshold) {}

  void add(const verdict& judged);
  // A new event, or the newest version of one.
  void add(const event& notice, std::string_view stream, std::string_view feature);
  // Along x runs the time of points, where they have one of their own; else their number. Before the first.
  void run_along_time(bool is_time) { is_time_ = is_time; }

  bool is_time() const { return is_time_; }
  const std::vector<chart_series>& series() const { return series_; }
  const std::vector<chart_event>& events() const { return events_; }
  std::uint64_t left_out() const { return left_out_; }  // values of further series

private:
  void add_value(std::string_view stream, std::string_view feature, double x, double value, double expected,
                 double sigma, const verdict& judged);

  double threshold_;
  bool is_time_ = false;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;
  std::vector<chart_series> series_;
  std::vector<chart_event> events_;
  std::uint64_t left_out_ = 0;
};

}  // namespace spindrift
