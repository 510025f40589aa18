// The option tables of alerts and maintenance: `[[alert]]`, `[[maintenance]]`, --alert-url, --alert-budget.
#pragma once

namespace spindrift {

struct alerts_settings;
class option_set;

// The settings outlive the options.
void declare(alerts_settings& settings, option_set& options);

}  // namespace spindrift
