// Copies the newest points of a stream under its lock.
#include "server/engine/recent_points.hpp"

#include "server/engine/event_words.hpp"
#include "server/engine/stream_table.hpp"

namespace spindrift {

std::optional<recent_points> find_recent_points(stream_table& of, std::string_view stream, std::size_t points_max) {
  const stream_table::locked_stream locked = of.lock({std::string(stream), of.hash_of(stream)});
  if (locked.found == nullptr) return std::nullopt;
  const stream_profile& profile = *locked.found->profile;
  const auto& features = locked.found->features();
  recent_points found{locked.found->n,
                      {features.begin(), features.end()},
                      {},
                      chosen_title(profile, locked.found->name),
                      profile.rules.unit};
  for (std::size_t i = 0; i < locked.found->width(); ++i) {
    auto& points = found.by_feature.emplace_back(locked.found->events.newest_points(i));
    if (points.size() > points_max) {
      points.erase(points.begin(), points.end() - static_cast<std::ptrdiff_t>(points_max));
    }
  }
  return found;
}

}  // namespace spindrift
