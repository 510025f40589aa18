// The options of --feed-from-kafka. Names and meanings are those of spindrift-worker, so that one file serves both.
#include "server/app/feed_options.hpp"

#include "common/cli/options.hpp"

namespace spindrift {

void declare(feed_settings& settings, option_set& options) {
  options.add_text("--feed-from-kafka", "HOST:PORT[,...]",
                   "serve subscribers, history and alerts what workers write to the cluster there", settings.brokers);
  options.add_text("--feed-group", "NAME", "with --feed-from-kafka: the group whose position is committed",
                   settings.group);
  options.add_text("--verdicts", "TOPIC|off", "with --feed-from-kafka: topic that verdicts come from",
                   settings.verdicts);
  options.add_text("--events", "TOPIC|off", "with --feed-from-kafka: topic that events come from", settings.events);
  declare_client_settings(settings.client, settings.client_file, "with --feed-from-kafka: ", options);
}

std::vector<std::string> validate(const feed_settings& settings) {
  if (!settings.is_on()) return {};
  std::vector<std::string> complaints;
  const bool has_verdicts = settings.verdicts != feed_settings::off;
  const bool has_events = settings.events != feed_settings::off;
  if (!has_verdicts && !has_events) {
    complaints.emplace_back(
        "--verdicts and --events: both off is not allowed with --feed-from-kafka, since nothing "
        "would be read: give one of them");
  }
  if (has_verdicts && settings.verdicts == settings.events) {
    complaints.push_back("--events: " + settings.events + " is the name of another topic as well");
  }
  return complaints;
}

}  // namespace spindrift
