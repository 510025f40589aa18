// spindriftd: takes points over TCP, answers verdicts, feeds subscribers.
#include <exception>

#include "server/access/token_command.hpp"
#include "server/app/config.hpp"
#include "server/app/daemon.hpp"
#include "server/app/explain_settings_command.hpp"
#include "server/app/import_command.hpp"
#include "server/app/producer_command.hpp"
#include "server/app/reread.hpp"
#include "server/app/shadow_report_command.hpp"
#include "server/app/test_alert_command.hpp"
#ifdef SPINDRIFT_HAS_KAFKA
#include "server/kafka/feed.hpp"
#endif

int main(int argc, char** argv) {
  using namespace spindrift;
#ifdef SPINDRIFT_HAS_KAFKA
  constexpr outside_maker make_feed = kafka::make_feed;
#else
  constexpr outside_maker make_feed = nullptr;
#endif
  if (is_token_command(argc, argv)) return run_token_command(argc, argv);
  if (is_producer_command(argc, argv)) return run_producer_command(argc, argv);
  if (is_import_command(argc, argv)) return run_import_command(argc, argv);
  if (is_test_alert_command(argc, argv)) return run_test_alert_command(argc, argv);
  if (is_explain_settings_command(argc, argv)) return run_explain_settings_command(argc, argv);
  if (is_shadow_report_command(argc, argv)) return run_shadow_report_command(argc, argv);
  config settings;
  option_set options(
      "spindriftd",
      "takes streams of numbers over TCP and answers, for every point, whether it is an anomaly or a drift");
  declare(settings, options);
  const parse_result parsed = options.parse(argc, argv);
  if (!parsed.proceeds) return tell(parsed);
  const parse_result judged = options.judge(validate(settings));
  if (!judged.proceeds) return tell(judged);
  if (const std::string wrong = read_shadow(argc, argv, settings); !wrong.empty()) {
    complain("spindriftd", wrong);
    return exit_bad_config;
  }
  try {
    int code = settings.check_config ? check_daemon(settings, make_feed) : exit_ok;
    if (code == exit_ok && settings.print_config)
      code = print(options.print_config(option_set::origins::shown_with_restarts));
    if (code == exit_ok && settings.check_config) code = print("the configuration is good\n");
    if (settings.print_config || settings.check_config) return code;
    return run_daemon(
        settings, [argc, argv] { return reread(argc, argv); }, make_feed);
  } catch (const std::exception& failure) {
    complain("spindriftd", failure.what());
    return exit_failure;
  }
}
