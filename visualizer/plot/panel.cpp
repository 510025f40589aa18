// Titles, axes and curves of one panel.
#include "visualizer/plot/panel.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "visualizer/plot/command.hpp"
#include "visualizer/plot/event_span.hpp"
#include "visualizer/plot/label.hpp"
#include "visualizer/plot/panel_data.hpp"
#include "visualizer/plot/scale.hpp"
#include "visualizer/plot/style.hpp"
#include "visualizer/plot/text_width.hpp"

namespace spindrift {
namespace {

std::string newest(const series& shown) {
  const sample& last = shown.samples().back();
  constexpr std::size_t unit_characters_max = 16;
  std::string text = "n " + std::to_string(last.n) + "   last " + short_number(last.value);
  if (!shown.unit().empty()) text.append(1, ' ').append(harmless(shown.unit(), unit_characters_max));
  return text + "   ";
}

std::string totals_text(const series& shown) {
  const series_totals& totals = shown.totals();
  return counted(totals.anomalies, "anomaly", "anomalies") + "   " + counted(totals.drifts, "drift", "drifts") + "   " +
         counted(totals.alarms, "alarm", "alarms");
}

// Without those of which there are none.
std::string totals_that_are(const series& shown) {
  const series_totals& totals = shown.totals();
  std::string text;
  const auto add = [&text](std::uint64_t count, std::string_view one, std::string_view many) {
    if (count > 0) text += (text.empty() ? "" : "   ") + counted(count, one, many);
  };
  add(totals.anomalies, "anomaly", "anomalies");
  add(totals.drifts, "drift", "drifts");
  add(totals.alarms, "alarm", "alarms");
  return text;
}

// "2026-11-21 19:52:24", and of the second only what differs; milliseconds where the span is short. Empty for times
// beyond the calendar.
std::string time_span(const series& shown) {
  const std::int64_t first = shown.samples().front().ts;
  const std::int64_t last = shown.samples().back().ts;
  if (!limits::is_event_time(first) || !limits::is_event_time(last)) return {};
  constexpr std::int64_t short_span = 10'000;
  const std::size_t characters = last - first < short_span ? 23 : 19;
  constexpr std::size_t to_day = 10;
  std::string from = to_rfc3339(first).substr(0, characters);
  std::string to = to_rfc3339(last).substr(0, characters);
  if (from.compare(0, to_day, to, 0, to_day) == 0) to.erase(0, to_day + 1);
  std::ranges::replace(from, 'T', ' ');
  std::ranges::replace(to, 'T', ' ');
  return from + " to " + to + " UTC";
}

std::string title_of_panel(const series& shown, std::size_t room) {
  return called(shown.title(), shown.stream(), shown.feature(), room);
}

// What there is room for beside the name.
std::string figures_beside(const series& shown, std::size_t name, std::size_t room) {
  constexpr std::size_t name_least = 24;
  const std::size_t taken = std::min(name, name_least) + 3;
  for (const std::string& figures : {newest(shown) + totals_text(shown), totals_text(shown), newest(shown)}) {
    if (taken + figures.size() <= room) return "   " + figures;
  }
  return {};
}

void append_titles(const series& shown, const place& at, const canvas& where, std::size_t margin, std::string& out) {
  if (where.is_text()) {
    const auto columns = static_cast<std::size_t>(at.width * where.width);
    const std::size_t room = columns > margin + 12 ? columns - margin - 2 : 10;
    const std::size_t name = (shown.title().empty() ? shown.stream() : shown.title()).size() + shown.feature().size();
    const std::string figures = figures_beside(shown, name, room);
    const std::string title = title_of_panel(shown, room - figures.size()) + figures;
    append_label("1", quoted(title, room), "at graph 0, graph 1 left offset character 0, character 1", out);
    return;
  }
  std::string figures = newest(shown) + totals_text(shown);
  const double pixels = plot_width(at, where, margin);
  // The two share a line. Where the figures leave little for the name, the curve's end must tell the newest.
  constexpr double name_least = 14;
  const auto left = [&] { return (pixels - pixels_of(9) * (width_of(figures) + 1)) / pixels_of(11); };
  if (left() < name_least) figures = totals_text(shown);
  if (left() < width_of(shown.stream()) + width_of(shown.feature())) figures = totals_that_are(shown);
  const std::string name =
      fitted([&shown](std::size_t characters) { return title_of_panel(shown, characters); }, std::max(left(), 4.0));
  append_label("1", quoted(name, name.size()),
               "at graph 0, graph 1 left offset character 0, character 0.7 font ',11' textcolor rgb '" +
                   std::string(text_colour) + "'",
               out);
  append_label("2", quoted(figures, figures.size()),
               "at graph 1, graph 1 right offset character 0, character 0.7 font ',9' textcolor rgb '" +
                   std::string(pale_text_colour) + "'",
               out);
}

void append_x_axis(const series& shown, const view_settings& settings, const axis_range& x, double ticks,
                   std::string& out) {
  append_range("x", x, out);
  if (settings.axis == x_axis::time) {
    append_time_ticks(x, ticks, out);
  } else {
    out += "set format x '%.0f'\n";
  }
  const std::string axis = settings.axis == x_axis::time ? "" : "n,  ";
  out += "set xlabel " + quoted(axis + time_span(shown), 80) +
         " noenhanced font ',9' offset 0, character 0.4 textcolor rgb '" + std::string(pale_text_colour) + "'\n";
}

// gnuplot's own choice leaves no room between the labels of a low panel, and on a terminal drops some of them.
void append_value_ticks(const axis_range& y, const canvas& where, const place& at, std::string& out) {
  constexpr double rows_a_tick = 2;
  constexpr double pixels_a_tick = 20;
  const double ticks = plot_height(at, where) / (where.is_text() ? rows_a_tick : pixels_a_tick);
  const double step = value_step(y, std::max(ticks, 2.0));
  out += "set format y '" + value_format(y) + "'\nset ytics ";
  if (step > 0) {
    append_plain(step, out);
  } else {
    out += "autofreq";
  }
  out += '\n';
}

}  // namespace

double ticks_on(const canvas& where, const place& at) {
  const double width = at.width * where.width;
  return std::max(2.0, where.is_text() ? width / 18 : width / 100);
}

void append_time_ticks(const axis_range& x, double ticks, std::string& out) {
  const double span = x.most - x.least;
  const double step = time_step(span, ticks);
  if (step == 0) {
    out += "set xtics time autofreq format '" + date_format(span) + "'\n";
    return;
  }
  const double first = std::ceil(x.least / step);
  std::string_view separator;
  out += "set xtics (";
  for (double number = 0; (first + number) * step <= x.most; ++number) {
    const double at = (first + number) * step;
    out += separator;
    out += quoted(time_tick(at, step, span), 16);
    out += ' ';
    append_plain(at, out);
    separator = ", ";
  }
  out += ")\n";
}

void append_panel(const series& shown, const std::deque<stream_event>& events, const view_settings& settings,
                  const canvas& where, const place& at, std::size_t panel, std::string& out) {
  const panel_ranges ranges = ranges_of(shown, settings);
  append_blocks(shown, settings, ranges, panel, out);
  append_place(at, out);
  append_margins(at, where, value_characters(ranges.y), out);
  append_range("y", ranges.y, out);
  append_value_ticks(ranges.y, where, at, out);
  out += "unset label\nunset object\nunset arrow\n";
  append_x_axis(shown, settings, ranges.x, ticks_on(where, at), out);
  append_titles(shown, at, where, value_characters(ranges.y), out);
  append_spans(spans_of(shown, events, settings.axis, ranges.x), ranges.x, where,
               plot_width(at, where, value_characters(ranges.y)), out);
  const manner how = manner_on(where);
  const std::string number = std::to_string(panel);
  out += "plot $b" + number + " using 1:2" +
         (where.is_text() ? " " + how.band + ", $b" + number + " using 1:3 " : ":3 ") + how.band + ", \\\n";
  out += " $d" + number + " using 1:2:3:4 " + how.drift + ", \\\n";
  out += " $v" + number + " using 1:2 " + how.value + ", \\\n";
  out += " $g" + number + " using 1:2 " + how.label + ", \\\n";
  out += " $e" + number + (where.is_text() ? " using 1:2 " : " using 1:2:3 ") + how.beyond + ", \\\n";
  out += " $a" + number + " using 1:2 " + how.anomaly + ", \\\n";
  out += " $m" + number + " using 1:2 " + how.alarm + "\n";
}

}  // namespace spindrift
