// spindriftd: takes points over TCP, answers verdicts, feeds subscribers.
#include <cstdio>
#include <exception>

#include "server/access/token_command.hpp"
#include "server/app/config.hpp"
#include "server/app/daemon.hpp"

int main(int argc, char** argv) {
  using namespace spindrift;
  if (is_token_command(argc, argv)) return run_token_command(argc, argv);
  config settings;
  option_set options(
      "spindriftd",
      "takes streams of numbers over TCP and answers, for every point, whether it is an anomaly or a drift");
  declare(settings, options);
  const parse_result parsed = options.parse(argc, argv);
  if (!parsed.proceeds) {
    std::fputs(parsed.text.c_str(), parsed.exit_code == exit_ok ? stdout : stderr);
    return parsed.exit_code;
  }
  const auto complaints = validate(settings);
  for (const std::string& each : complaints) std::fprintf(stderr, "spindriftd: %s\n", each.c_str());
  if (!complaints.empty()) return exit_bad_config;
  if (settings.print_config) std::fputs(options.print_config().c_str(), stdout);
  if (settings.check_config) std::puts("the configuration is good");
  if (settings.print_config || settings.check_config) return exit_ok;
  try {
    return run_daemon(settings);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "spindriftd: %s\n", failure.what());
    return exit_failure;
  }
}
