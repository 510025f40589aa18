// Puts a frame together: the strip above, then panel by panel.
#include "visualizer/plot/script.hpp"

#include <algorithm>

#include "visualizer/plot/banner.hpp"
#include "visualizer/plot/panel.hpp"
#include "visualizer/plot/width_pane.hpp"

namespace spindrift {

std::string draw(const gallery& shown, const heading& above, const view_settings& settings, const canvas& where) {
  scene made;
  made.shown = shown;
  return draw(made, above, settings, where);
}

std::string draw(const scene& all, const heading& above, const view_settings& settings, const canvas& where,
                 std::string_view before_page) {
  const gallery& shown = all.shown;
  const strips beside{!all.rows.empty(), all.has_widths};
  const bool has_lines = !all.lines.empty();
  const std::size_t fit = std::min(shown.panels().size(), panels_that_fit(where, beside));
  const std::size_t drawn = has_lines ? 0 : fit;
  const grid layout = grid_for(where, drawn, beside);
  std::string out;
  out.reserve(4'096 + drawn * 64 * 1'024);
  out += "reset\nset encoding utf8\nunset key\nset multiplot\n";
  append_banner(all, above, settings, where, layout, fit, out);
  out += where.is_text()
             ? "set border 3\nset tics nomirror scale 0.5\n"
             : "set border 3 lc rgb '#808890'\nset tics nomirror out scale 0.6 font ',9' textcolor rgb '#404850'\n"
               "set grid lc rgb '#e6e8ec' lt 1 lw 0.8\n";
  out += "set ytics autofreq\nset xtics autofreq\n";
  for (std::size_t panel = 0; panel < drawn; ++panel) {
    append_panel(shown.panels()[panel], shown.events(), settings, where, layout.of(panel), panel, out);
  }
  if (drawn > 0 && layout.widths > 0) append_widths(all, settings, where, layout.of_widths(), out);
  if (drawn == 0 && !has_lines) {
    append_place(layout.of(0), out);
    out += "unset label\nset label 1 '" + std::string(all.status.empty() ? "no verdict yet" : "nothing here") +
           "' at graph 0.5, graph 0.5 center\nplot 2 with lines notitle\n";
  }
  out += before_page;
  out += "unset multiplot\n";
  return out;
}

}  // namespace spindrift
