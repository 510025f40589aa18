// spindrift-viz: subscribes to a server and shows what it hears.
#include <cstdio>
#include <exception>

#include "common/log/log.hpp"
#include "visualizer/run.hpp"
#include "visualizer/settings.hpp"

int main(int argc, char** argv) {
  using namespace spindrift;
  viewer_settings settings;
  option_set options(
      "spindrift-viz",
      "subscribes to a spindrift server and draws its streams: a window, a terminal, a picture, a web page");
  declare(settings, options);
  const parse_result parsed = options.parse(argc, argv);
  if (!parsed.proceeds) return tell(parsed);
  settings.drawing.axis = settings.axis == "time" ? x_axis::time : x_axis::number;
  const auto complaints = validate(settings);
  for (const std::string& each : complaints) std::fprintf(stderr, "spindrift-viz: %s\n", each.c_str());
  if (!complaints.empty()) return exit_bad_config;
  try {
    open_log({});
    return run_viewer(settings);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "spindrift-viz: %s\n", failure.what());
    return exit_failure;
  }
}
