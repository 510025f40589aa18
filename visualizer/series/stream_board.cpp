// Keeps all streams and ranks them.
#include "visualizer/series/stream_board.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <tuple>
#include <utility>

#include "common/model/pattern.hpp"
#include "common/model/verdict.hpp"
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
  made->low_name = lowered(name);
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

// What comes of a stream both ways has each point once. While aggregates come for all, verdicts of one count from the
// aggregate on within which the first of them is; then its aggregates are left out, until no verdicts come any more.
bool stream_board::is_here(board_stream& into, std::uint64_t n, board_span& stands_for, std::int64_t now_ms) const {
  const auto is_behind = [n](std::uint64_t newest) { return n <= newest && newest - n <= series::reorder_max; };
  if (stands_for.extents.empty()) {
    into.line_ms = now_ms;
    if (!is_summed_) into.has_lines = true;
    if (!into.has_lines) into.waiting_n = n;
    if (!into.has_lines || is_behind(into.summed_n)) return true;
    // Verdicts that overtook the aggregate before them, on the other connection, are part of the first that counts.
    if (into.summed_n > 0 && into.waiting_n > into.summed_n && n > into.summed_n) stands_for.count = n - into.summed_n;
    into.summed_n = into.waiting_n = 0;
    into.line_n = n;
    return false;
  }
  const bool has_come = into.line_ms >= summed_from_ms_ && now_ms - into.line_ms < line_span_ms;
  if (into.has_lines && is_behind(into.line_n) && now_ms - into.line_ms < line_memory_ms) return true;
  if (into.has_lines && has_come) {
    into.left_out_n = n;
    return true;
  }
  // What was left out in wait for verdicts that did not come is part of this one.
  if (into.left_out_n > into.line_n && n > into.left_out_n) stands_for.count = n - into.line_n;
  into.left_out_n = 0;
  into.has_lines = has_come;
  into.line_n = 0;
  into.summed_n = n;
  return false;
}

// True: the stream began anew.
bool stream_board::add_samples(const verdict& judged, std::span<const feature_band> bands, const board_span& stands_for,
                               board_stream& into) {
  const point& subject = judged.subject;
  const std::size_t width = subject.is_multivariate() ? subject.values.size() : 1;
  const std::size_t points = points_of_series();
  bool is_new = false;
  for (std::size_t i = 0; i < width; ++i) {
    const std::string_view name = subject.is_multivariate() ? subject.values[i].name : std::string_view();
    std::size_t at = i;
    if (at >= into.features.size() || into.features[at].feature() != name) {
      const auto known = std::find_if(into.features.begin(), into.features.end(),
                                      [name](const series& one) { return one.feature() == name; });
      at = static_cast<std::size_t>(known - into.features.begin());
    }
    if (at == into.features.size()) {
      into.features.emplace_back(into.name, std::string(name), points).entitle(into.title, into.unit);
      into.bands.emplace_back();
      ++series_;
    }
    series& shown = into.features[at];
    auto made = subject.is_multivariate() ? sample_of(judged, i, i < bands.size() ? &bands[i] : nullptr, into.bands[at])
                                          : sample_of(judged);
    if (!made) continue;
    if (i < stands_for.extents.size()) {
      made->count = stands_for.count;
      made->low = stands_for.extents[i].low;
      made->high = stands_for.extents[i].high;
    } else if (stands_for.count > 1) {
      made->count = stands_for.count;
      made->low = made->high = made->value;
    }
    shown.limit(points);
    is_new = is_new || (!shown.samples().empty() && shown.samples().back().n > made->n + series::reorder_max);
    shown.add(*made);
  }
  return is_new;
}

bool stream_board::hear(const verdict& judged, std::span<const feature_band> bands, std::int64_t now_ms,
                        board_span stands_for) {
  if (judged.dup) return false;
  board_stream* const into = entry_of(judged.subject.stream);
  if (into == nullptr) {
    others_ += stands_for.count;
    return false;
  }
  if (is_here(*into, judged.n, stands_for, now_ms)) return false;
  const bool is_new = add_samples(judged, bands, stands_for, *into);
  if (is_new) ++into->restarts;
  if (is_new) into->drifts.clear();
  if (judged.n == stands_for.count || is_new) into->is_from_start = judged.n == stands_for.count;
  if (into->heard_ms > 0) {
    const auto gap = static_cast<double>(now_ms - into->heard_ms);
    into->interval_ms =
        into->interval_ms <= 0 ? std::max(gap, 1.0) : into->interval_ms + 0.1 * (gap - into->interval_ms);
  }
  into->heard_ms = now_ms;
  if (judged.anomaly || judged.alarm) into->flagged_ms = now_ms;
  // Of a drift within an aggregate the width is not known.
  if (judged.drift && std::isfinite(judged.drift->width)) {
    into->drifts.push_back(
        {judged.n, judged.subject.ts.value_or(0), judged.drift->width, judged.drift->mean, judged.drift->before});
    if (into->drifts.size() > board_stream::drifts_max) into->drifts.pop_front();
  } else if (judged.drift) {
    into->drifts.clear();
    into->is_from_start = false;
  }
  return true;
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
    // What is told of long ago, by the history, has its place before what was told after it.
    const auto is_later = [&](const stream_event& held) { return !is_news && held.told > told.told; };
    events_.insert(std::find_if(events_.begin(), events_.end(), is_later), std::move(told));
    if (events_.size() > events_max) {
      const std::string gone = events_.front().stream;
      events_.pop_front();
      review(gone);
    }
  }
  review(stream);
}

bool stream_board::entitle(std::string_view stream, const std::string& title, const std::string& unit) {
  const auto at = by_name_.find(stream);
  if (at == by_name_.end() || (at->second->title == title && at->second->unit == unit)) return false;
  at->second->title = title;
  at->second->unit = unit;
  for (series& shown : at->second->features) shown.entitle(title, unit);
  return true;
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
    one->summed_n = one->line_n = one->left_out_n = one->waiting_n = 0;
    one->has_lines = false;
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
      if (has_glob ? !glob.takes(one->low_name) : one->low_name.find(match) == std::string::npos) continue;
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
