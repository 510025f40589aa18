#include "tests/kafka/topic.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <thread>
#include <utility>

namespace spindrift::kafka_test {
namespace {

constexpr int answer_ms = 1'000;
constexpr std::chrono::seconds making_patience{30};

void silence(const rd_kafka_t* /*of*/, int /*level*/, const char* /*facility*/, const char* /*text*/) {}

rd_kafka_t* make(rd_kafka_type_t type, const client_settings& all) {
  rd_kafka_conf_t* const settings = rd_kafka_conf_new();
  std::array<char, 512> why{};
  for (const auto& one : all) {
    if (rd_kafka_conf_set(settings, one.first.c_str(), one.second.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(settings);
      throw std::runtime_error(why.data());
    }
  }
  rd_kafka_conf_set_log_cb(settings, silence);
  rd_kafka_t* const client = rd_kafka_new(type, settings, why.data(), why.size());
  if (client == nullptr) throw std::runtime_error(why.data());
  return client;
}

client_settings joined(client_settings first, const client_settings& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

std::string bytes_of(const void* at, std::size_t size) {
  return size == 0 ? std::string() : std::string(static_cast<const char*>(at), size);
}

record taken(rd_kafka_message_t& from) {
  record made;
  made.key = bytes_of(from.key, from.key_len);
  made.value = bytes_of(from.payload, from.len);
  made.is_null = from.payload == nullptr;
  made.partition = from.partition;
  made.offset = from.offset;
  rd_kafka_timestamp_type_t type{};
  made.timestamp_ms = rd_kafka_message_timestamp(&from, &type);
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&from, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         ++i) {
      made.headers[name] = bytes_of(value, size);
    }
  }
  return made;
}

}  // namespace

bool answers(const std::string& address) {
  rd_kafka_t* const client =
      make(RD_KAFKA_PRODUCER, {{"bootstrap.servers", address}, {"reconnect.backoff.max.ms", "100"}});
  const struct rd_kafka_metadata* found = nullptr;
  const bool is_there = rd_kafka_metadata(client, 0, nullptr, &found, answer_ms) == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (is_there) rd_kafka_metadata_destroy(found);
  rd_kafka_destroy(client);
  return is_there;
}

std::int32_t murmur2_partition(std::string_view key, std::int32_t partitions) {
  constexpr std::uint32_t mix = 0x5bd1e995;
  const auto byte = [key](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(key[i])); };
  std::uint32_t hash = 0x9747b28cU ^ static_cast<std::uint32_t>(key.size());
  std::size_t at = 0;
  for (; at + 4 <= key.size(); at += 4) {
    std::uint32_t word = byte(at) | byte(at + 1) << 8U | byte(at + 2) << 16U | byte(at + 3) << 24U;
    word *= mix;
    word ^= word >> 24U;
    hash = (hash * mix) ^ (word * mix);
  }
  const std::size_t left = key.size() - at;
  if (left >= 3) hash ^= byte(at + 2) << 16U;
  if (left >= 2) hash ^= byte(at + 1) << 8U;
  if (left >= 1) hash = (hash ^ byte(at)) * mix;
  hash ^= hash >> 13U;
  hash *= mix;
  hash ^= hash >> 15U;
  return static_cast<std::int32_t>((hash & 0x7fffffffU) % static_cast<std::uint32_t>(partitions));
}

void make_topic(const std::string& address, const std::string& name, int partitions, const client_settings& more) {
  rd_kafka_t* const client = make(RD_KAFKA_PRODUCER, joined({{"bootstrap.servers", address}}, more));
  std::array<char, 512> why{};
  rd_kafka_NewTopic_t* wanted = rd_kafka_NewTopic_new(name.c_str(), partitions, 1, why.data(), why.size());
  rd_kafka_queue_t* const answers = rd_kafka_queue_new(client);
  const auto until = std::chrono::steady_clock::now() + making_patience;
  std::string wrong = "no answer";
  while (!wrong.empty() && std::chrono::steady_clock::now() < until) {
    rd_kafka_CreateTopics(client, &wanted, 1, nullptr, answers);
    rd_kafka_event_t* const answer = rd_kafka_queue_poll(answers, answer_ms * 10);
    if (answer == nullptr) continue;
    wrong = rd_kafka_event_error(answer) == 0 ? "" : rd_kafka_event_error_string(answer);
    const auto* const result = wrong.empty() ? rd_kafka_event_CreateTopics_result(answer) : nullptr;
    std::size_t count = 0;
    const auto* const* const topics = result == nullptr ? nullptr : rd_kafka_CreateTopics_result_topics(result, &count);
    if (count == 1) {
      const auto code = rd_kafka_topic_result_error(topics[0]);
      const bool is_there = code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS;
      wrong = is_there ? "" : rd_kafka_err2str(code);
    }
    rd_kafka_event_destroy(answer);
  }
  rd_kafka_NewTopic_destroy(wanted);
  rd_kafka_queue_destroy(answers);
  rd_kafka_destroy(client);
  if (!wrong.empty()) throw std::runtime_error("topic " + name + ": " + wrong);
}

void grant(const std::string& address, const std::vector<right>& rights) {
  rd_kafka_t* const client = make(RD_KAFKA_PRODUCER, {{"bootstrap.servers", address}});
  std::vector<rd_kafka_AclBinding_t*> all;
  std::array<char, 512> why{};
  for (const right& one : rights) {
    const auto type = one.of == right::topic ? RD_KAFKA_RESOURCE_TOPIC : RD_KAFKA_RESOURCE_GROUP;
    const std::map<std::string, rd_kafka_AclOperation_t> operations = {{"read", RD_KAFKA_ACL_OPERATION_READ},
                                                                       {"write", RD_KAFKA_ACL_OPERATION_WRITE},
                                                                       {"delete", RD_KAFKA_ACL_OPERATION_DELETE},
                                                                       {"describe", RD_KAFKA_ACL_OPERATION_DESCRIBE}};
    rd_kafka_AclBinding_t* const made = rd_kafka_AclBinding_new(
        type, one.name.c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL, ("User:" + one.user).c_str(), "*",
        operations.at(one.operation), RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, why.data(), why.size());
    if (made == nullptr) throw std::runtime_error(std::string("no right: ") + why.data());
    all.push_back(made);
  }
  rd_kafka_queue_t* const answers = rd_kafka_queue_new(client);
  rd_kafka_CreateAcls(client, all.data(), all.size(), nullptr, answers);
  rd_kafka_event_t* const answer = rd_kafka_queue_poll(answers, answer_ms * 30);
  const bool is_done = answer != nullptr && rd_kafka_event_error(answer) == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (answer != nullptr) rd_kafka_event_destroy(answer);
  rd_kafka_AclBinding_destroy_array(all.data(), all.size());
  rd_kafka_queue_destroy(answers);
  rd_kafka_destroy(client);
  if (!is_done) throw std::runtime_error("rights could not be given");
}

writer::writer(const std::string& address, const client_settings& more)
    : client_(make(RD_KAFKA_PRODUCER, joined({{"bootstrap.servers", address},
                                              {"enable.idempotence", "true"},
                                              {"compression.type", "lz4"},
                                              {"queue.buffering.max.messages", "2000000"},
                                              {"linger.ms", "5"}},
                                             more))) {}

writer::~writer() {
  rd_kafka_destroy(client_);
}

void writer::write(const std::string& topic, std::int32_t partition, std::string_view key, std::string_view value,
                   std::int64_t timestamp_ms) {
  std::array<rd_kafka_vu_t, 6> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  parts[0].u.cstr = topic.c_str();
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = partition;
  parts[2].vtype = RD_KAFKA_VTYPE_KEY;
  parts[2].u.mem.ptr = const_cast<char*>(key.data());
  parts[2].u.mem.size = key.size();
  parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[3].u.mem.ptr = const_cast<char*>(value.data());
  parts[3].u.mem.size = value.size();
  parts[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[4].u.i = RD_KAFKA_MSG_F_COPY;
  parts[5].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
  parts[5].u.i64 = timestamp_ms;
  for (;;) {
    rd_kafka_error_t* const failed = rd_kafka_produceva(client_, parts.data(), parts.size());
    if (failed == nullptr) return;
    const auto code = rd_kafka_error_code(failed);
    rd_kafka_error_destroy(failed);
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) throw std::runtime_error(rd_kafka_err2str(code));
    rd_kafka_poll(client_, 10);
  }
}

// librdkafka tells no value from an empty one by the pointer.
void writer::write_null(const std::string& topic, std::int32_t partition, std::string_view key) {
  write(topic, partition, key, std::string_view());
}

void writer::flush(std::chrono::milliseconds deadline) {
  if (rd_kafka_flush(client_, static_cast<int>(deadline.count())) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw std::runtime_error("not everything could be written");
  }
}

reader::reader(const std::string& address, const std::string& topic, int partitions, bool is_committed,
               const client_settings& more)
    : client_(
          make(RD_KAFKA_CONSUMER, joined({{"bootstrap.servers", address},
                                          {"group.id", "test-reader"},
                                          {"enable.auto.commit", "false"},
                                          {"auto.offset.reset", "earliest"},
                                          {"fetch.wait.max.ms", "20"},
                                          {"reconnect.backoff.max.ms", "200"},
                                          {"isolation.level", is_committed ? "read_committed" : "read_uncommitted"}},
                                         more))) {
  rd_kafka_poll_set_consumer(client_);
  rd_kafka_topic_partition_list_t* const all = rd_kafka_topic_partition_list_new(partitions);
  for (std::int32_t i = 0; i < partitions; ++i) {
    rd_kafka_topic_partition_list_add(all, topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  rd_kafka_assign(client_, all);
  rd_kafka_topic_partition_list_destroy(all);
}

reader::~reader() {
  rd_kafka_destroy_flags(client_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

std::vector<record> reader::read(std::chrono::milliseconds patience) {
  std::vector<record> all;
  int wait_ms = static_cast<int>(patience.count());
  while (rd_kafka_message_t* const message = rd_kafka_consumer_poll(client_, wait_ms)) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      all.push_back(taken(*message));
      wait_ms = 0;
    }
    rd_kafka_message_destroy(message);
  }
  return all;
}

}  // namespace spindrift::kafka_test
