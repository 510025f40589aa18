#include "server/engine/engine.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "common/model/glob.hpp"
#include "server/detect/prefetch.hpp"

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
  into.by = static_cast<std::uint8_t>(
      (from.zscore_flagged ? static_cast<unsigned>(point_detector::zscore) : 0U) |
      (from.isolation_flagged ? static_cast<unsigned>(point_detector::isolation_forest) : 0U));
  into.anomaly = into.by != 0;
  if (from.drift) into.drift = adwin_cut{from.drift->width, from.drift->mean, from.drift->before};
  into.alarm = from.alarm;
}

// The name as the point spells it, so that the verdict needs nothing of the stream once the lock is gone.
std::string_view feature_name_in(const point& from, const stream& of, std::size_t index) {
  if (!from.is_multivariate()) return {};
  if (from.values[index].name == of.features[index]) return from.values[index].name;
  for (const feature& each : from.values) {
    if (each.name == of.features[index]) return each.name;
  }
  return {};
}

}  // namespace

engine::engine(const engine_settings& settings, counters& counts, point_journal* journal)
    : settings_(settings),
      profile_(std::make_shared<const stream_profile>(settings.detectors)),
      counts_(counts),
      journal_(journal),
      hash_(settings.name_seed) {}

void engine::observe(batch& what, moment now) {
  const std::size_t count_of_points = what.points.size();
  what.outcomes.assign(count_of_points, outcome{});
  what.told.clear();
  what.hashes.resize(count_of_points);
  what.streams.assign(count_of_points, nullptr);
  std::uint64_t stripes = 0;
  for (std::size_t i = 0; i < count_of_points; ++i) {
    const std::uint64_t hash = hash_(what.points[i].stream);
    what.hashes[i] = hash;
    stripes |= std::uint64_t{1} << (hash & (stripe_count - 1));
  }
  if (stream_count() + count_of_points > settings_.streams_max && !is_closed_to_new_streams()) {
    const std::size_t wanted = stream_count() + missing_streams(what, now, stripes);
    if (wanted > settings_.streams_max) make_room(wanted - settings_.streams_max, now);
  }
  observe_locked(what, now, stripes);
  count(what);
}

// How many streams the batch would bring. Those that are there have been heard of now, so none of them makes room for
// the others. Room is made before any point is numbered: applying the rest first and these afterwards would put the
// points of a producer into the journal in another order than that of their seqs.
std::size_t engine::missing_streams(const batch& what, moment now, std::uint64_t stripes) {
  std::vector<std::uint64_t> missing;
  {
    const stripe_guard guard(stripes_, stripes);
    for (std::size_t i = 0; i < what.points.size(); ++i) {
      stream* const known = stripe_of(what.hashes[i]).streams.find(what.points[i].stream, what.hashes[i]);
      if (known == nullptr) missing.push_back(what.hashes[i]);
      if (known != nullptr) known->seen_ms = now.steady_ms;
    }
  }
  std::sort(missing.begin(), missing.end());
  return static_cast<std::size_t>(std::unique(missing.begin(), missing.end()) - missing.begin());
}

void engine::observe_locked(batch& what, moment now, std::uint64_t stripes) {
  const stripe_guard guard(stripes_, stripes);
  number_points(what, now);
  if (journal_ != nullptr && !journal_->append(what)) return take_back(what);
  apply_points(what, now);
}

void engine::number_points(batch& what, moment now) {
  for (std::size_t i = 0; i < what.points.size(); ++i) {
    prefetch(what, i);
    outcome& result = what.outcomes[i];
    what.streams[i] = nullptr;
    const point& from = what.points[i];
    stream* const to = find_or_create(from, what.hashes[i]);
    if (to == nullptr) {
      result.why = refusal::too_many_streams;
      continue;
    }
    if (!to->takes(from)) {
      result.why = refusal::other_features;
      continue;
    }
    result.what.subject = from;
    if (!from.ts) result.what.subject.ts = now.wall_ms;
    result.what.n = ++to->n;
    what.streams[i] = to;
  }
}

// Of points that come after `at`: the slot of one, the stream of another that has its slot by now, and so on.
void engine::prefetch(const batch& what, std::size_t at) const {
  const std::size_t end = what.points.size();
  const auto guess = [&](std::size_t i) {
    return i < end ? stripe_of(what.hashes[i]).streams.guess(what.hashes[i]) : nullptr;
  };
  if (at + 3 * ahead < end) stripe_of(what.hashes[at + 3 * ahead]).streams.prefetch(what.hashes[at + 3 * ahead]);
  prefetch_object(guess(at + 2 * ahead));
  if (const stream* const next = guess(at + ahead)) {
    prefetch_bytes(next->name.data(), next->name.size());
    next->detectors.prefetch();
  }
}

stream* engine::find_or_create(const point& from, std::uint64_t hash) {
  name_table<stream>& table = stripe_of(hash).streams;
  if (stream* const known = table.find(from.stream, hash)) return known;
  if (is_closed_to_new_streams()) return nullptr;
  if (!take_place()) return nullptr;
  add(counts_.streams_created, 1);
  return table.insert(std::make_unique<stream>(from.stream, from, profile_), hash);
}

// One more stream, if there may be one. Whoever reads the count at any time reads no more than the limit.
bool engine::take_place() {
  std::size_t count = stream_count();
  while (count < settings_.streams_max) {
    if (stream_count_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

void engine::apply_points(batch& what, moment now) {
  std::vector<event> told;
  for (std::size_t i = 0; i < what.points.size(); ++i) {
    const stream* const next = i + ahead < what.points.size() ? what.streams[i + ahead] : nullptr;
    if (next != nullptr) next->detectors.prefetch_windows();
    stream* const to = what.streams[i];
    if (to == nullptr) continue;
    apply(what.points[i], *to, now, what.outcomes[i].what, told);
    for (event& notice : told) {
      const std::string_view feature = feature_name_in(what.points[i], *to, notice.feature);
      what.told.push_back({i, feature, std::move(notice)});
    }
    told.clear();
  }
}

void engine::apply(const point& from, stream& to, moment now, verdict& result, std::vector<event>& told) {
  std::array<double, features_max> ordered;
  const std::size_t width = to.width();
  to.order_values(from, ordered);
  const double t_seconds = static_cast<double>(*result.subject.ts) / 1000.0;
  const reading seen = to.detectors.update({ordered.data(), width}, t_seconds);
  to.last = ordered[0];
  to.last_ts = *result.subject.ts;
  to.seen_ms = now.steady_ms;
  fill(result, seen, feature_name_in(from, to, seen.feature));
  const event_watch::membership belongs =
      to.events.update(result.n, *result.subject.ts, {ordered.data(), width}, seen, told);
  result.late = belongs.late;
  result.event = belongs.number;
  result.kind = belongs.kind;
}

// The journal could not take the batch: the numbers are given back, newest first, and no detector has seen a point. A
// stream that had only these points goes too, since a point that was not applied must not fix its features.
void engine::take_back(batch& what) {
  for (std::size_t i = what.points.size(); i-- > 0;) {
    if (what.streams[i] == nullptr) continue;
    if (--what.streams[i]->n == 0) {
      stripe_of(what.hashes[i]).streams.erase(what.points[i].stream, what.hashes[i]);
      stream_count_.fetch_sub(1, std::memory_order_relaxed);
      counts_.streams_created.fetch_sub(1, std::memory_order_relaxed);
    }
    what.streams[i] = nullptr;
    what.outcomes[i].why = refusal::storage_full;
  }
}

void engine::count(const batch& what) {
  std::uint64_t points = 0;
  std::uint64_t anomalies = 0;
  std::uint64_t drifts = 0;
  std::uint64_t alarms = 0;
  for (const outcome& each : what.outcomes) {
    if (each.why != refusal::none) continue;
    ++points;
    anomalies += each.what.anomaly ? 1U : 0U;
    drifts += each.what.drift.has_value() ? 1U : 0U;
    alarms += each.what.alarm ? 1U : 0U;
  }
  add(counts_.points, points);
  if (anomalies > 0) add(counts_.anomalies, anomalies);
  if (drifts > 0) add(counts_.drifts, drifts);
  if (alarms > 0) add(counts_.alarms, alarms);
}

}  // namespace spindrift
