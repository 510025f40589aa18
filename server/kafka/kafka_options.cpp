// The options of the worker and what is wrong with their values.
#include "server/kafka/kafka_options.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "common/cli/duration.hpp"
#include "common/cli/nearest_name.hpp"
#include "common/cli/options.hpp"
#include "common/log/log_options.hpp"
#include "common/net/endpoint.hpp"
#include "common/text/printable.hpp"
#include "server/alerts/alert_options.hpp"
#include "server/app/client_setting.hpp"
#include "server/app/detector_options.hpp"
#include "server/engine/engine_options.hpp"
#include "server/engine/stream_state.hpp"
#include "server/kafka/client_config.hpp"
#include "server/kafka/client_key.hpp"
#include "server/kafka/lane_settings.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift {
namespace {

using std::chrono::milliseconds;
using refusal = std::optional<std::string>;

// What Kafka takes as the name of a topic; a group and a worker are held to the same, since names are made of them.
bool is_kafka_name(std::string_view text) {
  constexpr std::size_t bytes_max = 249;
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !text.empty() && text.size() <= bytes_max && text != "." && text != ".." &&
         std::all_of(text.begin(), text.end(), is_allowed);
}

void add_name(std::string flag, std::string help, std::string& target, option_set& options) {
  options.add({.flag = std::move(flag),
               .placeholder = "NAME",
               .help = std::move(help),
               .take = [&target](std::string_view text) -> refusal {
                 if (!is_kafka_name(text)) return "1 to 249 letters, digits, dots, underscores and hyphens";
                 target = text;
                 return std::nullopt;
               },
               .show = [&target] { return std::vector{target}; }});
}

void add_duration(std::string flag, std::string help, milliseconds least, milliseconds most, milliseconds& target,
                  option_set& options) {
  options.add({.flag = std::move(flag),
               .placeholder = "DURATION",
               .help = std::move(help),
               .take = [&target, least, most](std::string_view text) -> refusal {
                 const auto meant = duration_in(text);
                 if (!meant || *meant < least || *meant > most) {
                   return "a duration from " + duration_text_of(least) + " to " + duration_text_of(most);
                 }
                 target = *meant;
                 return std::nullopt;
               },
               .show = [&target] { return std::vector{duration_text_of(target)}; }});
}

// One of two words.
void add_either(std::string flag, std::string help, std::string_view yes, std::string_view no, bool& target,
                option_set& options) {
  options.add({.flag = std::move(flag),
               .placeholder = std::string(yes) + '|' + std::string(no),
               .help = std::move(help),
               .take = [&target, yes, no](std::string_view text) -> refusal {
                 if (text != yes && text != no) return std::string(yes) + " or " + std::string(no);
                 target = text == yes;
                 return std::nullopt;
               },
               .show = [&target, yes, no] { return std::vector<std::string>{std::string(target ? yes : no)}; }});
}

void declare_topics(kafka_settings& settings, option_set& options) {
  add_name("--points", "topic that points come from", settings.topics.points, options);
  add_name("--verdicts", "topic that verdicts go to, or off", settings.topics.verdicts, options);
  add_name("--events", "topic that anomalies, drifts, alarms and events go to, or off", settings.topics.events,
           options);
  add_name("--dead-letters", "topic that lines go to which are no points", settings.topics.dead_letters, options);
  add_name("--snapshots", "topic that keeps what streams have learned", settings.topics.snapshots, options);
  options.add_number("--create-topics", "N", "for trials: makes the topics that are missing, of N partitions; 0: none",
                     settings.create_topics, 0, kafka_settings::partitions_max);
}

void declare_times(kafka_settings& settings, option_set& options) {
  using namespace std::chrono_literals;
  add_duration("--commit-interval", "how often what was judged is committed, and seen by readers", 1ms, 10s,
               settings.commit_interval, options);
  add_duration("--snapshot-interval", "how often a partition's state is written", 1s, 24h, settings.snapshot_interval,
               options);
  add_duration("--session-timeout", "a worker that is silent for so long loses its partitions", 6s, 30min,
               settings.session_timeout, options);
  add_duration("--transaction-timeout", "the broker aborts what a worker leaves open for so long", 1s, 15min,
               settings.transaction_timeout, options);
  add_duration("--start-timeout", "how long to wait for a broker at the start; then the exit code is 75", 1s, 24h,
               settings.start_timeout, options);
  add_duration("--forget-after", "a stream whose newest point is so much older than its partition's is forgotten", 1min,
               std::chrono::hours(24 * 366), settings.forget_after, options);
}

void declare_client(kafka_settings& settings, option_set& options) {
  declare_client_settings(settings.client, settings.client_file, {}, options);
  options.add_switch("--insecure", "speak plaintext to brokers on other machines", settings.insecure);
}

void declare_behaviour(kafka_settings& settings, option_set& options) {
  add_either("--delivery", "whether a crash may repeat lines (byte for byte, with the same n)", "exactly-once",
             "at-least-once", settings.exactly_once, options);
  options.add_number("--lanes", "N", "threads, each a member of the group, 1 to 256 (default: one a core)",
                     settings.lanes, 1, kafka_settings::lanes_max);
  options.add_number("--max-streams", "N", "streams at once, divided by the partitions, 1 to 100000000",
                     settings.engine.streams_max, 1, 100'000'000);
  options.add_number("--max-memory", "MIB", "resident memory beyond which partitions pause; 0: none",
                     settings.memory_mib_max, 0, 1U << 24U);
  add_either("--on-bad", "what becomes of a line that is no point", "stop", "dead-letter", settings.stops_on_bad,
             options);
  add_either("--on-offset-lost", "what to do where the next point is no longer in the topic", "skip", "stop",
             settings.skips_lost_offsets, options);
  options.add_switch("--accept-repartition", "learn anew where the number of partitions has changed",
                     settings.accepts_repartition);
  options.add_number("--state-version", "N", "version of the snapshots that are written; 0: the newest",
                     settings.state_version, 0, stream_state_version);
}

void declare_http(kafka_settings& settings, option_set& options) {
  options.add({.flag = "--http",
               .placeholder = "HOST:PORT|off",
               .help = "address for metrics and health by HTTP",
               .take = [&settings](std::string_view text) -> refusal {
                 if (text != kafka_settings::off && !endpoint_meant(text)) {
                   return "off, or " + std::string(endpoint_rule);
                 }
                 settings.http = text;
                 settings.is_http_chosen = true;
                 return std::nullopt;
               },
               .show = [&settings] { return std::vector{settings.http}; }});
}

std::vector<std::string> addresses_in(std::string_view list) {
  std::vector<std::string> all;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    all.emplace_back(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return all;
}

// "k1:9092", "SSL://k1:9093", "k1": as librdkafka takes them.
std::optional<endpoint> broker_meant(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  if (text.empty()) return std::nullopt;
  if (auto whole = parse_endpoint(text)) return whole;
  constexpr std::uint16_t usual_port = 9'092;
  if (text.find(':') != std::string_view::npos) return std::nullopt;
  return endpoint{std::string(text), usual_port};
}

std::string value_of(const kafka_settings& settings, std::string_view key, std::string_view usual) {
  std::string value(usual);
  for (const client_setting& one : settings.all_client_settings()) {
    if (one.key == key) value = one.value;
  }
  std::transform(value.begin(), value.end(), value.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return value;
}

void complain_of_security(const kafka_settings& settings, const std::string& flag,
                          std::vector<std::string>& complaints) {
  const std::string protocol = value_of(settings, "security.protocol", "plaintext");
  const bool is_plain = protocol == "plaintext" || protocol == "sasl_plaintext";
  for (const std::string& address : addresses_in(settings.brokers)) {
    const auto where = broker_meant(address);
    if (!where) {
      complaints.push_back(flag + ": " + in_quotes(address) + " is not HOST:PORT: give HOST:PORT[,HOST:PORT...]");
    } else if (is_plain && !settings.insecure && !is_loopback(*where)) {
      complaints.push_back(flag + ": " + address +
                           " is not allowed without TLS, since it is on another machine: give "
                           "--kafka security.protocol=ssl or sasl_ssl, or --insecure");
    }
  }
  if (addresses_in(settings.brokers).empty()) complaints.push_back(flag + ": empty is not allowed: give HOST:PORT");
  if (settings.insecure) return;
  if (value_of(settings, "ssl.endpoint.identification.algorithm", "https") == "none") {
    complaints.emplace_back(
        "--kafka: ssl.endpoint.identification.algorithm=none is not allowed, since anybody could be the broker: leave "
        "it out, or give --insecure");
  }
  if (value_of(settings, "enable.ssl.certificate.verification", "true") == "false") {
    complaints.emplace_back(
        "--kafka: enable.ssl.certificate.verification=false is not allowed, since anybody could be the broker: leave "
        "it out, or give --insecure");
  }
}

void complain_of_topics(const kafka_settings& settings, std::vector<std::string>& complaints) {
  const topic_names& topics = settings.topics;
  const std::array<std::pair<const char*, const std::string*>, 3> needed = {
      {{"--points", &topics.points}, {"--dead-letters", &topics.dead_letters}, {"--snapshots", &topics.snapshots}}};
  for (const auto& one : needed) {
    if (*one.second == kafka_settings::off) {
      complaints.push_back(std::string(one.first) + ": off is not allowed: give a topic's name");
    }
  }
  const std::array<std::pair<const char*, const std::string*>, 5> all = {{{"--points", &topics.points},
                                                                          {"--verdicts", &topics.verdicts},
                                                                          {"--events", &topics.events},
                                                                          {"--dead-letters", &topics.dead_letters},
                                                                          {"--snapshots", &topics.snapshots}}};
  std::set<std::string> seen;
  for (const auto& one : all) {
    if (*one.second == kafka_settings::off || seen.insert(*one.second).second) continue;
    complaints.push_back(std::string(one.first) + ": " + *one.second + " is the name of another topic as well");
  }
  if (!settings.writes_verdicts() && !settings.writes_events()) {
    complaints.emplace_back("--verdicts and --events: both off is not allowed, since nothing would be told");
  }
}

void complain_of_alerts(const kafka_settings& settings, std::vector<std::string>& complaints) {
  for (std::string& wrong : validate(settings.alerts)) complaints.push_back(std::move(wrong));
  for (std::string& wrong : validate(settings.engine.streams)) complaints.push_back(std::move(wrong));
  complain_of_unknown_alerts(settings.alerts, settings.engine.streams, complaints);
}

}  // namespace

void take_defaults_of_host(kafka_settings& settings) {
  settings.lanes = std::clamp<std::uint64_t>(std::thread::hardware_concurrency(), 1, kafka_settings::lanes_max);
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) settings.worker_id = name.data();
  settings.engine.streams_max = 1'000'000;
}

void declare(kafka_settings& settings, option_set& options) {
  options.accept_config_file();
  options.add_text("--brokers", "HOST:PORT[,...]", "where the cluster is asked for first", settings.brokers);
  add_name("--group", "name of the group, and prefix of its transactional ids", settings.group, options);
  add_name(
      "--worker-id",
      "name of this worker's place in the group: stable over restarts, and nobody else's (default: the host's name)",
      settings.worker_id, options);
  declare_topics(settings, options);
  declare_behaviour(settings, options);
  declare_times(settings, options);
  declare_client(settings, options);
  declare_http(settings, options);
  declare(settings.engine.detectors, options);
  declare_judging(settings.engine, options);
  declare_streams(settings.engine, options);
  declare(settings.log, options);
  declare(settings.alerts, options);
  options.add_action("--check-config", "say whether the configuration is good, and end", settings.check_config);
  options.add_action("--print-config", "print the configuration in force as TOML, and end", settings.print_config);
}

std::vector<std::string> validate_client(kafka_settings& settings, const std::string& flag) {
  std::vector<std::string> complaints;
  for (const client_setting& one : settings.client) {
    if (const auto wrong = refused_client_key(one.key, client_key_source::flag)) {
      complaints.push_back("--kafka: " + *wrong);
    }
  }
  read_client_file(settings, complaints);
  if (const auto wrong = kafka::judge_client_settings(settings)) complaints.push_back(*wrong);
  complain_of_security(settings, flag, complaints);
  return complaints;
}

std::vector<std::string> validate(kafka_settings& settings) {
  std::vector<std::string> complaints = validate(settings.engine.detectors);
  if (!is_kafka_name(settings.worker_id)) {
    complaints.push_back("--worker-id: " + in_quotes(settings.worker_id) +
                         " is not allowed: give 1 to 249 letters, digits, dots, underscores and hyphens");
  }
  for (std::string& wrong : validate_client(settings, "--brokers")) complaints.push_back(std::move(wrong));
  complain_of_topics(settings, complaints);
  if (settings.http != kafka_settings::off && !settings.insecure && !is_loopback(*endpoint_meant(settings.http))) {
    complaints.push_back("--http: " + settings.http +
                         " is not allowed, since others can reach it and it has neither TLS nor tokens: give a "
                         "loopback address, off, or --insecure");
  }
  complain_of_alerts(settings, complaints);
  for (std::string& wrong : worker::validate(kafka::lane_settings_of(settings, 0, 1))) {
    complaints.push_back(std::move(wrong));
  }
  return complaints;
}

}  // namespace spindrift
