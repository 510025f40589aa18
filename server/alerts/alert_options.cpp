// The flags and tables of alerts.
#include "server/alerts/alert_options.hpp"

#include <algorithm>

#include "common/cli/nearest_name.hpp"
#include "common/cli/options.hpp"
#include "common/text/printable.hpp"
#include "server/alerts/alert_settings.hpp"
#include "server/alerts/alert_table.hpp"
#include "server/engine/stream_settings.hpp"

namespace spindrift {

void declare(alerts_settings& settings, option_set& options) {
  {
    const option_set::live_part live(options);
    options.add_text("--alert-url", "URL", "tell events to this address: http:// or https://; more by [[alert]]",
                     settings.url);
    add_budget("--alert-budget", "how many messages a day --alert-url may get; the severity that keeps it is learned",
               settings.budget, options);
    options.add_text("--public-url", "URL", "where people reach the page of spindrift-viz: alerts have a link to it",
                     settings.public_url);
  }
  options.add_table("alert", "who is told of what", alerts_settings::alerts_max, settings.alerts, declare_alert);
  options.add_table("maintenance", "when nothing is told", alerts_settings::maintenances_max, settings.maintenances,
                    declare_maintenance);
}

void complain_of_unknown_alerts(const alerts_settings& known, const std::vector<stream_settings>& streams,
                                std::vector<std::string>& complaints) {
  std::vector<std::string> names;
  for (const alert_settings& one : known.all()) names.push_back(one.name);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const std::string& wanted = streams[i].alert;
    if (wanted.empty() || std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    complaints.push_back("[[stream]] " + std::to_string(i + 1) + ": alert: " + in_quotes(wanted) +
                         " is the name of no [[alert]]" + nearest_name(wanted, names).hint());
  }
}

}  // namespace spindrift
