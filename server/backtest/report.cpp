// Draws series as SVG, and puts the page together.
#include "server/backtest/report.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "common/protocol/encode.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

constexpr double width = 1'200;
constexpr double panel_height = 250;
constexpr double left = 84;
constexpr double right = 16;
constexpr double top = 34;
constexpr double bottom = 26;

// As text of XML: no markup, no control characters, no broken UTF-8.
std::string escaped(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char c = text.front();
    if (length == 0 || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      safe += '?';
    } else if (c == '<') {
      safe += "&lt;";
    } else if (c == '&') {
      safe += "&amp;";
    } else if (c == '>') {
      safe += "&gt;";
    } else if (c == '"') {
      safe += "&quot;";
    } else {
      safe += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return safe;
}

std::string number(double value) {
  std::string text;
  append_derived(value, text);
  return text;
}

std::string place(double pixels) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", std::clamp(pixels, -10'000.0, 10'000.0));
  return text;
}

std::string time_of(double x, bool is_time) {
  if (!is_time) return number(x);
  const double bound = std::clamp(x, static_cast<double>(limits::ts_ms_min), static_cast<double>(limits::ts_ms_max));
  std::string text = to_rfc3339(static_cast<std::int64_t>(bound));
  text.resize(std::min(text.size(), text.find_first_of(".Z")));
  text[10] = ' ';  // where the date ends
  return text;
}

// As little of a time as tells ticks apart; all of it stands above the chart.
std::string tick_text(double at, double step, double span) {
  constexpr double day = 86'400'000;
  constexpr std::size_t month = 5;
  constexpr std::size_t hour = 11;
  const std::string text = time_of(at, true);
  if (step >= day) return text.substr(0, hour - 1);
  const std::size_t end = step < 60'000 ? text.size() : text.size() - 3;
  const std::size_t begin = span > day ? month : hour;
  return text.substr(begin, end - begin);
}

// 1, 2 or 5 times a power of ten.
double nice_step(double span, double count) {
  const double power = std::pow(10, std::floor(std::log10(span / count)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (power * factor * count >= span) return power * factor;
  }
  return power * 10;
}

double time_step(double span, double count) {
  constexpr double minute = 60'000;
  constexpr double hour = 60 * minute;
  constexpr double day = 24 * hour;
  for (const double step : {1'000.0, 5'000.0, 10'000.0, 30'000.0, minute, 5 * minute, 10 * minute, 30 * minute, hour,
                            3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 14 * day, 30 * day, 91 * day}) {
    if (step * count >= span) return step;
  }
  return nice_step(span, count);
}

struct frame_of {
  double x0 = 0, x1 = 1, y0 = 0, y1 = 1;
  double offset = 0;

  double x(double at) const { return left + (at - x0) / (x1 - x0) * (width - left - right); }
  double y(double at) const {
    const double inside = std::clamp(at, y0, y1);
    return offset + top + (y1 - inside) / (y1 - y0) * (panel_height - top - bottom);
  }
};

// The bulk of the values and a margin: a single absurd value does not squeeze the rest.
void choose_range(const chart_series& of, frame_of& frame) {
  std::vector<double> lows;
  std::vector<double> highs;
  for (const chart_column& one : of.columns) {
    lows.push_back(one.least);
    highs.push_back(one.most);
  }
  std::sort(lows.begin(), lows.end());
  std::sort(highs.begin(), highs.end());
  const auto share = [](const std::vector<double>& sorted, double part) {
    return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
  };
  const double bulk = share(highs, 0.98) - share(lows, 0.02);
  // No room is kept for what is beyond.
  const double least = share(lows, 0.02) - 4 * bulk;
  const double most = share(highs, 0.98) + 4 * bulk;
  frame.y0 = bulk > 0 ? *std::ranges::lower_bound(lows, least) : lows.front();
  frame.y1 = bulk > 0 ? *std::prev(std::ranges::upper_bound(highs, most)) : highs.back();
  if (!(frame.y1 - frame.y0 > 1e-12 * std::max(std::abs(frame.y0), std::abs(frame.y1)))) {
    const double half = std::max(0.5, std::abs(frame.y0) * 0.05);
    frame.y0 -= half;
    frame.y1 += half;
  }
  const double margin = 0.06 * (frame.y1 - frame.y0);
  frame.y0 -= margin;
  frame.y1 += margin;
}

void draw_axes(const chart_series& of, const frame_of& frame, bool is_time, std::string& out) {
  const std::string title = of.feature.empty() ? of.stream : of.stream + " \xc2\xb7 " + of.feature;
  out += "<text class=\"t\" x=\"" + place(left) + "\" y=\"" + place(frame.offset + 20) + "\">" + escaped(title) +
         "</text>\n";
  if (is_time) {
    out += "<text class=\"a\" text-anchor=\"end\" x=\"" + place(width - right) + "\" y=\"" + place(frame.offset + 14) +
           "\">" + time_of(frame.x0, true) + " to " + time_of(frame.x1, true) + " UTC</text>\n";
  }
  const double y_step = nice_step(frame.y1 - frame.y0, 5);
  for (double at = std::ceil(frame.y0 / y_step) * y_step; at <= frame.y1; at += y_step) {
    out += "<path class=\"g\" d=\"M" + place(left) + ' ' + place(frame.y(at)) + 'H' + place(width - right) +
           "\"/><text class=\"a\" text-anchor=\"end\" x=\"" + place(left - 6) + "\" y=\"" + place(frame.y(at) + 4) +
           "\">" + number(std::abs(at) < y_step * 1e-9 ? 0 : at) + "</text>\n";
  }
  const double x_step = is_time ? time_step(frame.x1 - frame.x0, 7) : nice_step(frame.x1 - frame.x0, 8);
  for (double at = std::ceil(frame.x0 / x_step) * x_step; at <= frame.x1; at += x_step) {
    const std::string text = is_time ? tick_text(at, x_step, frame.x1 - frame.x0) : time_of(at, false);
    out += "<path class=\"g\" d=\"M" + place(frame.x(at)) + ' ' + place(frame.offset + top) + 'V' +
           place(frame.offset + panel_height - bottom) + "\"/><text class=\"a\" text-anchor=\"middle\" x=\"" +
           place(std::clamp(frame.x(at), left + 40, width - right - 60)) + "\" y=\"" +
           place(frame.offset + panel_height - 8) + "\">" + text + "</text>\n";
  }
}

void draw_events(const chart_data& shown, const chart_series& of, const frame_of& frame, std::string& out) {
  // Above the chart, and where that is taken, inside.
  std::array<double, 2> free_at{0, 0};
  for (const chart_event& told : shown.events()) {
    if (told.stream != of.stream || (!told.feature.empty() && !of.feature.empty() && told.feature != of.feature))
      continue;
    const event& notice = told.notice;
    const auto from = static_cast<double>(shown.is_time() ? notice.from : static_cast<std::int64_t>(notice.from_n));
    double to = frame.x1;
    if (shown.is_time() ? notice.to.has_value() : notice.to_n.has_value()) {
      to = shown.is_time() ? static_cast<double>(*notice.to) : static_cast<double>(*notice.to_n);
    }
    const double begin = frame.x(from);
    const double length = std::max(3.0, frame.x(to) - begin);
    out += "<rect class=\"e\" x=\"" + place(begin) + "\" y=\"" + place(frame.offset + top) + "\" width=\"" +
           place(length) + "\" height=\"" + place(panel_height - top - bottom) + "\"><title>" + escaped(notice.text) +
           "</title></rect>\n";
    const std::string name(name_of(notice.kind));
    const auto line =
        static_cast<std::size_t>(std::ranges::find_if(free_at, [&](double x) { return begin >= x; }) - free_at.begin());
    if (line == free_at.size()) continue;
    out += "<text class=\"k\" x=\"" + place(std::min(begin, width - right - 50)) + "\" y=\"" +
           place(frame.offset + top - 3 + 22 * static_cast<double>(line)) + "\">" + name + "</text>\n";
    free_at[line] = begin + 8 * static_cast<double>(name.size());
  }
}

// How far apart two columns are at most between which the line goes on: three usual steps.
double step_max(const chart_series& of) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < of.columns.size(); ++i) steps.push_back(of.columns[i].begin - of.columns[i - 1].end);
  if (steps.empty()) return 0;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return 3 * *middle;
}

void draw_values(const chart_series& of, const frame_of& frame, std::string& out) {
  std::string upper;
  std::string lower;
  const auto end_band = [&] {
    if (!upper.empty()) out += "<path class=\"b\" d=\"M" + upper + lower + "Z\"/>\n";
    upper.clear();
    lower.clear();
  };
  std::string line;
  const double far = step_max(of);
  double last = of.columns.front().begin;
  for (const chart_column& one : of.columns) {
    const bool is_gap = far > 0 && one.begin - last > far;
    last = one.end;
    if (is_gap) end_band();
    const std::string x = place(frame.x((one.begin + one.end) / 2));
    if (one.low <= one.high) {
      upper += (upper.empty() ? "" : "L") + x + ' ' + place(frame.y(one.high));
      lower.insert(0, 'L' + x + ' ' + place(frame.y(one.low)));
    } else {
      end_band();
    }
    line += (line.empty() || is_gap ? 'M' : 'L') + x + ' ' + place(frame.y(one.least));
    if (one.most > one.least) line += 'L' + x + ' ' + place(frame.y(one.most));
  }
  end_band();
  out += "<path class=\"v\" d=\"" + line + "\"/>\n";
  for (const double at : of.drifts) {
    out += "<path class=\"d\" d=\"M" + place(frame.x(at)) + ' ' + place(frame.offset + top) + 'V' +
           place(frame.offset + panel_height - bottom) + "\"/>\n";
  }
  for (const double at : of.alarms) {
    const double x = frame.x(at);
    out += "<path class=\"l\" d=\"M" + place(x - 5) + ' ' + place(frame.offset + top) + "h10l-5 8z\"/>\n";
  }
  for (const chart_mark& one : of.anomalies) {
    out += "<circle class=\"o\" r=\"3\" cx=\"" + place(frame.x(one.x)) + "\" cy=\"" + place(frame.y(one.y)) + "\"/>\n";
  }
}

constexpr std::string_view svg_style =
    "<style>svg{background:#fff;font:12px system-ui,sans-serif}.t{font-size:14px;font-weight:600;fill:#1b1f27}"
    ".a{fill:#565e6a}.g{stroke:#e9ecf1;fill:none}.b{fill:#7aa2f0;fill-opacity:.3}.v{stroke:#1f4fd8;stroke-width:1.2;"
    "fill:none}"
    ".d{stroke:#8e24aa;stroke-width:2;fill:none}.l{fill:#e07b00}.o{fill:#e01b24}.e{fill:#00695c;fill-opacity:.18}"
    ".k{fill:#00695c;font-size:11px}</style>\n";

}  // namespace

std::string svg_of(const chart_data& shown) {
  const double height = panel_height * static_cast<double>(std::max<std::size_t>(1, shown.series().size()));
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + place(width) + ' ' + place(height) +
                    "\" width=\"" + place(width) + "\" height=\"" + place(height) + "\" role=\"img\">\n";
  out += svg_style;
  frame_of placed;
  for (const chart_series& one : shown.series()) {
    placed.x0 = one.columns.front().begin;
    placed.x1 = one.columns.front().end;
    for (const chart_column& column : one.columns) {
      placed.x0 = std::min(placed.x0, column.begin);
      placed.x1 = std::max(placed.x1, column.end);
    }
    if (placed.x1 <= placed.x0) placed.x1 = placed.x0 + 1;
    choose_range(one, placed);
    draw_axes(one, placed, shown.is_time(), out);
    draw_events(shown, one, placed, out);
    draw_values(one, placed, out);
    placed.offset += panel_height;
  }
  return out + "</svg>\n";
}

std::string html_of(const chart_data& shown, const std::string& title, const std::string& summary) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><title>";
  out += escaped(title) +
         "</title>\n<style>body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem;color:#1b1f27;background:#fff}"
         ".s{overflow-x:auto}h1,p{overflow-wrap:anywhere}svg{max-width:100%;min-width:42rem;height:auto}"
         "td:last-child{min-width:16rem}td{white-space:nowrap}td:last-child{white-space:normal}table{border-collapse:"
         "collapse}th,td{text-align:left;"
         "padding:.2rem .8rem "
         ".2rem 0;border-top:1px solid #e9ecf1;vertical-align:top}</style></head><body>\n<h1>" +
         escaped(title) + "</h1>\n<p>" + escaped(summary) + "</p>\n<div class=\"s\" tabindex=\"0\">" + svg_of(shown) +
         "</div>\n";
  out +=
      "<h2>Events</h2>\n<div class=\"s\" "
      "tabindex=\"0\"><table><tr><th>severity</th><th>kind</th><th>stream</th><th>from</th><th>to</th><th>what was "
      "told</th></tr>\n";
  std::vector<const chart_event*> sorted;
  for (const chart_event& one : shown.events()) sorted.push_back(&one);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const chart_event* a, const chart_event* b) { return a->notice.severity > b->notice.severity; });
  for (const chart_event* const one : sorted) {
    const event& told = one->notice;
    const auto when = [&](std::int64_t ts, std::uint64_t n) {
      return shown.is_time() ? time_of(static_cast<double>(ts), true) : "point " + std::to_string(n);
    };
    out += "<tr><td>" + std::to_string(told.severity) + "</td><td>" + std::string(name_of(told.kind)) + "</td><td>" +
           escaped(one->feature.empty() ? one->stream : one->stream + " \xc2\xb7 " + one->feature) + "</td><td>" +
           when(told.from, told.from_n) + "</td><td>" +
           (told.to_n || told.to ? when(told.to.value_or(told.from), told.to_n.value_or(told.from_n)) : "still open") +
           "</td><td>" + escaped(told.text) + "</td></tr>\n";
  }
  if (sorted.empty()) out += "<tr><td colspan=\"6\">none</td></tr>\n";
  return out + "</table></div>\n</body></html>\n";
}

std::optional<std::string> obstacle_to_report(const std::string& file) {
  if (!file.ends_with(".svg") && !file.ends_with(".html")) {
    return "--output: " + file + " is not allowed: give a file that ends in .svg or .html";
  }
  const std::size_t slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  const bool exists = ::access(file.c_str(), F_OK) == 0;
  if (::access(exists ? file.c_str() : folder.c_str(), W_OK) != 0) {
    return "--output: " + file + ": " + std::strerror(errno);
  }
  return std::nullopt;
}

std::optional<std::string> write_report(const std::string& file, const chart_data& shown, const std::string& title,
                                        const std::string& summary) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << (file.ends_with(".svg") ? svg_of(shown) : html_of(shown, title, summary));
  out.close();
  return out ? std::nullopt : std::optional("--output: " + file + ": " + std::strerror(errno));
}

}  // namespace spindrift
