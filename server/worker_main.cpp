// spindrift-worker: the daemon's engine on the partitions of a Kafka topic.
#include <exception>

#include "common/cli/options.hpp"
#include "server/kafka/kafka_options.hpp"
#include "server/kafka/settings.hpp"
#include "server/kafka/worker_process.hpp"

int main(int argc, char** argv) {
  using namespace spindrift;
  kafka_settings settings;
  take_defaults_of_host(settings);
  option_set options("spindrift-worker",
                     "takes streams of numbers from a Kafka topic and writes, for every point, whether it is an "
                     "anomaly or a drift, to others: as many workers as it takes share the work");
  declare(settings, options);
  const parse_result parsed = options.parse(argc, argv);
  if (!parsed.proceeds) return tell(parsed);
  const parse_result judged = options.judge(validate(settings));
  if (!judged.proceeds) return tell(judged);
  try {
    int code = exit_ok;
    if (settings.print_config) code = print(options.print_config(option_set::origins::shown));
    if (code == exit_ok && settings.check_config) code = print("the configuration is good\n");
    if (settings.print_config || settings.check_config) return code;
    return kafka::run_worker(settings);
  } catch (const std::exception& failure) {
    complain("spindrift-worker", failure.what());
    return exit_failure;
  }
}
