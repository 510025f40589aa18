// The options of --feed-from-kafka. Names and meanings are those of spindrift-worker, so that one file serves both.
#include "server/app/feed_options.hpp"

#include <optional>
#include <string_view>

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
  options.add({.flag = "--kafka",
               .placeholder = "KEY=VALUE",
               .help = "with --feed-from-kafka: a setting of librdkafka, by its own name; may be given several times",
               .is_repeatable = true,
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 const std::size_t equals = text.find('=');
                 if (equals == 0 || equals == std::string_view::npos) return "KEY=VALUE";
                 settings.client.emplace_back(text);
                 return std::nullopt;
               },
               .show = [&settings] { return settings.client; },
               .clear = [&settings] { settings.client.clear(); }});
  options.add_text("--kafka-file", "FILE", "more of them, KEY=VALUE a line; for passwords, so of mode 0600",
                   settings.client_file);
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
