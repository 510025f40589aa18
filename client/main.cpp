// spindrift-sim: sends points whose truth is known, and measures what comes back.
#include <exception>
#include <string>

#include "client/replay.hpp"
#include "client/run.hpp"
#include "client/settings.hpp"

int main(int argc, char** argv) {
  spindrift::client_settings settings;
  spindrift::option_set options("spindrift-sim",
                                "Simulator, replayer and load generator: sends points to spindriftd and holds the "
                                "verdicts against the truth.");
  spindrift::declare_options(options, settings);
  const spindrift::parse_result parsed = options.parse(argc, argv);
  if (!parsed.proceeds) return spindrift::tell(parsed);
  const spindrift::parse_result judged = options.judge(spindrift::complaints_about(settings));
  if (!judged.proceeds) return spindrift::tell(judged);
  try {
    return spindrift::run_client(settings);
  } catch (const spindrift::replay_error& error) {
    spindrift::complain("spindrift-sim", std::string("replay: ") + error.what());
    return spindrift::exit_bad_config;
  } catch (const spindrift::bad_setting& error) {
    spindrift::complain("spindrift-sim", error.what());
    return spindrift::exit_bad_config;
  } catch (const std::exception& error) {
    spindrift::complain("spindrift-sim", error.what());
    return spindrift::exit_failure;
  }
}
