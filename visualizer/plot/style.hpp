// Colours, and how each thing is drawn; the legend and the panels must agree. Colours that stay apart for readers who
// see few, and on paper; the page has the same (web/page/style.css). Pure. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "visualizer/plot/layout.hpp"

namespace spindrift {

constexpr std::string_view anomaly_colour = "#e01b24";
constexpr std::string_view drift_colour = "#8e24aa";
constexpr std::string_view event_colour = "#00695c";
constexpr std::string_view event_ground_colour = "#e0f2ef";
constexpr std::string_view text_colour = "#202020";
constexpr std::string_view pale_text_colour = "#5c6470";

// Each a style of gnuplot's `plot`.
struct manner {
  std::string band, value, drift, alarm, label, anomaly, beyond;
};

manner manner_on(const canvas& where);
std::string coloured(std::string_view style, std::string_view colour);

}  // namespace spindrift
