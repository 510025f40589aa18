// Shows a point to its stream's detectors and events, and makes the verdict of what they say.
#include "server/engine/judging.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "common/model/limit.hpp"
#include "common/model/verdict.hpp"
#include "server/detect/rounding_noise.hpp"
#include "server/engine/event_words.hpp"
#include "server/engine/stream.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {
namespace {

void fill(verdict& into, const reading& from, std::string_view feature_name) {
  into.expected = from.baseline.expected;
  into.sigma = from.baseline.sigma;
  into.z = from.baseline.z;
  into.feature = feature_name;
  into.warmup = from.baseline.warmup;
  into.score = from.score;
  // With a long --min-samples other detectors may have an opinion before the baseline has: the contract flags nothing.
  if (into.warmup) return;
  into.by = from.judged_by;
  into.anomaly = from.judged_by != 0;
  if (from.drift) into.drift = adwin_cut{from.drift->width, from.drift->mean, from.drift->before};
  into.alarm = from.alarm;
}

// A point that is near enough to what was expected, or on a side that nobody asked for, is no anomaly. Of several
// values one that is far enough will do. A cut of ADWIN is held against the level before it.
void unflag(const notice_rules& rules, std::span<const double> values, const reading& seen, verdict& of) {
  if (of.drift && !rules.takes(of.drift->mean, of.drift->before)) of.drift.reset();
  if (!of.anomaly && !of.alarm) return;
  bool is_far = rules.takes(values[seen.feature], seen.baseline.expected);
  for (std::size_t i = 0; i < seen.features.size() && !is_far; ++i) {
    const feature_reading& one = seen.features[i];
    is_far = (one.zscore_flagged || one.alarm) && rules.takes(values[i], one.baseline.expected);
  }
  if (is_far) return;
  of.anomaly = of.alarm = false;
  of.by = 0;
}

// The name as the point spells it, so that the verdict needs nothing of the stream once the lock is gone.
std::string_view feature_name_in(const point& from, const stream& of, std::size_t index) {
  if (!from.is_multivariate()) return {};
  if (from.values[index].name == of.features()[index]) return from.values[index].name;
  for (const feature& one : from.values) {
    if (one.name == of.features()[index]) return one.name;
  }
  return {};
}

// In the order in which the point has its values.
std::span<const feature_verdict> add_by_feature(const point& from, const stream& of, const reading& seen,
                                                std::vector<feature_verdict>& into) {
  const std::size_t begin = into.size();
  for (std::size_t i = 0; i < from.values.size(); ++i) {
    std::size_t at = i;
    if (from.values[i].name != of.features()[i]) {
      const std::span<const std::string> names = of.features();
      at = static_cast<std::size_t>(std::find(names.begin(), names.end(), from.values[i].name) - names.begin());
    }
    feature_verdict& made = into.emplace_back();
    made.expected = from.values[i].value;  // of a late point, which is not judged
    if (at >= seen.features.size()) continue;
    const baseline_reading& baseline = seen.features[at].baseline;
    made = {baseline.expected, baseline.sigma, baseline.z};
  }
  return std::span(into).subspan(begin);
}

// Behind the past the present begins: what was under way is over, and the time between is no silence.
void follow_learning(stream& to, bool is_learned, std::uint64_t n, std::int64_t ts) {
  const bool was_learning = to.seldom && to.seldom->learned_to != 0 && to.seldom->learned_to + 1 == n;
  if (!is_learned) {
    if (was_learning) to.events.begin_present(ts);
    return;
  }
  stream::rarities& rare = to.some();
  if (!was_learning) rare.learned_from = n;
  rare.learned_to = n;
}

}  // namespace

void judge(const point& from, stream& to, moment now, verdict& result, std::vector<event>& told,
           std::vector<feature_verdict>& by_feature) {
  std::array<double, model::features_max> ordered;
  ordered[0] = 0;  // a stream has one value at least, but GCC does not know
  const std::size_t width = to.width();
  to.order_values(from, ordered);
  to.last = ordered[0];
  to.last_ts = *result.subject.ts;
  to.seen_ms = now.steady_ms;
  if (to.seldom) to.seldom->refused = 0;
  const bool is_learned = from.is_learned;
  follow_learning(to, is_learned, result.n, *result.subject.ts);
  if (counter_rate* const rate = to.rate()) {
    const counter_rate::result found = rate->update({ordered.data(), width}, *result.subject.ts);
    if (found != counter_rate::result::rate) {
      // Nothing to judge: the detectors do not hear of it.
      result.warmup = found == counter_rate::result::none;
      result.late = found == counter_rate::result::late;
      if (from.is_multivariate()) result.by_feature = add_by_feature(from, to, reading{}, by_feature);
      return;
    }
    if (width == 1) result.rate = ordered[0];
  }
  for (double& value : std::span(ordered).first(width)) value = without_rounding_noise(value);
  const double t_seconds = static_cast<double>(*result.subject.ts) / 1000.0;
  const reading seen = to.detectors.update({ordered.data(), width}, t_seconds);
  fill(result, seen, feature_name_in(from, to, seen.feature));
  if (from.is_multivariate()) result.by_feature = add_by_feature(from, to, seen, by_feature);
  if (to.profile->has_value_rules) unflag(to.profile->rules, {ordered.data(), width}, seen, result);
  event_watch::membership belongs = to.events.update(result.n, *result.subject.ts, {ordered.data(), width}, seen, told);
  result.late = belongs.late;
  if (is_learned) {
    // The detectors have seen it; nobody hears what they think of it.
    to.events.keep_to_itself(told);
    result.anomaly = result.alarm = false;
    result.by = 0;
    result.drift.reset();
    return;
  }
  if (!told.empty() || belongs.number != 0) {
    belongs = to.events.hold_back(to.profile->rules, belongs, told);
    if (to.profile->has_words()) add_words(*to.profile, to.name, told);
  }
  result.event = belongs.number;
  result.kind = belongs.kind;
}

void tell(const point& from, const stream& of, std::size_t point, std::vector<event>& notices,
          std::vector<told_event>& into) {
  for (event& notice : notices) {
    const bool is_of_all = notice.kind == event_kind::silent || notice.kind == event_kind::unreadable;
    const std::string_view feature = is_of_all ? std::string_view() : feature_name_in(from, of, notice.feature);
    into.push_back({point, feature, std::move(notice)});
  }
  notices.clear();
}

}  // namespace spindrift
