// spindrift-viz: subscribes to a server and shows what it hears.
#include <cstdlib>
#include <exception>

#include "common/log/log.hpp"
#include "visualizer/app/event_command.hpp"
#include "visualizer/app/event_picture.hpp"
#include "visualizer/app/settings.hpp"
#include "visualizer/app/viewer.hpp"

int main(int argc, char** argv) {
  using namespace spindrift;
  if (is_event_command(argc, argv)) return run_event_command(argc, argv);
  viewer_settings settings;
  option_set options(
      "spindrift-viz",
      "subscribes to a spindrift server and draws its streams: a window, a terminal, a picture, a web page");
  declare(settings, options);
  const parse_result parsed = options.parse(argc, argv);
  if (!parsed.proceeds) return tell(parsed);
  settings.drawing.axis = settings.axis == "time" ? x_axis::time : x_axis::number;
  const parse_result judged = options.judge(validate(settings));
  if (!judged.proceeds) return tell(judged);
  // For gnuplot: what we have it write is UTF-8, of which it complains on a machine that is set up for ASCII.
  ::setenv("LC_ALL", "C.UTF-8", 1);
  try {
    open_log({});
    return settings.event.empty() ? run_viewer(settings) : run_event_picture(settings);
  } catch (const std::exception& failure) {
    complain("spindrift-viz", failure.what());
    return exit_failure;
  }
}
