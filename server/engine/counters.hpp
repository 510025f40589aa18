// What the server counts, for stats, metrics and the log. Relaxed atomics: any thread adds, any thread reads, each
// figure is right by itself though a set of them is not one instant. Hot rooms add once a batch.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace spindrift {

using counter = std::atomic<std::uint64_t>;

inline void add(counter& to, std::uint64_t amount) {
  to.fetch_add(amount, std::memory_order_relaxed);
}
inline std::uint64_t read(const counter& from) {
  return from.load(std::memory_order_relaxed);
}

struct counters {
  static constexpr std::size_t error_codes = 18;

  counter points{0};
  counter duplicates{0};
  counter anomalies{0};
  counter drifts{0};
  counter alarms{0};
  static constexpr std::size_t event_kinds = 9;
  std::array<counter, event_kinds> events{};  // told, by event_kind
  counter events_open{0};                     // now, over all streams; as is the next
  counter streams_silent{0};
  counter frames{0};
  std::array<counter, error_codes> errors{};  // by error_code
  // Of formats beside the contract's own: points taken, fields that are no numbers, lines by formats::fault_cause.
  counter points_foreign{0};
  counter fields_skipped{0};
  static constexpr std::size_t fault_causes = 7;
  std::array<counter, fault_causes> lines_unread{};
  counter streams_created{0};
  counter streams_evicted{0};
  counter bytes_received{0};
  counter bytes_sent{0};
  // By UDP: come, closed for what they said, dropped by the kernel since we were too slow.
  counter datagrams{0};
  counter datagrams_refused{0};
  counter datagrams_dropped{0};
  counter connections_accepted{0};
  counter connections_open{0};
  counter handshakes_shed{0};
  counter subscribers{0};
  counter replies_muted{0};  // verdicts dropped for anonymous producers that never read
  counter feed_lines_sent{0};
  counter feed_lines_dropped{0};  // for subscribers that were too slow
};

}  // namespace spindrift
