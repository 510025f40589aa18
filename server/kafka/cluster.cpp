// Looks at the cluster's topics, makes them if that was asked for, and says what is missing.
#include "server/kafka/cluster.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "common/cli/duration.hpp"
#include "common/cli/terminal.hpp"
#include "common/log/log.hpp"
#include "server/kafka/client_config.hpp"
#include "server/kafka/rights.hpp"
#include "server/kafka/settings.hpp"
#include "server/kafka/write_check.hpp"

namespace spindrift::kafka {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

constexpr milliseconds answer_patience{2'000};
constexpr milliseconds between_looks{100};
constexpr milliseconds making_patience{15'000};
// What was made a moment ago is not known to every broker yet.
constexpr milliseconds missing_patience{3'000};

struct topic_wish {
  const char* flag;
  const std::string& name;
  bool is_state;  // kept for ever
};

std::vector<topic_wish> topics_of(const kafka_settings& settings) {
  std::vector<topic_wish> all = {{"--points", settings.topics.points, false}};
  if (settings.writes_verdicts()) all.push_back({"--verdicts", settings.topics.verdicts, false});
  if (settings.writes_events()) all.push_back({"--events", settings.topics.events, false});
  all.push_back({"--dead-letters", settings.topics.dead_letters, false});
  all.push_back({"--snapshots", settings.topics.snapshots, true});
  return all;
}

// The configuration of section "Topics" of docs/scaleout.md.
std::vector<std::pair<const char*, const char*>> config_of(const topic_wish& topic) {
  std::vector<std::pair<const char*, const char*>> all = {{"cleanup.policy", "delete"}};
  if (topic.is_state) {
    all.emplace_back("retention.ms", "-1");
    all.emplace_back("max.message.bytes", "1048576");
  } else {
    all.emplace_back("retention.ms", "86400000");
  }
  return all;
}

std::string making_command(const kafka_settings& settings, const topic_wish& topic, std::uint32_t partitions) {
  std::string text = "kafka-topics.sh --bootstrap-server " + settings.brokers + " --create --topic " + topic.name +
                     " --partitions " + (partitions == 0 ? "64" : std::to_string(partitions)) +
                     " --replication-factor 3";
  for (const auto& one : config_of(topic)) text.append(" --config ").append(one.first).append("=").append(one.second);
  return text;
}

struct found_topic {
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::uint32_t partitions = 0;
  int brokers = 0;
};

// The metadata of one topic. A code of the client's own (below 0): nobody answered.
found_topic look_at(rd_kafka_t* client, const std::string& name) {
  found_topic found;
  const owned<rd_kafka_topic_t> topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
  if (!topic) {
    found.code = rd_kafka_last_error();
    return found;
  }
  const struct rd_kafka_metadata* answer = nullptr;
  found.code = rd_kafka_metadata(client, 0, topic.get(), &answer, static_cast<int>(answer_patience.count()));
  if (found.code != RD_KAFKA_RESP_ERR_NO_ERROR) return found;
  found.brokers = answer->broker_cnt;
  if (answer->topic_cnt == 1) {
    found.code = answer->topics[0].err;
    found.partitions = static_cast<std::uint32_t>(std::max(answer->topics[0].partition_cnt, 0));
  }
  rd_kafka_metadata_destroy(answer);
  return found;
}

// The last thing that went wrong between us and the brokers, for a message that says more than "timed out".
struct last_error {
  client_error told;
  static void hear(rd_kafka_t* /*client*/, int code, const char* text, void* opaque) {
    auto& self = *static_cast<last_error*>(opaque);
    client_error heard = error_of(static_cast<rd_kafka_resp_err_t>(code), text);
    if (heard.code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && self.told) return;
    if (self.told.is != error_class::denied) self.told = std::move(heard);
  }
};

class looker {
public:
  looker(const kafka_settings& settings, const std::atomic<bool>& stops) : settings_(settings), stops_(stops) {}

  cluster_view look() {
    std::string wrong;
    client_ =
        make_client(settings_, client_role::look, 0, {&error_, nullptr, false, &last_error::hear, nullptr}, wrong);
    if (!client_) return refuse(exit_bad_config, "the Kafka client cannot be made: " + wrong);
    until_ = clock::now() + settings_.start_timeout;
    for (const topic_wish& topic : topics_of(settings_)) {
      if (auto refused = settle(topic)) return *refused;
      if (stops_) return {};
    }
    // At least once there is no transaction to ask by: there the first line for a topic tells.
    if (settings_.exactly_once) {
      const write_denial found = find_write_denial(settings_, stops_);
      if (!found.denied.empty()) {
        return refuse(exit_bad_config, denial_text(settings_, found.denied, found.why));
      }
    }
    return {0, {}, partitions_};
  }

private:
  static cluster_view refuse(int code, std::string reason) { return {code, std::move(reason), 0}; }

  cluster_view no_broker() const {
    std::string text =
        "no broker at " + settings_.brokers + " has answered within " + duration_text_of(settings_.start_timeout);
    if (error_.told) text += " (" + error_.told.text + ")";
    return refuse(exit_try_again, text + ": is Kafka running there? --start-timeout waits for longer");
  }

  // Until the topic is as it should be, or it is clear that it is not.
  std::optional<cluster_view> settle(const topic_wish& topic) {
    const clock::time_point begun = clock::now();
    while (!stops_) {
      rd_kafka_poll(client_.get(), 0);
      if (error_.told.is == error_class::denied) {
        return refuse(exit_bad_config, settings_.brokers + " refuses these credentials (" + error_.told.text +
                                           "): put sasl.username and sasl.password into --kafka-file");
      }
      const found_topic found = look_at(client_.get(), topic.name);
      if (found.code == RD_KAFKA_RESP_ERR_NO_ERROR && found.partitions > 0) return judge(topic, found);
      if (class_of(found.code) == error_class::denied) {
        return refuse(exit_bad_config, "the topic " + topic.name + " (" + topic.flag +
                                           ") is not for this user: " + acl_cure(settings_, std::span(&topic.name, 1)));
      }
      if (found.code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
        if (auto refused = provide(topic, found, begun)) return refused;
      }
      if (clock::now() >= until_) return no_broker();
      std::this_thread::sleep_for(between_looks);
    }
    return std::nullopt;
  }

  std::optional<cluster_view> judge(const topic_wish& topic, const found_topic& found) {
    if (partitions_ == 0) partitions_ = found.partitions;
    if (found.partitions == partitions_) return std::nullopt;
    std::string cure = "make both alike: the other topics of a worker have as many as " + settings_.topics.points;
    if (found.partitions < partitions_) {
      cure = "kafka-topics.sh --bootstrap-server " + settings_.brokers + " --alter --topic " + topic.name +
             " --partitions " + std::to_string(partitions_);
    }
    return refuse(exit_bad_config, "the topic " + topic.name + " (" + topic.flag + ") has " +
                                       std::to_string(found.partitions) + " partitions and " + settings_.topics.points +
                                       " has " + std::to_string(partitions_) + ": " + cure);
  }

  std::optional<cluster_view> provide(const topic_wish& topic, const found_topic& found, clock::time_point begun) {
    if (settings_.create_topics == 0) {
      if (clock::now() - begun < missing_patience) return std::nullopt;
      return refuse(exit_bad_config, "there is no topic " + topic.name + " (" + topic.flag +
                                         "): " + making_command(settings_, topic, partitions_) +
                                         "; for a trial, --create-topics 8 makes them all");
    }
    const client_error failed = make(topic, found.brokers);
    if (failed.is == error_class::denied) {
      return refuse(exit_bad_config, "the topic " + topic.name + " cannot be made: " + failed.text + ": " +
                                         acl_cure(settings_, std::span(&topic.name, 1)));
    }
    if (failed && failed.code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      log_event(log_level::warning, "topic_not_made", {{"topic", topic.name}, {"reason", failed.text}});
    }
    return std::nullopt;
  }

  client_error make(const topic_wish& topic, int brokers) {
    std::array<char, 512> why{};
    const int replicas = std::clamp(brokers, 1, 3);
    const int partitions = static_cast<int>(partitions_ == 0 ? settings_.create_topics : partitions_);
    const owned<rd_kafka_NewTopic_t> wanted(
        rd_kafka_NewTopic_new(topic.name.c_str(), partitions, replicas, why.data(), why.size()));
    if (!wanted) return error_of(RD_KAFKA_RESP_ERR__INVALID_ARG, why.data());
    for (const auto& one : config_of(topic)) rd_kafka_NewTopic_set_config(wanted.get(), one.first, one.second);
    if (replicas == 3) rd_kafka_NewTopic_set_config(wanted.get(), "min.insync.replicas", "2");
    const owned<rd_kafka_queue_t> answers(rd_kafka_queue_new(client_.get()));
    rd_kafka_NewTopic_t* all[] = {wanted.get()};
    rd_kafka_CreateTopics(client_.get(), all, 1, nullptr, answers.get());
    const owned<rd_kafka_event_t> answer(rd_kafka_queue_poll(answers.get(), static_cast<int>(making_patience.count())));
    if (!answer) return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT);
    if (auto failed = error_of(rd_kafka_event_error(answer.get()), rd_kafka_event_error_string(answer.get()))) {
      return failed;
    }
    const rd_kafka_CreateTopics_result_t* const result = rd_kafka_event_CreateTopics_result(answer.get());
    std::size_t count = 0;
    const rd_kafka_topic_result_t** const made = rd_kafka_CreateTopics_result_topics(result, &count);
    if (count != 1) return error_of(RD_KAFKA_RESP_ERR__BAD_MSG);
    client_error told = error_of(rd_kafka_topic_result_error(made[0]), rd_kafka_topic_result_error_string(made[0]));
    if (!told)
      log_event(log_level::info, "topic_made", {{"topic", topic.name}, {"partitions", std::int64_t{partitions}}});
    return told;
  }

  const kafka_settings& settings_;
  const std::atomic<bool>& stops_;
  last_error error_;
  client_handle client_;  // calls error_
  clock::time_point until_;
  std::uint32_t partitions_ = 0;
};

}  // namespace

cluster_view look_at_cluster(const kafka_settings& settings, const std::atomic<bool>& stops) {
  return looker(settings, stops).look();
}

}  // namespace spindrift::kafka
