// Writes the page's answers.
#include "visualizer/web/board_answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "common/net/http_query.hpp"
#include "common/protocol/encode.hpp"
#include "visualizer/web/feed.hpp"

namespace spindrift {
namespace {

void put(std::string_view key, std::string_view text, std::string& out) {
  out += key;
  append_json_string(text, out);
}
template <class Number>
void put_number(std::string_view key, Number number, std::string& out) {
  out += key;
  append_number(number, out);
}
void put_count(std::string_view key, std::size_t number, std::string& out) {
  put_number(key, static_cast<std::uint64_t>(number), out);
}
void put_double(double number, std::string& out) {
  if (std::isfinite(number)) {
    append_number(number, out);
  } else {
    out += "null";
  }
}

void append_sample(const sample& shown, std::string& out) {
  begin_sample(shown, out);
  if (shown.is_banded) {
    out += ',';
    put_double(shown.z, out);
    out += ',';
    put_double(shown.score, out);
  } else if (shown.count > 1) {
    out += ",null,null,null,null";
  }
  if (shown.count > 1) {
    put_number(",", shown.count, out);
    put_number(",", shown.low, out);
    put_number(",", shown.high, out);
  }
  out += ']';
}

void append_words(const board_stream& shown, std::string& out) {
  if (!shown.title.empty()) put(",\"title\":", shown.title, out);
  if (!shown.unit.empty()) put(",\"unit\":", shown.unit, out);
}

void append_row(const board_stream& shown, std::int64_t now_ms, std::string& out) {
  if (out.back() == '}') out += ',';
  put("{\"stream\":", shown.name, out);
  append_words(shown, out);
  put_count(",\"features\":", shown.features.size(), out);
  const bool is_empty = shown.features.empty() || shown.features.front().samples().empty();
  out += ",\"value\":[";
  for (std::size_t i = 0; i < std::min<std::size_t>(3, shown.features.size()); ++i) {
    if (shown.features[i].samples().empty()) continue;
    if (out.back() != '[') out += ',';
    append_number(shown.features[i].samples().back().value, out);
  }
  out += ']';
  put_number(",\"ts\":", is_empty ? std::int64_t{0} : shown.features.front().samples().back().ts, out);
  put_number(",\"age\":", shown.heard_ms == 0 ? std::int64_t{-1} : now_ms - shown.heard_ms, out);
  put_number(",\"every\":", static_cast<std::int64_t>(shown.interval_ms), out);
  out += shown.is_stale(now_ms) ? ",\"stale\":true" : ",\"stale\":false";
  put_count(",\"open\":", shown.open_severity, out);
  const bool is_recent = now_ms - shown.recent_ms < stream_board::recent_span_ms;
  put_count(",\"recent\":", is_recent ? shown.recent_severity : 0, out);
  put(",\"kind\":", shown.open_severity > 0 ? shown.open_kind : is_recent ? shown.recent_kind : "", out);
  out += ",\"spark\":[";
  if (!is_empty) {
    const auto& samples = shown.features.front().samples();
    for (std::size_t i = samples.size() - std::min(samples.size(), board_answer::spark_points); i < samples.size();
         ++i) {
      if (out.back() != '[') out += ',';
      append_derived(samples[i].value, out);
    }
  }
  out += "]}";
}

bool has_text(const std::string& of, const std::string& part) {
  return part.empty() ||
         std::search(of.begin(), of.end(), part.begin(), part.end(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
         }) != of.end();
}

}  // namespace

std::string board_answer::streams(std::string_view query) const {
  const std::string show = query_text(query, "show");
  stream_board::query wanted;
  wanted.match = query_text(query, "match");
  if (show == "open") wanted.show = stream_board::choice::open;
  if (show == "silent") wanted.show = stream_board::choice::silent;
  wanted.from = query_number(query, "from", 0, stream_board::streams_max);
  wanted.count = query_number(query, "count", 50, rows_max);
  const stream_board::page found = board.find(wanted, now_ms);
  std::string out;
  put("{\"server\":", above.server, out);
  put(",\"state\":", above.state, out);
  put_number(",\"threshold\":", settings.threshold, out);
  put_count(",\"streams\":", board.stream_count(), out);
  put_count(",\"found\":", found.found, out);
  put_number(",\"others\":", board.others(), out);
  put_number(",\"missed\":", board.missed(), out);
  put_number(",\"changes\":", board.event_changes(), out);
  put(",\"page\":", public_url, out);
  out += ",\"rows\":[";
  for (const board_stream* const one : found.streams) append_row(*one, now_ms, out);
  return out + "]}";
}

std::string board_answer::points(std::string_view query) const {
  std::string out;
  append_points(query_text(query, "stream"), query_number(query, "after", 0, UINT64_MAX), out);
  return out;
}

std::string board_answer::charts(std::string_view query) const {
  const std::vector<std::string> names = query_texts(query, "stream");
  const std::vector<std::string> after = query_texts(query, "after");
  std::string out = "{\"streams\":[";
  for (std::size_t i = 0; i < std::min(names.size(), charts_max); ++i) {
    if (i > 0) out += ',';
    const std::string_view number = i < after.size() ? after[i] : std::string_view("0");
    std::uint64_t known = 0;
    std::from_chars(number.data(), number.data() + number.size(), known);
    append_points(names[i], known, out);
  }
  return out + "]}";
}

void board_answer::append_points(const std::string& name, std::uint64_t after, std::string& out) const {
  const board_stream* const shown = board.stream_named(name);
  put("{\"stream\":", name, out);
  if (shown != nullptr) append_words(*shown, out);
  put_number(",\"restarts\":", shown == nullptr ? std::uint64_t{0} : shown->restarts, out);
  put_number(",\"age\":", shown == nullptr || shown->heard_ms == 0 ? std::int64_t{-1} : now_ms - shown->heard_ms, out);
  out += shown != nullptr && shown->is_stale(now_ms) ? ",\"stale\":true" : ",\"stale\":false";
  out += shown != nullptr && shown->is_from_start ? ",\"begun\":true" : ",\"begun\":false";
  out += ",\"features\":[";
  if (shown == nullptr) {
    out += "],\"drifts\":[]}";
    return;
  }
  for (const series& feature : shown->features) {
    if (out.back() == '}') out += ',';
    put("{\"feature\":", feature.feature(), out);
    out += ",\"samples\":[";
    const auto& samples = feature.samples();
    const auto first = std::ranges::upper_bound(samples, after, {}, &sample::n);
    const auto least = samples.end() - static_cast<std::ptrdiff_t>(std::min(samples.size(), points_max));
    for (auto at = std::max(first, least); at != samples.end(); ++at) {
      if (out.back() == ']') out += ',';
      append_sample(*at, out);
    }
    out += "]}";
  }
  out += "],\"drifts\":[";
  for (const board_drift& cut : shown->drifts) {
    if (out.back() == ']') out += ',';
    put_number("[", cut.n, out);
    put_number(",", cut.ts, out);
    for (const double number : {cut.width, cut.mean, cut.before}) {
      out += ',';
      put_double(number, out);
    }
    out += ']';
  }
  out += "]}";
}

std::string board_answer::events(std::string_view query) const {
  const std::string match = query_text(query, "match");
  const std::string stream = query_text(query, "stream");
  const std::string kind = query_text(query, "kind");
  const std::uint64_t severity = query_number(query, "severity", 0, 100);
  const bool is_open_only = query_text(query, "show") == "open";
  std::size_t found = 0;
  std::string rows;
  for (auto told = board.events().rbegin(); told != board.events().rend(); ++told) {
    if (told->severity < severity || (is_open_only && told->is_over()) || (!kind.empty() && told->kind != kind))
      continue;
    if ((!stream.empty() && told->stream != stream) || !has_text(told->stream, match)) continue;
    if (++found > events_max) continue;
    if (!rows.empty()) rows += ',';
    append_event(*told, rows);
  }
  std::string out;
  put_number("{\"changes\":", board.event_changes(), out);
  put_count(",\"found\":", found, out);
  return out + ",\"events\":[" + rows + "]}";
}

}  // namespace spindrift
