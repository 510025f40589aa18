// Holds verdicts against the truth.
#include "client/score.hpp"

#include <cassert>
#include <utility>

#include "client/median.hpp"

namespace spindrift {
namespace {

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::optional<double> confusion::precision() const {
  return ratio(true_positives, true_positives + false_positives);
}

std::optional<double> confusion::recall() const {
  return ratio(true_positives, true_positives + false_negatives);
}

std::optional<double> confusion::f1() const {
  if (true_positives + false_negatives == 0) return std::nullopt;
  return ratio(2 * true_positives, 2 * true_positives + false_positives + false_negatives);
}

std::optional<double> score::drift_count::delay_median() const {
  return median_of(delays);
}

score::score(std::size_t streams, const std::vector<std::string>& kinds, bool has_truth,
             std::vector<std::uint64_t> drift_points)
    : has_truth_(has_truth), drift_points_(std::move(drift_points)), streams_(streams) {
  for (const std::string& name : kinds) kinds_.push_back({name});
}

void score::judge(const judged_point& point, const verdict_flags& flags) {
  flags_ += flags.anomaly ? 1 : 0;
  alarms_ += flags.alarm ? 1 : 0;
  stream_drift& state = streams_[point.stream];
  while (state.reached < drift_points_.size() && drift_points_[state.reached] <= point.number) {
    ++state.reached;
    ++drifts_.injected;
  }
  if (flags.drift) judge_drift(point, state);
  if (!has_truth_ || point.number <= warmup_points) return;

  ++scored_;
  if (point.kind == 0) {
    overall_.false_positives += flags.anomaly ? 1 : 0;
    return;
  }
  assert(point.kind <= kinds_.size());
  kind_count& kind = kinds_[point.kind - 1U];
  ++kind.injected;
  kind.found += flags.anomaly ? 1 : 0;
  ++(flags.anomaly ? overall_.true_positives : overall_.false_negatives);
}

void score::judge_drift(const judged_point& point, stream_drift& state) {
  ++drifts_.reported;
  if (state.reached == 0) {
    ++drifts_.false_ones;
  } else if (state.found < state.reached) {
    state.found = state.reached;
    state.found_at = point.number;
    drifts_.delays.push_back(point.number - drift_points_[state.reached - 1]);
  } else if (point.number - state.found_at <= drift_echo_points) {
    ++drifts_.echoes;
  } else {
    ++drifts_.false_ones;
  }
}

confusion score::of_kind(std::size_t kind) const {
  const kind_count& counted = kinds_[kind];
  return {counted.found, overall_.false_positives, counted.injected - counted.found};
}

std::optional<double> score::false_flags_per_1000() const {
  const std::uint64_t ordinary = scored_ - overall_.true_positives - overall_.false_negatives;
  const std::optional<double> share = ratio(overall_.false_positives, ordinary);
  return share ? std::optional(*share * 1'000) : std::nullopt;
}

}  // namespace spindrift
