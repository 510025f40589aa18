// Holds the events of verdicts against what was injected.
#include "client/event_score.hpp"

#include <algorithm>
#include <utility>

#include "client/median.hpp"

namespace spindrift {

std::optional<double> event_score::kind_count::delay_median() const {
  return median_of(delays);
}

std::optional<double> event_score::kind_count::notices_an_event() const {
  if (told == 0) return std::nullopt;
  return static_cast<double>(notices) / static_cast<double>(told);
}

event_score::event_score(std::size_t streams, std::vector<injection> injected, bool has_truth)
    : has_truth_(has_truth), injected_(std::move(injected)), streams_(streams) {
  std::stable_sort(injected_.begin(), injected_.end(),
                   [](const injection& a, const injection& b) { return begin_of(a) < begin_of(b); });
  for (std::size_t i = 0; i < injected_event_count; ++i) {
    kinds_.push_back({std::string(name_of(static_cast<injected_event>(i)))});
  }
  kinds_.push_back({"point"});
}

void event_score::note_time(std::size_t stream, std::int64_t ts) {
  stream_state& of = streams_[stream];
  of.first = std::min(of.first, ts);
  of.last = std::max(of.last, ts);
}

void event_score::judge(std::size_t stream, std::uint64_t number, bool is_anomalous, std::uint64_t event,
                        std::string_view kind) {
  stream_state& of = streams_[stream];
  while (of.reached < injected_.size() && begin_of(injected_[of.reached]) <= number) {
    ++kinds_[static_cast<std::size_t>(injected_[of.reached++].kind)].injected;
  }
  if (is_anomalous) {
    // Neighbours are one event to whoever is told.
    if (of.anomalous_at == 0 || number - of.anomalous_at > spike_points) {
      ++kinds_.back().injected;
      of.is_anomaly_told = false;
    }
    of.anomalous_at = number;
  }
  if (event > of.newest_event) {
    const std::uint64_t notices = event - std::exchange(of.newest_event, event);
    told_ += notices;
    take_notice(of, number, event, notices);
  }
  // An event may turn out to be of another kind.
  if (event == 0 || event != of.event_of_injection || of.right == of.told) return;
  const injected_event wanted = injected_[of.told - 1].kind;
  if (!says(kind, wanted)) return;
  of.right = of.told;
  ++kinds_[static_cast<std::size_t>(wanted)].right;
}

void event_score::take_notice(stream_state& of, std::uint64_t number, std::uint64_t event, std::uint64_t notices) {
  if (!has_truth_) return;
  if (of.reached > 0) {
    const injection& newest = injected_[of.reached - 1];
    // Time that nothing came in is no points.
    const std::uint64_t length = newest.kind == injected_event::silence ? 0 : newest.length;
    if (number <= begin_of(newest) + length + aftermath_points) {
      kind_count& counted = kinds_[static_cast<std::size_t>(newest.kind)];
      counted.notices += notices;
      if (of.told == of.reached) return;
      of.told = of.reached;
      of.event_of_injection = event;
      ++counted.told;
      counted.delays.push_back(number - begin_of(newest));
      return;
    }
  }
  if (of.anomalous_at == 0 || number - of.anomalous_at > spike_points) {
    false_ones_ += notices;
    return;
  }
  kind_count& counted = kinds_.back();
  counted.notices += notices;
  if (std::exchange(of.is_anomaly_told, true)) return;
  ++counted.told;
  ++counted.right;
  counted.delays.push_back(number - of.anomalous_at);
}

std::vector<event_score::kind_count> event_score::kinds() const {
  std::vector<kind_count> counted;
  for (const kind_count& one : kinds_) {
    if (one.injected > 0) counted.push_back(one);
  }
  return counted;
}

std::optional<double> event_score::false_a_day_and_stream() const {
  double days = 0;
  for (const stream_state& of : streams_) {
    if (of.last > of.first) days += (static_cast<double>(of.last) - static_cast<double>(of.first)) / 86'400'000.0;
  }
  if (!has_truth_ || days <= 0) return std::nullopt;
  return static_cast<double>(false_ones_) / days;
}

}  // namespace spindrift
