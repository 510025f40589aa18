// Keeps all streams and ranks them.
#include "visualizer/series/stream_board.hpp"

#include <algorithm>
#include <cctype>
#include <tuple>
#include <utility>

#include "common/model/pattern.hpp"
#include "visualizer/series/verdict_sample.hpp"

namespace spindrift {
namespace {

std::string lowered(std::string_view text) {
  std::string low(text);
  for (char& c : low) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return low;
}

bool is_glob(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

// What it is ranked by: open events first, then what was told lately and fades, then what was flagged last.
std::tuple<unsigned, double, std::int64_t> rank_of(const board_stream& of, std::int64_t now_ms) {
  const std::int64_t age = now_ms - of.recent_ms;
  const double left = 1.0 - static_cast<double>(age) / static_cast<double>(stream_board::recent_span_ms);
  return {of.open_severity, of.recent_severity == 0 || left <= 0 ? 0.0 : of.recent_severity * left, of.flagged_ms};
}

}  // namespace

bool board_stream::is_stale(std::int64_t now_ms) const {
  return interval_ms > 0 && static_cast<double>(now_ms - heard_ms) > std::max(1'000.0, 3 * interval_ms);
}

board_stream* stream_board::entry_of(std::string_view name) {
  const auto at = by_name_.find(name);
  if (at != by_name_.end()) return at->second;
  if (streams_.size() == streams_max) return nullptr;
  board_stream* const made = streams_.emplace_back(std::make_unique<board_stream>()).get();
  made->name = name;
  by_name_.emplace(made->name, made);
  return made;
}

const board_stream* stream_board::stream_named(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : at->second;
}

std::size_t stream_board::points_of_series() const {
  return std::max(std::min(points_min, points_max_),
                  std::min(points_max_, samples_max / std::max<std::size_t>(1, series_)));
}

void stream_board::hear(const verdict& judged, std::span<const feature_band> bands, std::int64_t now_ms) {
  if (judged.dup) return;
  const point& subject = judged.subject;
  board_stream* const into = entry_of(subject.stream);
  if (into == nullptr) {
    ++others_;
    return;
  }
  const std::size_t width = subject.is_multivariate() ? subject.values.size() : 1;
  const std::size_t points = points_of_series();
  bool is_new = false;
  for (std::size_t i = 0; i < width; ++i) {
    const std::string_view name = subject.is_multivariate() ? subject.values[i].name : std::string_view();
    std::size_t at = i;
    if (at >= into->features.size() || into->features[at].feature() != name) {
      const auto known = std::find_if(into->features.begin(), into->features.end(),
                                      [name](const series& one) { return one.feature() == name; });
      at = static_cast<std::size_t>(known - into->features.begin());
    }
    if (at == into->features.size()) {
      into->features.emplace_back(into->name, std::string(name), points);
      into->bands.emplace_back();
      ++series_;
    }
    series& shown = into->features[at];
    const auto made = subject.is_multivariate()
                          ? sample_of(judged, i, i < bands.size() ? &bands[i] : nullptr, into->bands[at])
                          : sample_of(judged);
    if (!made) continue;
    shown.limit(points);
    is_new = is_new || (!shown.samples().empty() && shown.samples().back().n > made->n + series::reorder_max);
    shown.add(*made);
  }
  if (is_new) ++into->restarts;
  if (is_new) into->drifts.clear();
  if (judged.n == 1 || is_new) into->is_from_start = judged.n == 1;
  if (into->heard_ms > 0) {
    const auto gap = static_cast<double>(now_ms - into->heard_ms);
    into->interval_ms =
        into->interval_ms <= 0 ? std::max(gap, 1.0) : into->interval_ms + 0.1 * (gap - into->interval_ms);
  }
  into->heard_ms = now_ms;
  if (judged.anomaly || judged.alarm) into->flagged_ms = now_ms;
  if (judged.drift) {
    into->drifts.push_back(
        {judged.n, subject.ts.value_or(0), judged.drift->width, judged.drift->mean, judged.drift->before});
    if (into->drifts.size() > board_stream::drifts_max) into->drifts.pop_front();
  }
}

void stream_board::tell(stream_event told, bool is_news, std::int64_t now_ms) {
  ++event_changes_;
  const auto same = std::find_if(events_.rbegin(), events_.rend(), [&](const stream_event& held) {
    return held.number == told.number && held.stream == told.stream;
  });
  if (board_stream* const of = entry_of(told.stream); of != nullptr && is_news) {
    of->recent_severity = told.severity;
    of->recent_kind = told.kind;
    of->recent_ms = now_ms;
  }
  const std::string stream = told.stream;
  if (same != events_.rend()) {
    *same = std::move(told);
  } else {
    events_.push_back(std::move(told));
    if (events_.size() > events_max) {
      const std::string gone = events_.front().stream;
      events_.pop_front();
      review(gone);
    }
  }
  review(stream);
}

// What is open of a stream, anew.
void stream_board::review(std::string_view stream) {
  const auto at = by_name_.find(stream);
  if (at == by_name_.end()) return;
  at->second->open_severity = 0;
  at->second->open_kind.clear();
  for (const stream_event& told : events_) {
    if (told.stream != stream || told.is_over() || told.severity < at->second->open_severity) continue;
    at->second->open_severity = std::max(1U, told.severity);
    at->second->open_kind = told.kind;
  }
}

void stream_board::expect_restarts() {
  for (const auto& one : streams_) {
    for (series& shown : one->features) shown.expect_restart();
  }
}

stream_board::page stream_board::find(const query& wanted, std::int64_t now_ms) const {
  const std::string match = lowered(wanted.match);
  const bool has_glob = is_glob(match);
  const pattern glob(has_glob ? match : "*");
  page found;
  for (const auto& one : streams_) {
    if (wanted.show == choice::open && one->open_severity == 0) continue;
    if (wanted.show == choice::silent && !one->is_stale(now_ms) && one->open_kind != "silent") continue;
    if (!match.empty()) {
      const std::string name = lowered(one->name);
      if (has_glob ? !glob.takes(name) : name.find(match) == std::string::npos) continue;
    }
    found.streams.push_back(one.get());
  }
  found.found = found.streams.size();
  const auto is_worse = [now_ms](const board_stream* a, const board_stream* b) {
    const auto rank_a = rank_of(*a, now_ms);
    const auto rank_b = rank_of(*b, now_ms);
    return rank_a != rank_b ? rank_a > rank_b : a->name < b->name;
  };
  const std::size_t from = std::min(wanted.from, found.found);
  const std::size_t to = std::min(found.found, from + wanted.count);
  const auto begin = found.streams.begin();
  std::partial_sort(begin, begin + static_cast<std::ptrdiff_t>(to), found.streams.end(), is_worse);
  found.streams.resize(to);
  found.streams.erase(begin, begin + static_cast<std::ptrdiff_t>(from));
  return found;
}

}  // namespace spindrift
