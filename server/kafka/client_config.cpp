// Makes the clients of librdkafka, each with the settings of its role.
#include "server/kafka/client_config.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include "common/log/log.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

using config_handle = owned<rd_kafka_conf_t>;

constexpr std::chrono::milliseconds linger_min{5};
constexpr std::chrono::milliseconds linger_max{25};

struct fixed_setting {
  std::string key;
  std::string value;
};

// What a person may overrule. A broker that is away is asked again soon: with librdkafka's own 10 s of patience the
// first verdict would come that much later.
const std::vector<fixed_setting>& wishes() {
  static const std::vector<fixed_setting> all = {
      {"client.id", "spindrift-worker"}, {"reconnect.backoff.ms", "50"},   {"reconnect.backoff.max.ms", "500"},
      {"retry.backoff.ms", "50"},        {"socket.nagle.disable", "true"}, {"socket.keepalive.enable", "true"},
      {"broker.address.family", "any"}};
  return all;
}

const std::vector<fixed_setting>& reader_wishes() {
  // Half of what is read ahead by default: a lane that pauses partitions holds it in memory.
  static const std::vector<fixed_setting> all = {
      {"fetch.wait.max.ms", "10"}, {"fetch.error.backoff.ms", "20"}, {"queued.max.messages.kbytes", "32768"}};
  return all;
}

const std::vector<fixed_setting>& writer_wishes() {
  static const std::vector<fixed_setting> all = {{"linger.ms", "5"},
                                                 {"compression.type", "lz4"},
                                                 {"batch.size", "1000000"},
                                                 {"queue.buffering.max.messages", "1000000"}};
  return all;
}

std::string text_of(std::chrono::milliseconds duration) {
  return std::to_string(duration.count());
}

bool is_reader(client_role role) {
  return role == client_role::points || role == client_role::restore || role == client_role::stable;
}

std::vector<fixed_setting> fixed_for(const kafka_settings& settings, client_role role, std::size_t lane,
                                     std::string_view fenced_id) {
  std::vector<fixed_setting> all = {{"bootstrap.servers", settings.brokers}, {"log.connection.close", "false"}};
  if (is_reader(role)) {
    all.push_back({"group.id", settings.group});
    all.push_back({"enable.auto.commit", "false"});
    all.push_back({"enable.auto.offset.store", "false"});
    all.push_back({"auto.offset.reset", role == client_role::points ? "error" : "earliest"});
    all.push_back({"isolation.level", role == client_role::restore ? "read_uncommitted" : "read_committed"});
    all.push_back({"allow.auto.create.topics", "false"});
  }
  if (role != client_role::stable && is_reader(role)) all.push_back({"enable.partition.eof", "true"});
  // Chunks are told one by one, since their offsets are needed; of outputs only what failed.
  if (role == client_role::verdicts) all.push_back({"delivery.report.only.error", "true"});
  if (role == client_role::points) {
    all.push_back({"group.instance.id", settings.instance_id(lane)});
    all.push_back({"partition.assignment.strategy", "cooperative-sticky"});
    all.push_back({"session.timeout.ms", text_of(settings.session_timeout)});
    all.push_back({"heartbeat.interval.ms", text_of(settings.heartbeat())});
    // Not less than the session: librdkafka asks for that.
    all.push_back(
        {"max.poll.interval.ms", text_of(std::max(std::chrono::milliseconds(300'000), settings.session_timeout))});
  }
  const bool is_transactional = role == client_role::fence || role == client_role::check ||
                                (role == client_role::verdicts && settings.exactly_once);
  if (is_transactional) {
    std::string id = settings.transactional_id(lane);
    if (role == client_role::fence) id = fenced_id;
    if (role == client_role::check) id = settings.check_id();
    all.push_back({"transactional.id", std::move(id)});
    all.push_back({"transaction.timeout.ms", text_of(settings.transaction_timeout)});
    // Longer than the check takes: what it is given is never sent.
    if (role == client_role::check) all.push_back({"linger.ms", text_of(settings.transaction_timeout / 2)});
  } else if (!is_reader(role)) {
    all.push_back({"enable.idempotence", "true"});
    all.push_back({"message.timeout.ms", text_of(settings.transaction_timeout)});
  }
  if (!is_reader(role)) all.push_back({"acks", "all"});
  return all;
}

bool set(rd_kafka_conf_t* into, const fixed_setting& one, std::string& wrong) {
  std::array<char, 512> why{};
  if (rd_kafka_conf_set(into, one.key.c_str(), one.value.c_str(), why.data(), why.size()) == RD_KAFKA_CONF_OK) {
    return true;
  }
  wrong = why.data();
  return false;
}

// librdkafka's own lines, as debug of ours but for what it calls critical: a broker that is away is a line a second and
// client. That a consumer's key is none of a producer's is no news.
void log_line(const rd_kafka_t* of, int level, const char* facility, const char* text) {
  constexpr int syslog_critical = 2;
  if (std::string_view(facility) == "CONFWARN") return;
  log_event(level <= syslog_critical ? log_level::warning : log_level::debug, "kafka_client",
            {{"client", std::string_view(rd_kafka_name(of))},
             {"facility", std::string_view(facility)},
             {"text", std::string_view(text)}});
}

bool set_all(rd_kafka_conf_t* into, const kafka_settings& settings, client_role role, std::size_t lane,
             std::string_view fenced_id, std::string& wrong) {
  const auto set_each = [&](const std::vector<fixed_setting>& all) {
    return std::all_of(all.begin(), all.end(), [&](const fixed_setting& one) { return set(into, one, wrong); });
  };
  if (!set_each(wishes()) || !set_each(is_reader(role) ? reader_wishes() : writer_wishes())) return false;
  // Readers see nothing of a transaction before its commit, which waits for no linger: fuller batches delay nobody.
  // Against 5 ms they took a tenth of the worker's processor time away, and a fifth of the broker's, with a point a
  // record.
  if (role == client_role::verdicts && settings.exactly_once) {
    const std::chrono::milliseconds linger = std::clamp(settings.commit_interval / 4, linger_min, linger_max);
    if (!set(into, {"linger.ms", text_of(linger)}, wrong)) return false;
  }
  for (const client_setting& one : settings.all_client_settings()) {
    if (!set(into, {one.key, one.value}, wrong)) return false;
  }
  return set_each(fixed_for(settings, role, lane, fenced_id));
}

// What an interceptor is given is `client_callbacks`, which the maker of the client keeps.
rd_kafka_resp_err_t hear_answer(rd_kafka_t* /*of*/, int /*socket*/, const char* /*broker*/, std::int32_t /*id*/,
                                std::int16_t request, std::int16_t /*version*/, std::int32_t /*correlation*/,
                                std::size_t /*bytes*/, std::int64_t /*us*/, rd_kafka_resp_err_t /*code*/,
                                void* opaque) {
  const auto& calls = *static_cast<const client_callbacks*>(opaque);
  calls.answered(request, calls.opaque);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t add_listener(rd_kafka_t* to, const rd_kafka_conf_t* /*with*/, void* opaque, char* /*why*/,
                                 std::size_t /*size*/) {
  return rd_kafka_interceptor_add_on_response_received(to, "answers", &hear_answer, opaque);
}

}  // namespace

client_handle make_client(const kafka_settings& settings, client_role role, std::size_t lane,
                          const client_callbacks& calls, std::string& wrong, std::string_view fenced_id) {
  config_handle made(rd_kafka_conf_new());
  if (!set_all(made.get(), settings, role, lane, fenced_id, wrong)) return nullptr;
  rd_kafka_conf_set_opaque(made.get(), calls.opaque);
  rd_kafka_conf_set_log_cb(made.get(), log_line);
  if (calls.rebalance != nullptr) rd_kafka_conf_set_rebalance_cb(made.get(), calls.rebalance);
  if (calls.gives_delivery_events) rd_kafka_conf_set_events(made.get(), RD_KAFKA_EVENT_DR);
  if (calls.error != nullptr) rd_kafka_conf_set_error_cb(made.get(), calls.error);
  if (calls.message != nullptr) rd_kafka_conf_set_consume_cb(made.get(), calls.message);
  if (calls.answered != nullptr) {
    rd_kafka_conf_interceptor_add_on_new(made.get(), "answers", &add_listener, const_cast<client_callbacks*>(&calls));
  }
  std::array<char, 512> why{};
  const rd_kafka_type_t type = is_reader(role) ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
  client_handle client(rd_kafka_new(type, made.get(), why.data(), why.size()));
  if (!client) {
    wrong = why.data();
    return nullptr;
  }
  static_cast<void>(made.release());  // it is the client's now
  if (is_reader(role)) rd_kafka_poll_set_consumer(client.get());
  return client;
}

std::optional<std::string> judge_client_settings(const kafka_settings& settings) {
  std::string wrong;
  const config_handle tried(rd_kafka_conf_new());
  for (const client_setting& one : settings.client) {
    if (!set(tried.get(), {one.key, one.value}, wrong)) return "--kafka: " + one.key + ": " + wrong;
  }
  for (const client_setting& one : settings.client_of_file) {
    // Its value is not quoted: it may be a password.
    std::array<char, 8> unused{};
    std::size_t size = unused.size();
    if (set(tried.get(), {one.key, one.value}, wrong)) continue;
    const bool is_known = rd_kafka_conf_get(tried.get(), one.key.c_str(), nullptr, &size) == RD_KAFKA_CONF_OK;
    return "--kafka-file: " + settings.client_file + ": " + one.key +
           (is_known ? " does not take the value that it is given there" : " is no setting of librdkafka");
  }
  return std::nullopt;
}

client_error learn_topics(rd_kafka_t* producer, std::span<const std::string> topics) {
  constexpr int answer_ms = 2'000;
  std::vector<owned<rd_kafka_topic_t>> known;
  for (const std::string& topic : topics) known.emplace_back(rd_kafka_topic_new(producer, topic.c_str(), nullptr));
  const struct rd_kafka_metadata* answer = nullptr;
  client_error wrong = error_of(rd_kafka_metadata(producer, 0, nullptr, &answer, answer_ms));
  if (answer != nullptr) rd_kafka_metadata_destroy(answer);
  return wrong;
}

}  // namespace spindrift::kafka
