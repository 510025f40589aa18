// What a lane's thread measures: lag, ages, how long take-overs and snapshots took, and the memory of the process.
#include <algorithm>

#include "common/log/log.hpp"
#include "server/app/process_metrics.hpp"
#include "server/clock/clock.hpp"
#include "server/kafka/lane_thread.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

constexpr std::chrono::milliseconds look_interval{500};
// A live partition that gives nothing is asked once more: sooner where there is something known to be had.
constexpr std::chrono::seconds standstill{3};
constexpr std::chrono::seconds standstill_of_none{30};

std::uint64_t us_since(std::chrono::steady_clock::time_point since) {
  const auto passed = std::chrono::steady_clock::now() - since;
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(passed).count(), 0));
}

}  // namespace

void lane_thread::look_after_figures() {
  const bool is_waiting = !taken_over_.empty() || !snapshotting_.empty();
  const auto now = clock::now();
  constexpr std::chrono::milliseconds soon{20};
  if (now - looked_ < (is_waiting ? soon : look_interval)) return;
  looked_ = now;
  measure(lane_.describe());
  if (settings_.memory_mib_max == 0) return;
  // A tenth below the ceiling it is over: not a record in, a record out.
  const std::uint64_t ceiling = settings_.memory_mib_max << 20U;
  const std::uint64_t used = resident_bytes();
  const bool is_full = is_memory_full_ ? used > ceiling / 10 * 9 : used > ceiling;
  if (is_full == is_memory_full_) return;
  is_memory_full_ = is_full;
  own_.is_memory_full.store(is_full, std::memory_order_relaxed);
  log_event(log_level::warning, is_full ? "memory_full" : "memory_back",
            {{"lane", static_cast<std::int64_t>(index_)}, {"resident_mib", static_cast<std::int64_t>(used >> 20U)}});
  lane_.limit_memory(is_full, step_);
  perform();
}

void lane_thread::measure(const std::vector<worker::partition_state>& all) {
  for (const worker::partition_state& one : all) measure_partition(one);
}

// librdkafka 2.0 has been seen to fetch no more of a partition that it was given while another one was sought in. What
// comes twice by it is known by its offset.
void lane_thread::watch_for_standstill(const worker::partition_state& one, std::int64_t end) {
  const auto now = clock::now();
  const auto [at, is_new] = moved_.try_emplace(one.number, one.next, now);
  auto& [next, since] = at->second;
  if (next != one.next) at->second = {one.next, now};
  if (is_new || now - since < (end > one.next ? standstill : standstill_of_none)) return;
  since = now;
  client_error wrong;
  const bool is_sought = clients_->seek(one.number, one.next, wrong);
  log_event(log_level::debug, "sought_again",
            {{"lane", static_cast<std::int64_t>(index_)},
             {"partition", std::int64_t{one.number}},
             {"text", is_sought ? "offset " + std::to_string(one.next) : wrong.text}});
}

void lane_thread::measure_partition(const worker::partition_state& one) {
  partition_figures& row = figures_.partitions[static_cast<std::size_t>(one.number)];
  const bool is_live = one.phase == worker::partition_phase::live;
  row.is_ready.store(is_live || one.phase == worker::partition_phase::leaving, std::memory_order_relaxed);
  row.newest_ms.store(one.newest_ms, std::memory_order_relaxed);
  const std::int64_t end = clients_->end_of(one.number);
  if (end >= 0) row.lag_records.store(std::max<std::int64_t>(end - one.next, 0), std::memory_order_relaxed);
  if (is_live && !is_memory_full_) watch_for_standstill(one, end);
  if (one.snapshot_age_ms >= 0) row.snapshot_ms.store(now().wall_ms - one.snapshot_age_ms, std::memory_order_relaxed);
  if (const auto since = taken_over_.find(one.number); is_live && since != taken_over_.end()) {
    add(figures_.takeovers, 1);
    add(figures_.takeover_us, us_since(since->second));
    taken_over_.erase(since);
  }
  const bool is_loaded = is_live || one.phase == worker::partition_phase::replaying;
  if (const auto since = restoring_.find(one.number); is_loaded && since != restoring_.end()) {
    add(figures_.restores, 1);
    add(figures_.restore_us, us_since(since->second));
    restoring_.erase(since);
  }
  // A snapshot is done when the newest one is younger than its own begin.
  if (const auto since = snapshotting_.find(one.number); since != snapshotting_.end() && one.snapshot_age_ms >= 0) {
    const std::uint64_t took = us_since(since->second.first);
    if (static_cast<std::uint64_t>(one.snapshot_age_ms) * 1'000 <= took) {
      add(figures_.snapshots, 1);
      add(figures_.snapshot_us, took);
      snapshotting_.erase(since);
    }
  }
}

}  // namespace spindrift::kafka
