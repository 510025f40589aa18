#include "server/engine/engine.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "common/model/glob.hpp"

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

void fill(verdict& into, const reading& from, std::string_view feature_name) {
  into.expected = from.baseline.expected;
  into.sigma = from.baseline.sigma;
  into.z = from.baseline.z;
  into.feature = feature_name;
  into.warmup = from.baseline.warmup;
  into.by = static_cast<std::uint8_t>(
      (from.zscore_flagged ? static_cast<unsigned>(point_detector::zscore) : 0U) |
      (from.isolation_flagged ? static_cast<unsigned>(point_detector::isolation_forest) : 0U));
  into.anomaly = into.by != 0;
  if (from.drift) into.drift = adwin_cut{from.drift->width, from.drift->mean, from.drift->before};
  into.score = from.score;
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
    : settings_(settings), counts_(counts), journal_(journal) {}

void engine::observe(batch& what, moment now) {
  const std::size_t count_of_points = what.points.size();
  what.outcomes.assign(count_of_points, outcome{});
  what.hashes.resize(count_of_points);
  what.streams.assign(count_of_points, nullptr);
  std::uint64_t stripes = 0;
  for (std::size_t i = 0; i < count_of_points; ++i) {
    const std::uint64_t hash = hash_(what.points[i].stream);
    what.hashes[i] = hash;
    stripes |= std::uint64_t{1} << (hash & (stripe_count - 1));
  }
  observe_locked(what, now, stripes, false);

  const auto lacks_room = [](const outcome& each) { return each.why == refusal::too_many_streams; };
  const auto refused = static_cast<std::size_t>(std::count_if(what.outcomes.begin(), what.outcomes.end(), lacks_room));
  if (refused > 0 && make_room(refused, now)) observe_locked(what, now, stripes, true);
  count(what);
}

void engine::observe_locked(batch& what, moment now, std::uint64_t stripes, bool only_refused) {
  const stripe_guard guard(stripes_, stripes);
  number_points(what, now, only_refused);
  if (journal_ != nullptr && !journal_->append(what)) return take_back(what);
  apply_points(what, now, only_refused);
}

void engine::number_points(batch& what, moment now, bool only_refused) {
  for (std::size_t i = 0; i < what.points.size(); ++i) {
    outcome& result = what.outcomes[i];
    what.streams[i] = nullptr;
    if (only_refused && result.why != refusal::too_many_streams) continue;
    const point& from = what.points[i];
    stream* const to = find_or_create(from, what.hashes[i]);
    if (to == nullptr) {
      result.why = refusal::too_many_streams;
      continue;
    }
    if (from.values.size() != to->features.size()) {
      result.why = refusal::other_features;
      continue;
    }
    std::array<double, 64> ordered;
    if (from.is_multivariate() && !to->order_values(from, ordered)) {
      result.why = refusal::other_features;
      continue;
    }
    result.why = refusal::none;
    result.what.subject = from;
    if (!from.ts) result.what.subject.ts = now.wall_ms;
    result.what.n = ++to->n;
    what.streams[i] = to;
  }
}

stream* engine::find_or_create(const point& from, std::uint64_t hash) {
  name_table<stream>& table = stripe_of(hash).streams;
  if (stream* const known = table.find(from.stream, hash)) return known;
  if (stream_count_.fetch_add(1, std::memory_order_relaxed) >= settings_.streams_max) {
    stream_count_.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  add(counts_.streams_created, 1);
  return table.insert(std::make_unique<stream>(from.stream, from, settings_.detectors), hash);
}

void engine::apply_points(batch& what, moment now, bool /*only_refused*/) {
  std::array<double, 64> ordered;
  for (std::size_t i = 0; i < what.points.size(); ++i) {
    stream* const to = what.streams[i];
    if (to == nullptr) continue;
    verdict& result = what.outcomes[i].what;
    const std::size_t width = to->features.empty() ? 1 : to->features.size();
    to->order_values(what.points[i], ordered);
    const double t_seconds = static_cast<double>(*result.subject.ts) / 1000.0;
    const reading seen = to->detectors.update({ordered.data(), width}, t_seconds);
    to->last = ordered[0];
    to->last_ts = *result.subject.ts;
    to->seen_ms = now.steady_ms;
    fill(result, seen, feature_name_in(what.points[i], *to, seen.feature));
  }
}

// The journal could not take the batch: the numbers are given back, newest first, and no detector has seen a point.
void engine::take_back(batch& what) {
  for (std::size_t i = what.points.size(); i-- > 0;) {
    if (what.streams[i] == nullptr) continue;
    --what.streams[i]->n;
    what.streams[i] = nullptr;
    what.outcomes[i].why = refusal::storage_full;
  }
}

// Evicts up to `wanted` streams that have been idle for long enough, the longest idle first. A look around the whole
// table is dear, so at most one a second is taken and its findings are used until they are spent.
bool engine::make_room(std::size_t wanted, moment now) {
  const std::lock_guard guard(eviction_lock_);
  const std::int64_t idle_since = now.steady_ms - settings_.idle_before_eviction.count();
  if (idle_.empty() && (looked_around_ms_ == INT64_MIN || now.steady_ms - looked_around_ms_ >= 1'000)) {
    looked_around_ms_ = now.steady_ms;
    for (stripe& each : stripes_) {
      const std::lock_guard stripe_lock(each.lock);
      each.streams.for_each([&](const stream& one, std::uint64_t hash) {
        if (one.seen_ms < idle_since) idle_.push_back({one.seen_ms, one.name, hash});
      });
    }
    std::sort(idle_.begin(), idle_.end(), [](const idle_stream& a, const idle_stream& b) {
      return a.seen_ms != b.seen_ms ? a.seen_ms > b.seen_ms : a.name > b.name;
    });
  }
  std::size_t evicted = 0;
  while (evicted < wanted && !idle_.empty()) {
    const idle_stream candidate = std::move(idle_.back());
    idle_.pop_back();
    stripe& home = stripe_of(candidate.hash);
    const std::lock_guard stripe_lock(home.lock);
    const stream* const found = home.streams.find(candidate.name, candidate.hash);
    if (found == nullptr || found->seen_ms != candidate.seen_ms) continue;  // it has been heard of since
    home.streams.erase(candidate.name, candidate.hash);
    stream_count_.fetch_sub(1, std::memory_order_relaxed);
    ++evicted;
  }
  add(counts_.streams_evicted, evicted);
  return evicted > 0;
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

std::vector<stream_summary> engine::list(std::string_view pattern, std::size_t limit) const {
  std::vector<stream_summary> found;
  const auto by_name = [](const stream_summary& a, const stream_summary& b) { return a.name < b.name; };
  // A heap of the first `limit` names seen so far, the last of them on top: memory stays bounded by the limit.
  for (const stripe& each : stripes_) {
    const std::lock_guard guard(each.lock);
    each.streams.for_each([&](const stream& one, std::uint64_t /*hash*/) {
      if (!matches(pattern, one.name)) return;
      if (found.size() == limit) {
        if (limit == 0 || one.name >= found.front().name) return;
        std::pop_heap(found.begin(), found.end(), by_name);
        found.pop_back();
      }
      found.push_back({one.name, one.n, one.last, one.last_ts, one.detectors.mean(), one.features.size()});
      std::push_heap(found.begin(), found.end(), by_name);
    });
  }
  std::sort_heap(found.begin(), found.end(), by_name);
  return found;
}

void engine::for_each_stream(const std::function<void(stream&)>& visit) {
  for (stripe& each : stripes_) {
    const std::lock_guard guard(each.lock);
    each.streams.for_each([&](stream& one, std::uint64_t /*hash*/) { visit(one); });
  }
}

void engine::restore(std::unique_ptr<stream> loaded) {
  const std::uint64_t hash = hash_(loaded->name);
  stripe_of(hash).streams.insert(std::move(loaded), hash);
  stream_count_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace spindrift
