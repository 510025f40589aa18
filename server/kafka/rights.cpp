// Names the right that is missing, and the command that gives it.
#include "server/kafka/rights.hpp"

#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

std::string joined(std::span<const std::string> parts, const char* between) {
  std::string all;
  for (const std::string& one : parts) all.append(all.empty() ? "" : between).append(one);
  return all;
}

}  // namespace

std::vector<std::string> output_topics(const kafka_settings& settings) {
  std::vector<std::string> all;
  if (settings.writes_verdicts()) all.push_back(settings.topics.verdicts);
  if (settings.writes_events()) all.push_back(settings.topics.events);
  all.push_back(settings.topics.dead_letters);
  return all;
}

std::vector<std::string> right_missing(const kafka_settings& settings, rd_kafka_resp_err_t code,
                                       const std::string& asked_for) {
  if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) return {settings.group};
  if (code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED) return {settings.transactional_prefix()};
  // Of a transaction the broker does not say which topic it was, and they are few.
  if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED && asked_for == settings.transactional_prefix()) {
    return output_topics(settings);
  }
  return {asked_for.empty() ? settings.topics.points : asked_for};
}

std::string acl_cure(const kafka_settings& settings, std::span<const std::string> denied) {
  const std::string begin =
      "kafka-acls.sh --bootstrap-server " + settings.brokers + " --add --allow-principal User:NAME --operation ";
  std::vector<std::string> commands;
  std::string outputs;
  for (const std::string& one : denied) {
    if (one == settings.topics.points) {
      commands.push_back(begin + "Read --operation Describe --topic " + one);
    } else if (one == settings.topics.snapshots) {
      commands.push_back(begin + "Read --operation Write --operation Delete --operation Describe --topic " + one);
    } else if (one == settings.group) {
      commands.push_back(begin + "Read --group " + one);
    } else if (one == settings.transactional_prefix()) {
      commands.push_back(begin + "Write --operation Describe --resource-pattern-type prefixed --transactional-id " +
                         one);
    } else {
      outputs += " --topic " + one;
    }
  }
  if (!outputs.empty()) commands.insert(commands.begin(), begin + "Write --operation Describe" + outputs);
  return joined(commands, "; ");
}

std::string denial_text(const kafka_settings& settings, std::span<const std::string> denied, const std::string& why) {
  return "no right to " + joined(denied, ", ") + " (" + why + "): " + acl_cure(settings, denied);
}

}  // namespace spindrift::kafka
