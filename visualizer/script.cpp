#include "visualizer/script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "common/protocol/limits.hpp"
#include "common/protocol/time_text.hpp"
#include "visualizer/label.hpp"
#include "visualizer/panel_data.hpp"

namespace spindrift {
namespace {

constexpr double heading_pixels = 62;
constexpr unsigned heading_rows = 2;
constexpr unsigned panel_rows_min = 11;  // of a terminal: title, tics, caption and some eight rows of curve
constexpr unsigned panel_columns_min = 60;

// Colours that stay apart for readers who see few, and on paper.
constexpr std::string_view value_colour = "#1f4fd8";
constexpr std::string_view band_colour = "#d5e3fb";
constexpr std::string_view anomaly_colour = "#e01b24";
constexpr std::string_view drift_colour = "#8e24aa";
constexpr std::string_view alarm_colour = "#ff8c00";
constexpr std::string_view label_colour = "#303030";
constexpr std::string_view text_colour = "#202020";
constexpr std::string_view pale_text_colour = "#5c6470";

// How each thing is drawn; the legend and the panels must agree.
struct manner {
  std::string band, value, drift, alarm, label, anomaly;
};

std::string coloured(std::string_view style, std::string_view colour) {
  return std::string(style) + " lc rgb '" + std::string(colour) + "'";
}

manner manner_on(const canvas& where) {
  // On text gnuplot draws point type n as the n-th letter; asked for a letter of our choice, 5.4 crashes.
  if (where.measured_in == canvas::unit::cells) {
    return {coloured("with points pt 0", pale_text_colour), coloured("with lines lt 1", value_colour),
            coloured("with vectors nohead", drift_colour),  coloured("with points pt 22", alarm_colour),
            coloured("with points pt 12", label_colour),    coloured("with points pt 1", anomaly_colour)};
  }
  return {coloured("with filledcurves fs solid noborder", band_colour),
          coloured("with lines lw 1.6", value_colour),
          coloured("with vectors nohead lw 2.2", drift_colour),
          coloured("with points pt 11 ps 1.3", alarm_colour),
          coloured("with points pt 6 ps 1.5 lw 1.2", label_colour),
          coloured("with points pt 7 ps 0.9", anomaly_colour)};
}

// Where one panel stands, in parts of the screen.
struct place {
  double left, bottom, width, height;
};

struct grid {
  std::size_t columns = 1;
  std::size_t rows = 1;
  double heading = 0;  // height of the strip above, in parts of the screen

  place of(std::size_t panel) const {
    const double width = 1.0 / static_cast<double>(columns);
    const double height = (1.0 - heading) / static_cast<double>(rows);
    const auto row = static_cast<double>(panel / columns);
    return {static_cast<double>(panel % columns) * width, 1.0 - heading - (row + 1) * height, width, height};
  }
};

std::size_t columns_for(std::size_t panels) {
  if (panels <= 3) return 1;
  if (panels <= 8) return 2;
  return panels <= 12 ? 3 : 4;
}

std::size_t columns_on(const canvas& where, std::size_t panels) {
  if (where.measured_in == canvas::unit::pixels) return columns_for(panels);
  const std::size_t fit = std::max(1U, where.width / panel_columns_min);
  const std::size_t rows = std::max(1U, (where.height - std::min(heading_rows, where.height)) / panel_rows_min);
  return std::min(fit, (panels + rows - 1) / rows);
}

grid grid_for(const canvas& where, std::size_t panels) {
  grid made;
  made.columns = std::max<std::size_t>(1, columns_on(where, panels));
  made.rows = std::max<std::size_t>(1, (panels + made.columns - 1) / made.columns);
  const double strip = where.measured_in == canvas::unit::pixels ? heading_pixels : heading_rows;
  made.heading = std::min(0.4, strip / std::max(1U, where.height));
  return made;
}

std::string short_number(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 6);
  return {text.data(), end.ptr};
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

std::string newest(const series& shown) {
  const sample& last = shown.samples().back();
  return "n " + std::to_string(last.n) + "   last " + short_number(last.value) + "   ";
}

std::string totals_text(const series& shown) {
  const series_totals& totals = shown.totals();
  return counted(totals.anomalies, "anomaly", "anomalies") + "   " + counted(totals.drifts, "drift", "drifts") + "   " +
         counted(totals.alarms, "alarm", "alarms");
}

// "2026-11-21 19:52:24", and of the second only what differs. Empty for times beyond the calendar.
std::string time_span(const series& shown) {
  const std::int64_t first = shown.samples().front().ts;
  const std::int64_t last = shown.samples().back().ts;
  if (!limits::is_event_time(first) || !limits::is_event_time(last)) return {};
  constexpr std::size_t to_seconds = 19;
  constexpr std::size_t to_day = 10;
  std::string from = to_rfc3339(first).substr(0, to_seconds);
  std::string to = to_rfc3339(last).substr(0, to_seconds);
  if (from.compare(0, to_day, to, 0, to_day) == 0) to.erase(0, to_day + 1);
  std::ranges::replace(from, 'T', ' ');
  std::ranges::replace(to, 'T', ' ');
  return from + " to " + to + " UTC";
}

std::string name_of_panel(const series& shown) {
  return shown.feature().empty() ? shown.stream() : shown.stream() + " \xc2\xb7 " + shown.feature();
}

std::string time_format(const axis_range& x) {
  constexpr double minute = 60;
  constexpr double day = 86'400;
  const double span = x.most - x.least;
  if (span > 300 * day) return "%Y-%m-%d";
  if (span > 3 * day) return "%m-%d";
  return span > 10 * minute ? "%H:%M" : "%H:%M:%S";
}

void append_range(std::string_view axis, const axis_range& range, std::string& out) {
  out += "set ";
  out += axis;
  out += "range [";
  append_plain(range.least, out);
  out += ':';
  append_plain(range.most, out);
  out += "]\n";
}

void append_place(const place& at, std::string& out) {
  out += "set origin ";
  append_plain(at.left, out);
  out += ',';
  append_plain(at.bottom, out);
  out += "\nset size ";
  append_plain(at.width, out);
  out += ',';
  append_plain(at.height, out);
  out += '\n';
}

// What the panel's edges need, in pixels: numbers at the left, title above, tics and caption below.
void append_margins(const place& at, const canvas& where, std::string& out) {
  if (where.measured_in == canvas::unit::cells) {
    out += "set lmargin 9\nset rmargin 1\nset tmargin 1\nset bmargin 2\n";
    return;
  }
  const auto edge = [&out](std::string_view name, double at_screen) {
    out += "set ";
    out += name;
    out += " at screen ";
    append_plain(at_screen, out);
    out += '\n';
  };
  const double width = std::max(1U, where.width);
  const double height = std::max(1U, where.height);
  edge("lmargin", at.left + 74 / width);
  edge("rmargin", at.left + at.width - 18 / width);
  edge("tmargin", at.bottom + at.height - 28 / height);
  edge("bmargin", at.bottom + 44 / height);
}

void append_label(std::string_view tag, const std::string& text_in_quotes, std::string_view rest, std::string& out) {
  out += "set label ";
  out += tag;
  out += ' ';
  out += text_in_quotes;
  out += ' ';
  out += rest;
  out += " noenhanced front\n";
}

void append_titles(const series& shown, const place& at, const canvas& where, std::string& out) {
  std::string figures = newest(shown) + totals_text(shown);
  if (where.measured_in == canvas::unit::cells) {
    const auto columns = static_cast<std::size_t>(at.width * where.width);
    const std::size_t rest = columns > figures.size() + 24 ? columns - figures.size() - 14 : 10;
    append_label("1", quoted(name_of_panel(shown) + "   " + figures, rest + 3 + figures.size()),
                 "at graph 0, graph 1 left offset character 0, character 1", out);
    return;
  }
  const double pixels = at.width * where.width - 92;
  // The two share a line: a character is some 7.6 pixels wide in the name's font, 5.8 in the figures'. Where that
  // leaves little for the name, the curve's end must tell the newest.
  const auto left = [&] { return (pixels - 5.8 * static_cast<double>(figures.size())) / 7.6; };
  if (left() < 22) figures = totals_text(shown);
  const auto characters = static_cast<std::size_t>(std::clamp(left(), 8.0, 110.0));
  append_label("1", quoted(name_of_panel(shown), characters),
               "at graph 0, graph 1 left offset character 0, character 0.7 font ',11' textcolor rgb '" +
                   std::string(text_colour) + "'",
               out);
  append_label("2", quoted(figures, figures.size()),
               "at graph 1, graph 1 right offset character 0, character 0.7 font ',9' textcolor rgb '" +
                   std::string(pale_text_colour) + "'",
               out);
}

void append_x_axis(const series& shown, const script_settings& settings, const panel_ranges& ranges, std::string& out) {
  append_range("x", ranges.x, out);
  if (settings.axis == x_axis::time) {
    out += "set xtics time format '" + time_format(ranges.x) + "'\n";
  } else {
    out += "set format x '%.0f'\n";
  }
  const std::string axis = settings.axis == x_axis::time ? "" : "n,  ";
  out += "set xlabel " + quoted(axis + time_span(shown), 80) +
         " noenhanced font ',9' offset 0, character 0.4 textcolor rgb '" + std::string(pale_text_colour) + "'\n";
}

void append_panel(const series& shown, const script_settings& settings, const canvas& where, const place& at,
                  std::size_t panel, std::string& out) {
  const panel_ranges ranges = ranges_of(shown, settings);
  append_blocks(shown, settings, ranges, panel, out);
  append_place(at, out);
  append_margins(at, where, out);
  append_range("y", ranges.y, out);
  out += "unset label\n";
  append_x_axis(shown, settings, ranges, out);
  append_titles(shown, at, where, out);
  const manner how = manner_on(where);
  const std::string number = std::to_string(panel);
  const bool is_cells = where.measured_in == canvas::unit::cells;
  out += "plot $b" + number + " using 1:2" + (is_cells ? " " + how.band + ", $b" + number + " using 1:3 " : ":3 ") +
         how.band + ", \\\n";
  out += " $d" + number + " using 1:2:3:4 " + how.drift + ", \\\n";
  out += " $v" + number + " using 1:2 " + how.value + ", \\\n";
  out += " $g" + number + " using 1:2 " + how.label + ", \\\n";
  out += " $a" + number + " using 1:2 " + how.anomaly + ", \\\n";
  out += " $m" + number + " using 1:2 " + how.alarm + "\n";
}

std::string heading_text(const gallery& what, const heading& above, std::size_t shown) {
  std::string text = "spindrift   " + above.server + "   " + above.state;
  const std::size_t left_out = what.panels().size() - shown + what.others();
  if (left_out > 0) {
    text += "   and " + counted(left_out, "series", "series") +
            (what.others() >= gallery::others_max ? " or more" : "") + " not shown";
  }
  if (what.missed() > 0) text += "   missed " + counted(what.missed(), "verdict", "verdicts");
  return text;
}

// The strip above the panels: who, how it goes, and the legend. A plot of its own, so that the key belongs to no panel.
void append_heading(const gallery& what, const heading& above, const script_settings& settings, const canvas& where,
                    const grid& layout, std::size_t shown, std::string& out) {
  append_place({0, 1.0 - layout.heading, 1, layout.heading}, out);
  out += "unset border\nunset tics\nset xrange [0:1]\nset yrange [0:1]\n";
  const std::string text = heading_text(what, above, shown);
  const std::string threshold = short_number(settings.threshold);
  if (where.measured_in == canvas::unit::cells) {
    const std::string rows = std::to_string(where.height > 0 ? where.height - 1 : 0);
    const std::string next = std::to_string(where.height > 1 ? where.height - 2 : 0);
    append_label("1", quoted(text, where.width), "at character 0, character " + rows + " left", out);
    append_label("2",
                 quoted("* value   . expected and " + threshold + " sigma   A anomaly   | drift   V alarm   L labelled",
                        where.width),
                 "at character 0, character " + next + " left", out);
    out += "plot 2 with lines notitle\n";
    return;
  }
  const auto characters = static_cast<std::size_t>(std::max(20U, where.width / 8));
  append_label("1", quoted(text, characters),
               "at screen " + short_number(18.0 / std::max(1U, where.width)) + ", screen " +
                   short_number(1.0 - 18.0 / std::max(1U, where.height)) + " left font ',12' textcolor rgb '" +
                   std::string(text_colour) + "'",
               out);
  const manner how = manner_on(where);
  out += "set lmargin at screen 0\nset rmargin at screen 1\n";
  out += "set key at screen 0.995, screen " + short_number(1.0 - 44.0 / std::max(1U, where.height)) +
         " right center horizontal noenhanced font ',9' samplen 2 width -1\n";
  out += "plot keyentry " + how.value + " title 'value', keyentry " + how.band + " title 'expected \xc2\xb1 " +
         threshold + " sigma', keyentry " + how.anomaly + " title 'anomaly', keyentry " +
         coloured("with lines lw 2.2", drift_colour) + " title 'drift', keyentry " + how.alarm +
         " title 'alarm', keyentry " + how.label + " title 'labelled', 2 with lines notitle\n";
  out += "unset key\n";
}

}  // namespace

std::size_t panels_that_fit(const canvas& where) {
  if (where.measured_in == canvas::unit::pixels) return gallery::panels_max;
  const std::size_t columns = std::max(1U, where.width / panel_columns_min);
  const std::size_t rows = std::max(1U, (where.height - std::min(heading_rows, where.height)) / panel_rows_min);
  return std::min(columns * rows, gallery::panels_max);
}

canvas picture_canvas(std::size_t panels) {
  const std::size_t columns = columns_for(panels);
  const std::size_t rows = std::max<std::size_t>(1, (panels + columns - 1) / columns);
  const unsigned panel_height = rows == 1 ? 480 : (rows == 2 ? 330 : 250);
  const unsigned width = columns <= 1 ? 1'200 : (columns == 2 ? 1'400 : 1'800);
  return {canvas::unit::pixels, width,
          static_cast<unsigned>(heading_pixels) + panel_height * static_cast<unsigned>(rows)};
}

std::string draw(const gallery& what, const heading& above, const script_settings& settings, const canvas& where) {
  const std::size_t shown = std::min(what.panels().size(), panels_that_fit(where));
  const grid layout = grid_for(where, shown);
  std::string out;
  out.reserve(4'096 + shown * 64 * 1'024);
  out += "reset\nset encoding utf8\nunset key\nset multiplot\n";
  append_heading(what, above, settings, where, layout, shown, out);
  const bool is_cells = where.measured_in == canvas::unit::cells;
  out += is_cells ? "set border 3\nset tics nomirror scale 0.5\n"
                  : "set border 3 lc rgb '#808890'\nset tics nomirror out scale 0.6 font ',9' textcolor rgb '#404850'\n"
                    "set grid lc rgb '#e6e8ec' lt 1 lw 0.8\n";
  out += "set ytics autofreq\nset xtics autofreq\n";
  for (std::size_t panel = 0; panel < shown; ++panel) {
    append_panel(what.panels()[panel], settings, where, layout.of(panel), panel, out);
  }
  if (shown == 0) {
    append_place(layout.of(0), out);
    out += "unset label\nset label 1 'no verdict yet' at graph 0.5, graph 0.5 center\nplot 2 with lines notitle\n";
  }
  out += "unset multiplot\n";
  return out;
}

}  // namespace spindrift
