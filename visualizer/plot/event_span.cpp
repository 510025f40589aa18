// Where events begin and end on a panel, and how they are marked there.
#include "visualizer/plot/event_span.hpp"

#include <algorithm>
#include <array>

#include "visualizer/plot/label.hpp"
#include "visualizer/plot/style.hpp"
#include "visualizer/plot/text_width.hpp"

namespace spindrift {
namespace {

constexpr std::size_t text_characters_max = 24;
constexpr double text_points = 8;

double begin_of(const stream_event& event, x_axis axis) {
  return axis == x_axis::time ? static_cast<double>(event.from) / 1e3 : static_cast<double>(event.from_n);
}

// One whose end is told in the other unit only ends where it was told.
double end_of(const stream_event& event, x_axis axis, double newest) {
  if (!event.is_over()) return newest;
  if (axis == x_axis::time) return static_cast<double>(event.to.value_or(event.told)) / 1e3;
  return static_cast<double>(event.to_n.value_or(event.told_n));
}

void append_rectangle(std::size_t tag, const event_span& span, std::string_view bottom, std::string_view colour,
                      std::string& out) {
  out += "set object " + std::to_string(tag) + " rectangle from ";
  append_plain(span.from, out);
  out += ", graph ";
  out += bottom;
  out += " to ";
  append_plain(span.to, out);
  out += ", graph 1 behind fc rgb '";
  out += colour;
  out += "' fs solid noborder\n";
}

void append_line(std::size_t tag, const event_span& span, std::string& out) {
  out += "set arrow " + std::to_string(tag) + " from ";
  append_plain(span.from, out);
  out += ", graph 0.97 to ";
  append_plain(span.to, out);
  out += ", graph 0.97 nohead front\n";
}

// Which line each text stands on, so that it covers none before it; of few lines, the one that is free first.
class text_lines {
public:
  std::size_t take(double begin, double width) {
    auto line = std::ranges::find_if(free_, [begin](double free) { return free <= begin; });
    if (line == free_.end()) line = std::ranges::min_element(free_);
    *line = std::max(*line, begin + width);
    return static_cast<std::size_t>(line - free_.begin());
  }

private:
  static constexpr double nowhere = -1e9;
  std::array<double, 3> free_{nowhere, nowhere, nowhere};
};

double text_width(const std::string& text, const canvas& where) {
  constexpr double apart = 0.6;
  return where.is_text() ? static_cast<double>(text.size() + 1) : pixels_of(text_points) * (width_of(text) + apart);
}

}  // namespace

std::vector<event_span> spans_of(const series& shown, const std::deque<stream_event>& events, x_axis axis,
                                 const axis_range& x) {
  std::vector<event_span> spans;
  // One point wide, it would not be seen.
  const double width_least = (x.most - x.least) * 0.004;
  for (const stream_event& event : events) {
    if (!event.is_about(shown.stream(), shown.feature())) continue;
    const double from = begin_of(event, axis);
    const double to = std::max(end_of(event, axis, x.most), from);
    if (to < x.least || from > x.most) continue;
    const double middle = from + (to - from) / 2;
    const double half = std::max((to - from) / 2, width_least / 2);
    spans.push_back({std::max(middle - half, x.least), std::min(middle + half, x.most), &event});
  }
  return spans;
}

std::string span_text(const stream_event& event) {
  std::string text = event.kind;
  if (!event.direction.empty()) text += ' ' + event.direction;
  return event.is_over() ? text : text + " \xe2\x80\xa6";
}

void append_spans(std::vector<event_span> spans, const axis_range& x, const canvas& where, double width,
                  std::string& out) {
  constexpr std::size_t tag_first = 10;  // labels 1 and 2 are the panel's titles
  std::size_t tag = tag_first;
  text_lines lines;
  std::ranges::sort(spans, {}, &event_span::from);
  for (const event_span& span : spans) {
    if (where.is_text()) {
      append_line(tag, span, out);
    } else {
      append_rectangle(2 * tag, span, "0", event_ground_colour, out);
      append_rectangle(2 * tag + 1, span, "0.97", event_colour, out);
    }
    const std::string text = harmless(span_text(*span.event), text_characters_max);
    // Towards the middle, so that it does not leave the panel.
    const double share = (span.from - x.least) / (x.most - x.least);
    const bool is_left = share < 0.8;
    const double text_from =
        is_left ? share * width : (span.to - x.least) / (x.most - x.least) * width - text_width(text, where);
    const auto line = static_cast<double>(lines.take(text_from, text_width(text, where)));
    std::string at = "at ";
    append_plain(is_left ? span.from : span.to, at);
    // Below the strip; in a picture below the alarms' marks as well.
    at += where.is_text() ? ", graph 0.97 " : ", graph " + short_number(alarm_height) + ' ';
    at += is_left ? "left offset character " : "right offset character ";
    if (where.is_text()) {
      at += (is_left ? "1, character " : "-1, character ") + short_number(-1 - line);
    } else {
      at += (is_left ? "0.3, character " : "-0.3, character ") + short_number(-1 - 0.75 * line) +
            " font ',8' textcolor rgb '" + std::string(event_colour) + "'";
    }
    append_label(std::to_string(tag), quoted(text, text_characters_max), at, out);
    ++tag;
  }
}

}  // namespace spindrift
