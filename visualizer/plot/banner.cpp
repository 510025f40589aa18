// Who, how it goes, what is left out, and the legend.
#include "visualizer/plot/banner.hpp"

#include <algorithm>

#include "visualizer/plot/command.hpp"
#include "visualizer/plot/label.hpp"
#include "visualizer/plot/stream_list.hpp"
#include "visualizer/plot/style.hpp"

namespace spindrift {
namespace {

std::string heading_text(const scene& all, const heading& above, std::size_t drawn) {
  const gallery& shown = all.shown;
  std::string text = "spindrift   " + above.server + "   " + above.state;
  if (!all.status.empty()) text += "   " + all.status;
  if (!all.rows.empty()) text += "   " + counted(all.found, "stream", "streams") + ", the worst first";
  const std::size_t left_out = shown.panels().size() - drawn + shown.others();
  if (left_out > 0 && all.rows.empty()) {
    text += "   and " + counted(left_out, "series", "series") +
            (shown.others() >= gallery::others_max ? " or more" : "") + " not shown";
  }
  if (shown.missed() > 0) text += "   missed " + counted(shown.missed(), "verdict", "verdicts");
  return text;
}

}  // namespace

void append_banner(const scene& shown, const heading& above, const view_settings& settings, const canvas& where,
                   const grid& layout, std::size_t drawn, std::string& out) {
  append_place({0, 1.0 - layout.heading, 1, layout.heading}, out);
  out += "unset border\nunset tics\nset xrange [0:1]\nset yrange [0:1]\n";
  const std::string text = heading_text(shown, above, drawn);
  if (shown.lines.empty()) append_list(shown, where, out);
  append_lines(shown, where, out);
  const std::string threshold = short_number(settings.threshold);
  if (where.is_text()) {
    const std::string rows = std::to_string(where.height > 0 ? where.height - 1 : 0);
    const std::string next = std::to_string(where.height > 1 ? where.height - 2 : 0);
    append_label("1", quoted(text, where.width), "at character 0, character " + rows + " left", out);
    append_label("2",
                 quoted("* value   . expected and " + threshold +
                            " sigma   A anomaly   | drift   V alarm   L labelled   - event   (? keys)",
                        where.width),
                 "at character 0, character " + next + " left", out);
    out += "plot 2 with lines notitle\n";
    return;
  }
  const auto characters = static_cast<std::size_t>(std::max(20U, where.width / 8));
  append_label("1", quoted(text, characters),
               "at screen " + short_number(18.0 / std::max(1U, where.width)) + ", screen " +
                   short_number(1.0 - 18.0 / std::max(1U, where.height)) + " left font ',12' textcolor rgb '" +
                   std::string(text_colour) + "'",
               out);
  const manner how = manner_on(where);
  out += "set lmargin at screen 0\nset rmargin at screen 1\n";
  out += "set key at screen 0.995, screen " + short_number(1.0 - 44.0 / std::max(1U, where.height)) +
         " right center horizontal noenhanced font ',9' samplen 2 width -1\n";
  out += "plot keyentry " + how.value + " title 'value', keyentry " + how.band + " title 'expected \xc2\xb1 " +
         threshold + " sigma', keyentry " + how.anomaly + " title 'anomaly', keyentry " +
         coloured("with lines lw 2.2", drift_colour) + " title 'drift', keyentry " + how.alarm +
         " title 'alarm', keyentry " + how.label + " title 'labelled', keyentry " +
         coloured("with boxes fs solid noborder", event_colour) + " title 'event', 2 with lines notitle\n";
  out += "unset key\n";
}

}  // namespace spindrift
