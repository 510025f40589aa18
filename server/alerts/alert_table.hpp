// The keys of an entry of `[[alert]]` and of `[[maintenance]]`. The settings outlive the options.
#pragma once

#include <string>

namespace spindrift {

struct alert_settings;
struct maintenance_settings;
class option_set;

void declare_alert(alert_settings& settings, option_set& keys);
void declare_maintenance(maintenance_settings& settings, option_set& keys);
// "5/day", as messages a day; "off" is 0.
void add_budget(std::string flag, std::string help, double& target, option_set& options);

}  // namespace spindrift
