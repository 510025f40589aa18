// Curve, axes and title of ADWIN's width.
#include "visualizer/plot/width_pane.hpp"

#include <algorithm>
#include <cmath>

#include "visualizer/plot/command.hpp"
#include "visualizer/plot/label.hpp"
#include "visualizer/plot/panel.hpp"
#include "visualizer/plot/panel_data.hpp"
#include "visualizer/plot/scale.hpp"
#include "visualizer/plot/style.hpp"

namespace spindrift {

void append_widths(const scene& shown, const view_settings& settings, const canvas& where, const place& at,
                   std::string& out) {
  const bool is_time = settings.axis == x_axis::time;
  const panel_ranges ranges = ranges_of(shown.shown.panels().front(), settings);
  double most = 1;
  out += "$w << END_OF_BLOCK\n";
  for (const width_point& point : shown.widths) {
    append_plain(is_time ? static_cast<double>(point.ts) / 1e3 : static_cast<double>(point.n), out);
    out += ' ';
    append_plain(point.width, out);
    out += '\n';
    most = std::max(most, point.width);
  }
  if (shown.widths.empty()) out += "NaN NaN\n";
  out += "END_OF_BLOCK\n";
  append_place(at, out);
  // The panels' left edge, so that the axes stand below each other.
  append_margins(at, where, value_characters(ranges.y), out);
  const axis_range y{0, most * 1.15};
  out += "set format y '%g'\nset ytics 0, ";
  append_plain(std::max(1.0, std::ceil(most / 2)), out);  // three labels at most
  out += "\n";
  append_range("y", y, out);
  append_range("x", ranges.x, out);
  if (is_time) append_time_ticks(ranges.x, ticks_on(where, at), out);
  out += "unset xlabel\nunset label\nunset object\nunset arrow\n";
  const std::string title =
      shown.widths.empty()
          ? "ADWIN's width is not known before the first cut that is heard of"
          : "ADWIN's width   " + counted(static_cast<std::uint64_t>(shown.widths.back().width), "point", "points");
  append_label("1", quoted(title, 80),
               where.is_text()
                   ? "at graph 0, graph 1 left offset character 0, character 1"
                   : "at graph 0, graph 1 left offset character 0, character 0.7 font ',9' textcolor rgb '" +
                         std::string(pale_text_colour) + "'",
               out);
  out += "plot $w using 1:2 " + std::string(where.is_text() ? "with lines lt 1" : "with lines lw 1.4") + " lc rgb '" +
         std::string(drift_colour) + "' notitle\n";
}

}  // namespace spindrift
