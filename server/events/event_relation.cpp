// Values that went together and no longer do become events.
#include <algorithm>
#include <cmath>

#include "server/events/event_watch.hpp"

namespace spindrift {
namespace {

constexpr std::uint8_t relation_points = 4;
constexpr std::uint8_t relation_back = 24;
constexpr std::uint64_t accept_relation = 1'000;
constexpr std::uint64_t settled_after = 24;  // points after a change of one value that tear two apart

}  // namespace

// The residual of one value given another already looks back over some points; a few more, and it is no accident.
void event_watch::take_relation(std::uint64_t n, std::int64_t ts, std::span<const double> values, const reading& seen,
                                std::vector<event>& told) {
  const std::optional<relation_reading> relation = seldom_->relations->update(values, seen);
  const bool is_apart = relation.has_value();
  // A point that happens to fit is no way back.
  std::uint8_t& run = seldom_->relation_run;
  run = static_cast<std::uint8_t>(is_apart ? std::min(run + 1, 200) : std::max(run - 1, 0));
  for (entry& held : entries_) {
    if (!held.is_open || held.told.kind != event_kind::relation) continue;
    held.back = is_apart ? std::uint8_t{0} : static_cast<std::uint8_t>(std::min(held.back + 1, 200));
    if (held.back >= relation_back) return close(held, n - relation_back, ts, false, told);
    if (n - held.told.told_n >= accept_relation) return close(held, n, ts, true, told);
    return;
  }
  if (!is_apart || run != relation_points) return;
  // A spike or a shift of one value tears them apart, too: that has been told.
  for (const entry& held : entries_) {
    if (held.is_open || n - held.told.told_n <= settled_after) return;
  }
  const std::size_t feature = std::min(relation->feature, values.size() - 1);
  finding found;
  found.kind = event_kind::relation;
  found.direction = direction_of(relation->z);
  found.feature = feature;
  found.from_n = n - std::min<std::uint64_t>(n - 1, relation_points - 1);
  found.from = ts;
  found.points = n - found.from_n + 1;
  found.value = values[feature];
  found.expected = seen.of_feature(feature).baseline.expected;
  found.nines = std::min(2.0 + std::abs(relation->z), 12.0);
  found.size = std::abs(relation->z) / 5;
  found.relation = relation;
  const observation point{n, ts, values[feature], seen.of_feature(feature)};
  open(found, n, ts, &point, told);
}

}  // namespace spindrift
