// Which alerts an event goes to, and whether something is being worked on. Made from settings, then only read; any
// thread. Cost: a comparison of the stream's name with each pattern.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/alerts/alert_settings.hpp"
#include "server/alerts/notice.hpp"

namespace spindrift {

// The alert that a stream has been given by its own settings; empty: none, so that each that matches hears of it.
using chosen_alert = std::function<std::string(std::string_view stream)>;

class alert_routes {
public:
  alert_routes() = default;
  alert_routes(alerts_settings chosen, chosen_alert by_stream);

  const std::vector<alert_settings>& alerts() const { return alerts_; }
  // The alerts, by their place, that hear of this stream and kind from this severity on.
  std::vector<std::size_t> of(const notice& told) const;
  // Nothing is told of the stream until then; 0: it may be told.
  std::int64_t silenced_until(std::string_view stream, std::int64_t now_ms) const;

private:
  std::vector<alert_settings> alerts_;
  std::vector<maintenance_settings> maintenances_;
  chosen_alert by_stream_;
};

}  // namespace spindrift
