// Finds the lane that waits within librdkafka for a broker that is away and cannot say so itself: one of its calls has
// no deadline there (rd_kafka_send_offsets_to_transaction in 2.0, where the coordinator goes between two requests).
//
// Looks are counted, not seconds: a process that was stopped for an hour and goes on has lanes that have not come round
// for as long, and comes round before the next look. One thread.
#pragma once

#include <chrono>

#include "server/kafka/figures.hpp"

namespace spindrift::kafka {

class standstill_watch {
public:
  static constexpr std::chrono::seconds interval{1};  // from one look to the next
  static constexpr int looks_told = 10;

  // True: for so many looks one after the other a lane has not come round in between. Said with each further look.
  bool look(const worker_figures& figures) {
    const bool stands = figures.stuck_lane(interval) != figures.lane_count;
    looks_ = stands ? looks_ + 1 : 0;
    return looks_ >= looks_told;
  }

private:
  int looks_ = 0;
};

}  // namespace spindrift::kafka
