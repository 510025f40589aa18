// Sends a made-up event to an alert.
#include "server/app/test_alert_command.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "common/cli/nearest_name.hpp"
#include "common/cli/options.hpp"
#include "common/protocol/encode.hpp"
#include "server/alerts/alert_sink.hpp"
#include "server/alerts/delivery.hpp"
#include "server/app/config.hpp"
#include "server/clock/clock.hpp"

namespace spindrift {
namespace {

constexpr std::string_view test_stream = "spindrift.test";

// A spike that is over, so that nobody waits for its end.
queued_notice made_up(const std::string& alert, std::int64_t now_ms) {
  event told;
  told.number = 1;
  told.kind = event_kind::spike;
  told.direction = event_direction::up;
  told.severity = 100;
  told.told_n = told.from_n = 1;
  told.told = told.from = now_ms;
  told.to_n = 1;
  told.to = now_ms;
  told.points = 1;
  told.value = 1;
  told.text = "a test of the alert " + alert + ": nothing has happened";
  std::string line;
  encode(told, test_stream, {}, line);
  queued_notice made;
  made.what = notice_of(told, test_stream, line);
  made.first_kind = told.kind;
  made.first_severity = told.severity;
  return made;
}

constexpr std::string_view testing_alerts = "spindriftd test-alert";

int send_to(const alert_settings& alert) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::int64_t now_ms = now().wall_ms;
  const outgoing message{alert.name + "-test-" + std::to_string(now_ms), {made_up(alert.name, now_ms)}, now_ms};
  const std::atomic<bool> stops{false};
  const delivery ended = make_sender(alert)->send(alert, message, stops);
  if (ended.as != delivery::end::acknowledged)
    return refuse(testing_alerts, alert.name + ": " + ended.reason, exit_failure);
  return print("the alert " + alert.name + " was sent and acknowledged\n");
}

}  // namespace

bool is_test_alert_command(int argc, const char* const* argv) {
  return argc > 1 && std::string_view(argv[1]) == "test-alert";
}

int run_test_alert_command(int argc, const char* const* argv) {
  config settings;
  std::string name;
  option_set options("spindriftd test-alert",
                     "sends one made-up event to the alert of that name, with the settings that spindriftd would have");
  options.add_positional("NAME", "the name of an [[alert]], or default for that of --alert-url", name);
  declare(settings, options);
  const parse_result parsed = options.parse(argc - 1, argv + 1);
  if (!parsed.proceeds) return tell(parsed);
  const parse_result judged = options.judge(validate(settings.alerts));
  if (!judged.proceeds) return tell(judged);
  const std::vector<alert_settings> all = settings.alerts.all();
  std::vector<std::string> names;
  for (const alert_settings& one : all) {
    if (one.name == name) return send_to(one);
    names.push_back(one.name);
  }
  if (name.empty()) return refuse(testing_alerts, "NAME: is missing; which alert?", exit_usage);
  if (names.empty())
    return refuse(testing_alerts, "there is no alert: give --config FILE with an [[alert]], or --alert-url",
                  exit_usage);
  return refuse(testing_alerts, "there is no alert '" + name + "'" + nearest_name(name, names).hint(), exit_usage);
}

}  // namespace spindrift
