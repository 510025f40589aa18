// Where events begin and end on a panel, and how they are marked there.
#include "visualizer/plot/event_span.hpp"

#include <algorithm>

#include "visualizer/plot/label.hpp"
#include "visualizer/plot/style.hpp"

namespace spindrift {
namespace {

constexpr std::size_t text_characters_max = 24;

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

void append_spans(const std::vector<event_span>& spans, const axis_range& x, const canvas& where, std::string& out) {
  constexpr std::size_t tag_first = 10;  // labels 1 and 2 are the panel's titles
  std::size_t tag = tag_first;
  for (const event_span& span : spans) {
    if (where.is_text()) {
      append_line(tag, span, out);
    } else {
      append_rectangle(2 * tag, span, "0", event_ground_colour, out);
      append_rectangle(2 * tag + 1, span, "0.97", event_colour, out);
    }
    // Towards the middle, so that it does not leave the panel.
    const bool is_left = span.from - x.least < (x.most - x.least) * 0.8;
    std::string at = "at ";
    append_plain(is_left ? span.from : span.to, at);
    at += ", graph 0.97 ";
    at += is_left ? "left" : "right";
    // Below the strip.
    if (where.is_text()) {
      at += " offset character 0, character -1";
    } else {
      at += std::string(" offset character ") + (is_left ? "0.3" : "-0.3") +
            ", character -0.7 font ',8' textcolor rgb '" + std::string(event_colour) + "'";
    }
    append_label(std::to_string(tag), quoted(span_text(*span.event), text_characters_max), at, out);
    ++tag;
  }
}

}  // namespace spindrift
