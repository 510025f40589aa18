// Token buckets by event name.
#include "common/log/flood_gate.hpp"

#include <algorithm>
#include <utility>

namespace spindrift {

flood_gate::bucket& flood_gate::bucket_of(std::string_view event, time_point now) {
  auto found = buckets_.find(event);
  if (found == buckets_.end()) {
    const std::string_view name = buckets_.size() < events_max ? event : std::string_view("other");
    found = buckets_.try_emplace(std::string(name), bucket{limit_.burst_lines, now, 0, now}).first;
  }
  return found->second;
}

flood_gate::decision flood_gate::ask(std::string_view event, time_point now) {
  bucket& mine = bucket_of(event, now);
  const std::chrono::duration<double> passed = now - mine.refilled;
  mine.lines = std::min(limit_.burst_lines, mine.lines + std::max(0.0, passed.count()) * limit_.lines_per_s);
  mine.refilled = std::max(mine.refilled, now);
  if (mine.lines < 1) {
    // The clock of the report starts with the first line that is lost.
    if (mine.left_out++ == 0) mine.reported = now;
    return {};
  }
  mine.lines -= 1;
  const bool is_due = mine.left_out > 0 && now - mine.reported >= report_interval;
  if (!is_due) return {true, 0};
  mine.reported = now;
  return {true, std::exchange(mine.left_out, 0)};
}

std::vector<flood_gate::left_out_lines> flood_gate::collect_left_out(time_point now, bool only_due) {
  std::vector<left_out_lines> all;
  for (auto& [event, mine] : buckets_) {
    if (mine.left_out == 0 || (only_due && now - mine.reported < report_interval)) continue;
    mine.reported = now;
    all.push_back({event, std::exchange(mine.left_out, 0)});
  }
  return all;
}

}  // namespace spindrift
