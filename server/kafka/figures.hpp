// What the worker counts and measures, for /metrics and /readyz. Relaxed atomics: lanes write, the thread of HTTP
// reads; each figure is right by itself. A partition's row is written by the lane that has it.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "server/engine/counters.hpp"
#include "server/worker/lane.hpp"

namespace spindrift::kafka {

// Cumulative, as Prometheus has them: a count for each bound, and for all.
class duration_histogram {
public:
  static constexpr std::array<double, 10> bounds_s = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

  void take(std::chrono::nanoseconds one);
  void append(std::string_view name, std::string_view help, std::string& out) const;

private:
  std::array<counter, bounds_s.size()> within_{};
  counter all_{0};
  counter sum_us_{0};
};

struct partition_figures {
  std::atomic<bool> is_assigned{false};
  std::atomic<bool> is_ready{false};  // restored and replayed
  std::atomic<std::int64_t> lag_records{0};
  std::atomic<std::int64_t> newest_ms{0};    // record time of what was judged last
  std::atomic<std::int64_t> snapshot_ms{0};  // wall clock of the newest snapshot; 0: none
};

struct lane_figures {
  worker::lane_counters counts;
  std::atomic<bool> is_memory_full{false};
  std::atomic<bool> is_member{false};      // of the group: it has heard what it is to do
  std::atomic<std::int64_t> turned_ms{0};  // steady clock, when its loop last came round; 0: it does not run
};

struct worker_figures {
  explicit worker_figures(std::size_t lanes_count)
      : lanes(std::make_unique<lane_figures[]>(lanes_count)), lane_count(lanes_count) {}

  counters engine;
  counter takeovers{0};
  counter takeover_us{0};
  counter restores{0};
  counter restore_us{0};
  counter snapshots{0};
  counter snapshot_us{0};
  counter records_deleted_failed{0};
  counter left_clients{0};  // that could not be destroyed: the process must end without taking itself apart
  duration_histogram commit;
  std::atomic<bool> is_broker_away{false};  // told of in the log, once for all lanes

  std::unique_ptr<lane_figures[]> lanes;
  std::size_t lane_count;
  // Set once, before lanes run.
  std::unique_ptr<partition_figures[]> partitions;
  std::atomic<std::size_t> partition_count{0};

  void count_broker_error(const char* code);
  // All lanes are members, and nothing that they have is still being restored or replayed.
  bool is_ready() const;
  // The lane whose loop has not come round for so long; none: the count of lanes.
  std::size_t stuck_lane(std::chrono::milliseconds patience) const;
  // The exposition format of Prometheus.
  std::string metrics() const;

private:
  std::uint64_t sum(counter worker::lane_counters::*of) const;
  void append_dead_letters(std::string& out) const;

  // By librdkafka's own names of errors, of which there are some 150.
  mutable std::mutex errors_lock_;
  std::map<std::string, std::uint64_t, std::less<>> broker_errors_;
};

}  // namespace spindrift::kafka
