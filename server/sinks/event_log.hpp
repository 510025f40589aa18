// The sink that writes what happened into the log: one line an event when it is told and one when it is over; what
// single points showed (anomaly, drift, alarm) at level debug. Any thread; what is too much the log itself leaves out
// and counts (common/log/flood_gate.hpp), so it needs no queue.
#pragma once

#include "server/pipeline/sink.hpp"

namespace spindrift {

class event_log final : public sink {
public:
  need needs() override { return {}; }
  void offer(const intake& passed) override;
};

}  // namespace spindrift
