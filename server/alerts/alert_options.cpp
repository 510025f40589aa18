// The flags and tables of alerts.
#include "server/alerts/alert_options.hpp"

#include "common/cli/options.hpp"
#include "server/alerts/alert_settings.hpp"
#include "server/alerts/alert_table.hpp"

namespace spindrift {

void declare(alerts_settings& settings, option_set& options) {
  options.add_text("--alert-url", "URL", "tell events to this address: http:// or https://; more by [[alert]]",
                   settings.url);
  add_budget("--alert-budget", "how many messages a day --alert-url may get; the severity that keeps it is learned",
             settings.budget, options);
  options.add_table("alert", "who is told of what", alerts_settings::alerts_max, settings.alerts, declare_alert);
  options.add_table("maintenance", "when nothing is told", alerts_settings::maintenances_max, settings.maintenances,
                    declare_maintenance);
}

}  // namespace spindrift
