// The sink that writes anomalies, drifts and alarms into the log. Any thread; what is too much the log itself leaves
// out and counts (common/log/flood_gate.hpp), so it needs no queue.
#pragma once

#include "server/pipeline/sink.hpp"

namespace spindrift {

class event_log final : public sink {
public:
  need needs() override { return need::no_lines; }
  void offer(const intake& passed) override;
};

}  // namespace spindrift
