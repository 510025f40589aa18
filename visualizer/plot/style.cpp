// The styles of gnuplot's `plot` for a picture and for text.
#include "visualizer/plot/style.hpp"

namespace spindrift {
namespace {

constexpr std::string_view value_colour = "#1f4fd8";
constexpr std::string_view band_colour = "#d5e3fb";
constexpr std::string_view alarm_colour = "#ff8c00";
constexpr std::string_view label_colour = "#303030";

}  // namespace

std::string coloured(std::string_view style, std::string_view colour) {
  return std::string(style) + " lc rgb '" + std::string(colour) + "'";
}

manner manner_on(const canvas& where) {
  // On text gnuplot draws point type n as the n-th letter; asked for a letter of our choice, 5.4 crashes.
  if (where.is_text()) {
    return {coloured("with points pt 0", pale_text_colour), coloured("with lines lt 1", value_colour),
            coloured("with vectors nohead", drift_colour),  coloured("with points pt 22", alarm_colour),
            coloured("with points pt 12", label_colour),    coloured("with points pt 1", anomaly_colour),
            coloured("with points pt 24", value_colour)};
  }
  return {coloured("with filledcurves fs transparent solid 0.75 noborder", band_colour),
          coloured("with lines lw 1.6", value_colour),
          coloured("with vectors nohead lw 2.2", drift_colour),
          coloured("with points pt 11 ps 1.3", alarm_colour),
          coloured("with points pt 6 ps 1.5 lw 1.2", label_colour),
          coloured("with points pt 7 ps 0.9", anomaly_colour),
          coloured("with points pt variable ps 1.8", value_colour)};
}

}  // namespace spindrift
