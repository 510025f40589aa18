// Snapshots and increments of the gallery as events.
#include "visualizer/web/feed.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "common/protocol/encode.hpp"
#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

void append_text(std::string_view key, std::string_view text, std::string& out) {
  out += key;
  if (text.size() <= event_feed::text_bytes_max) return append_json_string(text, out);
  std::size_t kept = 0;
  while (kept < event_feed::text_bytes_max) {
    const std::size_t length = utf8_length(text.substr(kept));
    kept += length == 0 ? 1 : length;
  }
  append_json_string(std::string(text.substr(0, kept)) + "\xe2\x80\xa6", out);
}

void append_count(std::string_view key, std::uint64_t count, std::string& out) {
  out += key;
  append_number(count, out);
}

std::uint64_t flags_of(const sample& shown) {
  const auto bit = [](bool is_set, sample_flag flag) { return is_set ? static_cast<std::uint64_t>(flag) : 0U; };
  return bit(shown.is_anomaly, sample_flag::anomaly) | bit(shown.is_drift, sample_flag::drift) |
         bit(shown.is_alarm, sample_flag::alarm) | bit(shown.is_labelled, sample_flag::labelled);
}

// `added`: how many of the newest samples.
void append_panel(const series& shown, std::size_t panel, std::size_t added, bool is_fresh, std::string& out) {
  if (out.back() == '}') out += ',';
  append_count(R"({"panel":)", panel, out);
  out += is_fresh ? R"(,"fresh":true)" : R"(,"fresh":false)";
  if (is_fresh) {
    append_text(R"(,"stream":)", shown.stream(), out);
    append_text(R"(,"feature":)", shown.feature(), out);
  }
  append_count(R"(,"totals":[)", shown.totals().anomalies, out);
  append_count(",", shown.totals().drifts, out);
  append_count(",", shown.totals().alarms, out);
  out += R"(],"samples":[)";
  for (std::size_t i = shown.samples().size() - added; i < shown.samples().size(); ++i) {
    if (out.back() == ']') out += ',';
    begin_sample(shown.samples()[i], out);
    out += ']';
  }
  out += "]}";
}

void append_optional(std::string_view key, const std::optional<std::uint64_t>& number, std::string& out) {
  if (number) append_count(key, *number, out);
}

// All of them: there are few, and a change may be in their middle.
void append_events(const gallery& shown, std::string& out) {
  out += R"(,"events":[)";
  for (const stream_event& told : shown.events()) {
    if (out.back() == '}') out += ',';
    append_event(told, out);
  }
  out += ']';
}

void open_event(std::uint64_t number, bool is_full, const std::string& about, std::string& out) {
  append_count(R"(data: {"at":)", number, out);
  out += is_full ? R"(,"full":true)" : R"(,"full":false)";
  out += about;
  out += R"(,"panels":[)";
}

constexpr std::string_view event_end = "}\n\n";

}  // namespace

void begin_sample(const sample& shown, std::string& out) {
  append_count("[", shown.n, out);
  out += ',';
  append_number(shown.ts, out);
  out += ',';
  append_number(shown.value, out);
  append_count(",", flags_of(shown), out);
  if (shown.is_banded) {
    out += ',';
    append_number(shown.expected, out);
    out += ',';
    append_number(shown.sigma, out);
  }
}

void append_event(const stream_event& told, std::string& out) {
  append_count(R"({"event":)", told.number, out);
  append_text(R"(,"stream":)", told.stream, out);
  append_text(R"(,"feature":)", told.feature, out);
  append_text(R"(,"kind":)", told.kind, out);
  append_text(R"(,"direction":)", told.direction, out);
  append_text(R"(,"text":)", told.text, out);
  append_count(R"(,"severity":)", told.severity, out);
  append_count(R"(,"told_n":)", told.told_n, out);
  out += R"(,"told":)";
  append_number(told.told, out);
  append_count(R"(,"from_n":)", told.from_n, out);
  out += R"(,"from":)";
  append_number(told.from, out);
  append_optional(R"(,"to_n":)", told.to_n, out);
  if (told.to) {
    out += R"(,"to":)";
    append_number(*told.to, out);
  }
  out += told.is_over() ? R"(,"over":true})" : R"(,"over":false})";
}

std::string event_feed::snapshot(const gallery& shown, const heading& above) const {
  // How long a browser waits before it comes again, in milliseconds.
  std::string out = "retry: 1000\n";
  open_event(increments_, true, about(shown, above), out);
  for (std::size_t panel = 0; panel < shown.panels().size(); ++panel) {
    const series& panel_series = shown.panels()[panel];
    append_panel(panel_series, panel, std::min(panel_series.samples().size(), points_of(shown)), true, out);
  }
  out += ']';
  append_events(shown, out);
  out += event_end;
  return out;
}

std::string event_feed::increment(const gallery& shown, const heading& above) {
  const std::string about_now = about(shown, above);
  std::string out;
  open_event(increments_ + 1, false, about_now, out);
  const std::size_t size_before = out.size();
  for (std::size_t panel = 0; panel < shown.panels().size(); ++panel) {
    append_added(shown.panels()[panel], panel, points_of(shown), out);
    if (panel == sent_.size()) sent_.emplace_back();
    sent_[panel] = position_of(shown.panels()[panel]);
  }
  const bool has_events = shown.event_changes() != event_changes_sent_;
  if (out.size() == size_before && about_now == about_sent_ && !has_events) return {};
  about_sent_ = about_now;
  ++increments_;
  out += ']';
  if (has_events) append_events(shown, out);
  event_changes_sent_ = shown.event_changes();
  out += event_end;
  return out;
}

event_feed::position event_feed::position_of(const series& panel) {
  return {panel.generation(), panel.arrivals(), panel.totals()};
}

std::size_t event_feed::points_of(const gallery& shown) {
  return std::min(shown.points_max(), samples_max / std::max<std::size_t>(1, shown.panels().size()));
}

// What every event says of the whole, as JSON members.
std::string event_feed::about(const gallery& shown, const heading& above) const {
  std::string out;
  append_text(R"(,"server":)", above.server, out);
  append_text(R"(,"state":)", above.state, out);
  out += R"(,"threshold":)";
  append_number(settings_.threshold, out);
  out += settings_.axis == x_axis::time ? R"(,"axis":"time")" : R"(,"axis":"n")";
  append_count(R"(,"points":)", points_of(shown), out);
  append_count(R"(,"others":)", shown.others(), out);
  append_count(R"(,"missed":)", shown.missed(), out);
  return out;
}

void event_feed::append_added(const series& panel_series, std::size_t panel, std::size_t points,
                              std::string& out) const {
  const std::size_t held = std::min(panel_series.samples().size(), points);
  if (panel >= sent_.size() || sent_[panel].generation != panel_series.generation()) {
    return append_panel(panel_series, panel, held, true, out);
  }
  if (sent_[panel] == position_of(panel_series)) return;
  const std::uint64_t added = panel_series.arrivals() - sent_[panel].arrivals;
  const bool is_all_new = added >= held;
  append_panel(panel_series, panel, is_all_new ? held : static_cast<std::size_t>(added), is_all_new, out);
}

}  // namespace spindrift
