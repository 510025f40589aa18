// The worker's settings as a lane has them.
#include "server/kafka/lane_settings.hpp"

#include <algorithm>

#include "server/kafka/settings.hpp"

namespace spindrift::kafka {

worker::lane_settings lane_settings_of(const kafka_settings& settings, std::size_t lane, std::uint32_t partitions) {
  worker::lane_settings chosen;
  chosen.engine = settings.engine;
  chosen.engine.streams_max = std::max<std::size_t>(settings.engine.streams_max / std::max(partitions, 1U), 1);
  chosen.owner = settings.transactional_id(lane);
  chosen.points = settings.topics.points;
  chosen.partitions = static_cast<std::int32_t>(partitions);
  chosen.writes_verdicts = settings.writes_verdicts();
  chosen.writes_events = settings.writes_events();
  chosen.delivery =
      settings.exactly_once ? worker::delivery_level::exactly_once : worker::delivery_level::at_least_once;
  chosen.on_bad = settings.stops_on_bad ? worker::bad_line_rule::stop : worker::bad_line_rule::dead_letter;
  chosen.on_offset_lost = settings.skips_lost_offsets ? worker::offset_lost_rule::skip : worker::offset_lost_rule::stop;
  chosen.accepts_repartition = settings.accepts_repartition;
  if (settings.state_version != 0) chosen.state_version = static_cast<std::uint32_t>(settings.state_version);
  chosen.commit_interval = settings.commit_interval;
  chosen.snapshot_interval = settings.snapshot_interval;
  chosen.forget_after = settings.forget_after;
  chosen.wait_max = std::max(chosen.wait_max, settings.transaction_timeout + settings.session_timeout);
  return chosen;
}

}  // namespace spindrift::kafka
