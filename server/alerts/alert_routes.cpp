// Holds events against alerts and maintenance.
#include "server/alerts/alert_routes.hpp"

#include <algorithm>
#include <utility>

#include "common/model/glob.hpp"

namespace spindrift {
namespace {

bool takes(const std::vector<std::string>& patterns, std::string_view stream) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& one) { return matches(one, stream); });
}

bool hears(const alert_settings& alert, const notice& told) {
  if (std::cmp_less(told.severity, alert.severity)) return false;
  return alert.kinds.empty() ||
         std::find(alert.kinds.begin(), alert.kinds.end(), name_of(told.kind)) != alert.kinds.end();
}

}  // namespace

alert_routes::alert_routes(alerts_settings chosen, chosen_alert by_stream)
    : alerts_(chosen.all()), maintenances_(std::move(chosen.maintenances)), by_stream_(std::move(by_stream)) {}

std::vector<std::size_t> alert_routes::of(const notice& told) const {
  const std::string given = by_stream_ ? by_stream_(told.stream) : std::string();
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < alerts_.size(); ++i) {
    const bool is_meant = given.empty() ? takes(alerts_[i].match, told.stream) : alerts_[i].name == given;
    if (is_meant && hears(alerts_[i], told)) found.push_back(i);
  }
  return found;
}

std::int64_t alert_routes::silenced_until(std::string_view stream, std::int64_t now_ms) const {
  std::int64_t until = 0;
  for (const maintenance_settings& one : maintenances_) {
    if (one.from_ms <= now_ms && now_ms < one.to_ms && takes(one.match, stream)) until = std::max(until, one.to_ms);
  }
  return until;
}

}  // namespace spindrift
