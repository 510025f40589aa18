// Numbers a batch, has it written, and shows it to the detectors.
#include "server/engine/engine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "server/detect/prefetch.hpp"
#include "server/detect/registry.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/judging.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/point_journal.hpp"
#include "server/engine/profile_book.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/stripe_guard.hpp"
#include "server/engine/threshold_evidence.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {
namespace {

// Points between asking for memory and using it, which takes 100 to 300 ns: some 40 each when they are numbered. What
// judging alone needs is asked for then (judging.hpp).
constexpr std::size_t ahead = 6;

}  // namespace

engine::engine(const engine_settings& settings, counters& counts, point_journal* journal)
    : settings_(settings),
      profiles_(std::make_shared<const profile_book>(choice_of(settings))),
      is_any_shared_(!profiles_->networks().empty()),
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

// Under the locks of what is learned together, and then of the stripes. Settings that were taken meanwhile may say that
// others learn together: from here on none are.
template <class Run>
void engine::run_locked(const batch& work, std::uint64_t stripes, const Run& run) {
  for (;;) {
    const std::uint64_t generation = generation_.load(std::memory_order_acquire);
    const stripe_guard in_order(orders_, orders_of(work));
    const stripe_guard guard(streams_->stripes(), stripes);
    if (generation_.load(std::memory_order_acquire) == generation) return run();
  }
}

void engine::observe_locked(batch& work, moment now, std::uint64_t stripes) {
  run_locked(work, stripes, [&] {
    number_points(work, now);
    if (journal_ != nullptr && !journal_->append(work)) return take_back(work);
    apply_points(work, now);
  });
}

void engine::replay(batch& work, std::span<const journal_position> positions, moment now) {
  assert(positions.size() == work.points.size());
  run_locked(work, prepare(work), [&] {
    number_points(work, now, positions.data());
    apply_points(work, now, true);
  });
}

void engine::number_points(batch& work, moment now, const journal_position* positions) {
  for (std::size_t i = 0; i < work.points.size(); ++i) {
    prefetch_numbered(work.hashes, i);
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
    result.what.subject.is_counter = to->rate() != nullptr;
    result.what.n = ++to->n;
    work.streams[i] = to;
  }
}

const stream* engine::guess(std::span<const std::uint64_t> hashes, std::size_t at) const {
  return at < hashes.size() ? streams_->stripe_of(hashes[at]).streams.guess(hashes[at]) : nullptr;
}

// Of points that come after `at`: the slots of one, the ends of another's stream, which has its slots by now, and so
// on.
void engine::prefetch_numbered(std::span<const std::uint64_t> hashes, std::size_t at) const {
  if (at + 3 * ahead < hashes.size())
    streams_->stripe_of(hashes[at + 3 * ahead]).streams.prefetch(hashes[at + 3 * ahead]);
  if (const stream* const next = guess(hashes, at + 2 * ahead)) next->prefetch_ends();
  if (const stream* const next = guess(hashes, at + ahead)) prefetch_bytes(next->name.data(), next->name.size());
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
  auto made = stream::make(from.stream, from, std::move(profile));
  if (made->profile->is_counted(from)) made->judge_by_rate();
  found = table.insert(std::move(made), hash);
  return refusal::none;
}

void engine::apply_points(batch& work, moment now, bool is_replay) {
  std::vector<event> told;
  std::size_t features = 0;
  for (const point& from : work.points) features += from.values.size();
  work.by_feature.reserve(features);
  const auto at = [&work](std::size_t i) { return i < work.streams.size() ? work.streams[i] : nullptr; };
  for (std::size_t i = 0; i < 3 * judged_ahead; ++i) prefetch_judged(at, i);
  for (std::size_t i = 0; i < work.points.size(); ++i) {
    prefetch_judged(at, i + 3 * judged_ahead);
    stream* const to = work.streams[i];
    if (to == nullptr) continue;
    judge(work.points[i], *to, now, work.outcomes[i].what, told, work.by_feature);
    if (told.empty()) continue;
    count_told(told, is_replay);
    complete_evidence(told, to->profile->detectors, to->features());
    tell(work.points[i], *to, i, told, work.told);
  }
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
