// What a run has counted so far, over all connections. Plain data, written by the thread that runs the producers; a
// report or a progress line reads it on the same thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "client/event_score.hpp"
#include "client/latency.hpp"
#include "client/score.hpp"

namespace spindrift {

struct run_counters {
  explicit run_counters(score expected, std::vector<injection> injected = {})
      : judged(std::move(expected)), events(judged.stream_count(), std::move(injected), judged.has_truth()) {}

  std::uint64_t points = 0;                          // sent, each counted once
  std::uint64_t verdicts = 0;                        // points answered by a verdict
  std::uint64_t acknowledged = 0;                    // points answered by an acknowledgement alone
  std::uint64_t errors = 0;                          // points answered by an error: refused, not applied
  std::uint64_t lost = 0;                            // points sent that will never be answered
  std::uint64_t resent = 0;                          // sendings beyond a point's first
  std::uint64_t duplicates = 0;                      // points sent again that had been applied before
  std::uint64_t late = 0;                            // verdicts on points that were too old to be judged
  std::uint64_t strays = 0;                          // replies to no point of ours
  std::uint64_t reconnects = 0;                      // connections that were made again
  std::map<std::string, std::uint64_t> error_codes;  // of the errors
  latency_histogram latency;
  score judged;
  event_score events;
  std::int64_t first_sent_ns = 0;  // since the start of the run; meaningful once points > 0
  std::int64_t last_reply_ns = 0;

  // From the first point sent to the last reply, in seconds.
  double seconds() const {
    return last_reply_ns > first_sent_ns ? static_cast<double>(last_reply_ns - first_sent_ns) * 1e-9 : 0;
  }
  // Points applied a second.
  double throughput() const { return seconds() > 0 ? static_cast<double>(verdicts + acknowledged) / seconds() : 0; }
};

}  // namespace spindrift
