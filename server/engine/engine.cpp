// Numbers a batch, has it written, and shows it to the detectors.
#include "server/engine/engine.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "server/detect/prefetch.hpp"
#include "server/detect/registry.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/event_words.hpp"
#include "server/engine/profile_book.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/threshold_evidence.hpp"

namespace spindrift {
namespace {

// Locks the stripes whose bits are set, lowest first, and unlocks them when it dies.
template <class Stripes>
class stripe_guard {
public:
  stripe_guard(Stripes& stripes, std::uint64_t bits) : stripes_(stripes), bits_(bits) {
    for (std::uint64_t left = bits_; left != 0; left &= left - 1) {
      stripes_[static_cast<std::size_t>(std::countr_zero(left))].lock.lock();
    }
  }
  stripe_guard(const stripe_guard&) = delete;
  stripe_guard& operator=(const stripe_guard&) = delete;
  ~stripe_guard() {
    for (std::uint64_t left = bits_; left != 0; left &= left - 1) {
      stripes_[static_cast<std::size_t>(std::countr_zero(left))].lock.unlock();
    }
  }

private:
  Stripes& stripes_;
  std::uint64_t bits_;
};

// Points between asking for memory and using it: some 40 ns each, where memory takes 100 to 300.
constexpr std::size_t ahead = 6;

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
  if (from.values[index].name == of.features[index]) return from.values[index].name;
  for (const feature& one : from.values) {
    if (one.name == of.features[index]) return one.name;
  }
  return {};
}

// In the order in which the point has its values.
std::span<const feature_verdict> add_by_feature(const point& from, const stream& of, const reading& seen,
                                                std::vector<feature_verdict>& into) {
  const std::size_t begin = into.size();
  for (std::size_t i = 0; i < from.values.size(); ++i) {
    std::size_t at = i;
    if (from.values[i].name != of.features[i]) {
      const auto named = std::find(of.features.begin(), of.features.end(), from.values[i].name);
      at = static_cast<std::size_t>(named - of.features.begin());
    }
    feature_verdict& made = into.emplace_back();
    made.expected = from.values[i].value;  // of a late point, which is not judged
    if (at >= seen.features.size()) continue;
    const baseline_reading& baseline = seen.features[at].baseline;
    made = {baseline.expected, baseline.sigma, baseline.z};
  }
  return std::span(into).subspan(begin);
}

}  // namespace

engine::engine(const engine_settings& settings, counters& counts, point_journal* journal)
    : settings_(settings),
      profiles_(std::make_unique<const profile_book>(choice_of(settings))),
      counts_(counts),
      journal_(journal),
      streams_(std::make_unique<stream_table>(settings.name_seed)),
      grown_bytes_max_(settings.grown_bytes_max),
      streams_max_(settings.streams_max),
      idle_before_eviction_ms_(settings.idle_before_eviction.count()) {}

engine::~engine() = default;

std::size_t engine::stream_count() const {
  return streams_->size();
}

std::size_t engine::grown_bytes() const {
  return streams_->grown_bytes();
}

// Which stripes the points lie in, as bits.
std::uint64_t engine::prepare(batch& work) const {
  const std::size_t count_of_points = work.points.size();
  work.outcomes.assign(count_of_points, outcome{});
  work.told.clear();
  work.by_feature.clear();
  work.hashes.resize(count_of_points);
  work.streams.assign(count_of_points, nullptr);
  std::uint64_t stripes = 0;
  for (std::size_t i = 0; i < count_of_points; ++i) {
    const std::uint64_t hash = streams_->hash_of(work.points[i].stream);
    work.hashes[i] = hash;
    stripes |= std::uint64_t{1} << stream_table::index_of(hash);
  }
  return stripes;
}

void engine::observe(batch& work, moment now) {
  const std::uint64_t stripes = prepare(work);
  if (settings_.evicts_for_others && allowed_growth() == growth::unlimited && may_need_room(work))
    make_room(work, now, stripes);
  observe_locked(work, now, stripes);
  count(work);
}

// If every point brought a stream, would it be too much?
bool engine::may_need_room(const batch& work) const {
  if (stream_count() + work.points.size() > streams_max()) return true;
  const std::size_t bytes_max = grown_bytes_max_.load(std::memory_order_relaxed);
  if (bytes_max == 0) return false;
  std::size_t values = 0;
  for (const point& from : work.points) values += std::max<std::size_t>(from.values.size(), 1);
  return streams_->grown_bytes() + values * usual_profile()->grown_bytes(1) > bytes_max;
}

bool engine::is_reckoned_full(bool was_full) const {
  const std::size_t bytes_max = grown_bytes_max_.load(std::memory_order_relaxed);
  if (bytes_max == 0) return false;
  const std::size_t one = usual_profile()->grown_bytes(1);
  const std::size_t wanted = was_full ? std::max(one, bytes_max / 20) : one;
  return streams_->grown_bytes() + wanted > bytes_max;
}

// For the streams that the batch would bring. Those that are there have been heard of now, so none of them makes room
// for the others. Room is made before any point is numbered: applying the rest first and these afterwards would put the
// points of a producer into the journal in another order than that of their seqs.
void engine::make_room(const batch& work, moment now, std::uint64_t stripes) {
  std::vector<std::pair<std::uint64_t, std::size_t>> missing;  // the hash, and what the stream may grow to
  {
    const stripe_guard guard(streams_->stripes(), stripes);
    for (std::size_t i = 0; i < work.points.size(); ++i) {
      stream* const known = streams_->stripe_of(work.hashes[i]).streams.find(work.points[i].stream, work.hashes[i]);
      if (known == nullptr) {
        const std::size_t values = std::max<std::size_t>(work.points[i].values.size(), 1);
        missing.emplace_back(work.hashes[i], profile_of(work.points[i].stream)->grown_bytes(values));
      }
      if (known != nullptr) known->seen_ms = now.steady_ms;
    }
  }
  std::sort(missing.begin(), missing.end());
  const auto is_same = [](const auto& a, const auto& b) { return a.first == b.first; };
  missing.erase(std::unique(missing.begin(), missing.end(), is_same), missing.end());
  if (missing.empty()) return;
  const std::size_t grown_of_one = usual_profile()->grown_bytes(1);
  std::size_t count = stream_count() + missing.size();
  std::size_t bytes = streams_->grown_bytes();
  for (const auto& [hash, grown] : missing) bytes += grown;
  const std::size_t bytes_bound = grown_bytes_max_.load(std::memory_order_relaxed);
  const std::size_t bytes_max = bytes_bound == 0 ? SIZE_MAX : bytes_bound;
  const std::int64_t before_ms = now.steady_ms - idle_before_eviction_ms_.load(std::memory_order_relaxed);
  while (count > streams_max() || bytes > bytes_max) {
    // A few at a time, since what a stream gives is known only once it has gone.
    const std::size_t by_bytes =
        bytes > bytes_max ? std::min<std::size_t>((bytes - bytes_max) / grown_of_one + 1, 16) : 0;
    const std::size_t by_count = count > streams_max() ? count - streams_max() : 0;
    const std::size_t bytes_then = streams_->grown_bytes();
    const std::size_t gone = forget_idle(before_ms, std::max(by_bytes, by_count), now);
    if (gone == 0) return;
    const std::size_t given = bytes_then - std::min(bytes_then, streams_->grown_bytes());
    count -= std::min(count, gone);
    bytes -= std::min(bytes, given);
  }
}

void engine::observe_locked(batch& work, moment now, std::uint64_t stripes) {
  const stripe_guard guard(streams_->stripes(), stripes);
  number_points(work, now);
  if (journal_ != nullptr && !journal_->append(work)) return take_back(work);
  apply_points(work, now);
}

void engine::replay(batch& work, std::span<const journal_position> positions, moment now) {
  assert(positions.size() == work.points.size());
  const stripe_guard guard(streams_->stripes(), prepare(work));
  number_points(work, now, positions.data());
  apply_points(work, now, true);
}

void engine::number_points(batch& work, moment now, const journal_position* positions) {
  for (std::size_t i = 0; i < work.points.size(); ++i) {
    prefetch(work, i);
    outcome& result = work.outcomes[i];
    work.streams[i] = nullptr;
    const point& from = work.points[i];
    stream* to = nullptr;
    result.why = find_or_create(from, work.hashes[i], to);
    // One that is sent to is not idle, and must not go for another before it has its turn again.
    if (result.why == refusal::memory_full) to->seen_ms = now.steady_ms;
    if (result.why != refusal::none) continue;
    if (positions != nullptr && positions[i] <= to->journal.position) {
      result.why = refusal::nothing_sent;
      continue;
    }
    if (!to->takes(from)) {
      result.why = refusal::other_features;
      continue;
    }
    result.what.subject = from;
    if (!from.ts) {
      result.what.subject.ts = now.wall_ms;
    } else if (from.unit != time_unit::none) {
      const time_unit before = to->unit;
      if (!to->take_time(*result.what.subject.ts, from.unit)) {
        result.why = refusal::other_unit;
        continue;
      }
      if (before == time_unit::none) result.fixes = to->unit;
      if (before == time_unit::none && to->unit != time_unit::milliseconds) result.what.unit = to->unit;
    }
    // As the stream is, whatever the point says: replay knows it from here.
    result.what.subject.is_counter = to->rate != nullptr;
    result.what.n = ++to->n;
    work.streams[i] = to;
  }
}

// Of points that come after `at`: the slot of one, the stream of another that has its slot by now, and so on.
void engine::prefetch(const batch& work, std::size_t at) const {
  const std::size_t end = work.points.size();
  const auto guess = [&](std::size_t i) {
    return i < end ? streams_->stripe_of(work.hashes[i]).streams.guess(work.hashes[i]) : nullptr;
  };
  if (at + 3 * ahead < end)
    streams_->stripe_of(work.hashes[at + 3 * ahead]).streams.prefetch(work.hashes[at + 3 * ahead]);
  prefetch_object(guess(at + 2 * ahead));
  if (const stream* const next = guess(at + ahead)) {
    prefetch_bytes(next->name.data(), next->name.size());
    next->detectors.prefetch();
  }
}

refusal engine::find_or_create(const point& from, std::uint64_t hash, stream*& found) {
  name_table<stream>& table = streams_->stripe_of(hash).streams;
  found = table.find(from.stream, hash);
  if (found != nullptr) {
    hold_to_settings(*found, &from);
    return found->n < grown_points && allowed_growth() == growth::none ? refusal::memory_full : refusal::none;
  }
  if (allowed_growth() != growth::unlimited) return refusal::too_much_memory;
  shared_profile profile = profile_of(from.stream);
  const std::size_t grown = profile->grown_bytes(std::max<std::size_t>(from.values.size(), 1));
  const std::size_t bytes_max = grown_bytes_max_.load(std::memory_order_relaxed);
  const refusal why = streams_->take_place(grown, {streams_max(), bytes_max});
  if (why != refusal::none) return why;
  add(counts_.streams_created, 1);
  auto made = std::make_unique<stream>(from.stream, from, std::move(profile));
  if (made->profile->is_counted(from)) made->judge_by_rate();
  found = table.insert(std::move(made), hash);
  return refusal::none;
}

void engine::apply_points(batch& work, moment now, bool is_replay) {
  std::vector<event> told;
  std::size_t features = 0;
  for (const point& from : work.points) features += from.values.size();
  work.by_feature.reserve(features);
  for (std::size_t i = 0; i < work.points.size(); ++i) {
    const stream* const next = i + ahead < work.points.size() ? work.streams[i + ahead] : nullptr;
    if (next != nullptr) next->detectors.prefetch_windows();
    stream* const to = work.streams[i];
    if (to == nullptr) continue;
    apply(work.points[i], *to, now, work.outcomes[i].what, told, work.by_feature);
    if (told.empty()) continue;
    count_told(told, is_replay);
    complete_evidence(told, to->profile->detectors, to->features);
    tell(work.points[i], *to, i, told, work.told);
  }
}

// Moves the notices to where the others of the batch are.
void engine::tell(const point& from, const stream& of, std::size_t point, std::vector<event>& notices,
                  std::vector<told_event>& into) {
  for (event& notice : notices) {
    const bool is_of_all = notice.kind == event_kind::silent || notice.kind == event_kind::unreadable;
    const std::string_view feature = is_of_all ? std::string_view() : feature_name_in(from, of, notice.feature);
    into.push_back({point, feature, std::move(notice)});
  }
  notices.clear();
}

// Behind the past the present begins: what was under way is over, and the time between is no silence.
void engine::follow_learning(stream& to, bool is_learned, std::uint64_t n, std::int64_t ts) {
  const bool was_learning = to.learned_to != 0 && to.learned_to + 1 == n;
  if (!is_learned) {
    if (was_learning) to.events.begin_present(ts);
    return;
  }
  if (!was_learning) to.learned_from = n;
  to.learned_to = n;
}

// `by_feature` has room for the point's features: what verdicts look into must stay where it is.
void engine::apply(const point& from, stream& to, moment now, verdict& result, std::vector<event>& told,
                   std::vector<feature_verdict>& by_feature) {
  std::array<double, features_max> ordered;
  ordered[0] = 0;  // a stream has one value at least, but GCC does not know
  const std::size_t width = to.width();
  to.order_values(from, ordered);
  to.last = ordered[0];
  to.last_ts = *result.subject.ts;
  to.seen_ms = now.steady_ms;
  to.refused = 0;
  const bool is_learned = from.is_learned;
  follow_learning(to, is_learned, result.n, *result.subject.ts);
  if (to.rate) {
    const counter_rate::result found = to.rate->update({ordered.data(), width}, *result.subject.ts);
    if (found != counter_rate::result::rate) {
      // Nothing to judge: the detectors do not hear of it.
      result.warmup = found == counter_rate::result::none;
      result.late = found == counter_rate::result::late;
      if (from.is_multivariate()) result.by_feature = add_by_feature(from, to, reading{}, by_feature);
      return;
    }
    if (width == 1) result.rate = ordered[0];
  }
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

// The journal could not take the batch: the numbers are given back, newest first, and no detector has seen a point. A
// stream that had only these points goes too, since a point that was not applied must not fix its features.
void engine::take_back(batch& work) {
  for (std::size_t i = work.points.size(); i-- > 0;) {
    if (work.streams[i] == nullptr) continue;
    if (work.outcomes[i].fixes != time_unit::none) work.streams[i]->unit = time_unit::none;
    if (--work.streams[i]->n == 0) {
      streams_->erase(work.points[i].stream, work.hashes[i]);
      counts_.streams_created.fetch_sub(1, std::memory_order_relaxed);
    }
    work.streams[i] = nullptr;
    work.outcomes[i].why = refusal::storage_full;
  }
}

void engine::count(const batch& work) {
  std::uint64_t points = 0;
  std::uint64_t anomalies = 0;
  std::uint64_t drifts = 0;
  std::uint64_t alarms = 0;
  for (const outcome& one : work.outcomes) {
    if (one.why != refusal::none) continue;
    ++points;
    anomalies += one.what.anomaly ? 1U : 0U;
    drifts += one.what.drift.has_value() ? 1U : 0U;
    alarms += one.what.alarm ? 1U : 0U;
  }
  add(counts_.points, points);
  if (anomalies > 0) add(counts_.anomalies, anomalies);
  if (drifts > 0) add(counts_.drifts, drifts);
  if (alarms > 0) add(counts_.alarms, alarms);
}

}  // namespace spindrift
