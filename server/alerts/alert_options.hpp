// The option tables of alerts and maintenance: `[[alert]]`, `[[maintenance]]`, --alert-url, --alert-budget,
// --public-url.
#pragma once

#include <string>
#include <vector>

namespace spindrift {

struct alerts_settings;
struct stream_settings;
class option_set;

// The settings outlive the options.
void declare(alerts_settings& settings, option_set& options);

// Of each stream whose alert is the name of none: "[[stream]] 2: alert: ...".
void complain_of_unknown_alerts(const alerts_settings& known, const std::vector<stream_settings>& streams,
                                std::vector<std::string>& complaints);

}  // namespace spindrift
