// What tests do with topics: make them, write to them, read all of them. By librdkafka, with clients of their own.
//
// Functions throw std::runtime_error at their deadline, or with what librdkafka says.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct rd_kafka_s;

namespace spindrift::kafka_test {

// KEY=VALUE of librdkafka, for brokers that want more than plaintext.
using client_settings = std::vector<std::pair<std::string, std::string>>;

struct record {
  std::string key;
  std::string value;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::map<std::string, std::string> headers{};
  bool is_null = false;  // no value at all
};

// Whether a broker answers there, within a second.
bool answers(const std::string& address);

// Java's partition of a key, which most producers share.
std::int32_t murmur2_partition(std::string_view key, std::int32_t partitions);

void make_topic(const std::string& address, const std::string& name, int partitions, const client_settings& more = {});

// A right of a user: what, its name, whose, and "read", "write" or "delete". Those to transactional ids librdkafka
// cannot give: broker::grant_transactional_ids().
struct right {
  enum kind : std::uint8_t { topic, group };
  kind of;
  std::string name;
  std::string user;
  std::string operation;
};
void grant(const std::string& address, const std::vector<right>& rights);

// A producer of a test's own. Partitions are chosen by murmur2 of the key.
class writer {
public:
  explicit writer(const std::string& address, const client_settings& more = {});
  ~writer();
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  void write(const std::string& topic, std::int32_t partition, std::string_view key, std::string_view value,
             std::int64_t timestamp_ms = 0);
  void write_null(const std::string& topic, std::int32_t partition, std::string_view key);
  // Everything is in the topic when it comes back.
  void flush(std::chrono::milliseconds deadline = std::chrono::seconds(60));

private:
  rd_kafka_s* client_;
};

// Reads partitions from their beginning and on, read_committed unless told otherwise.
class reader {
public:
  reader(const std::string& address, const std::string& topic, int partitions, bool is_committed = true,
         const client_settings& more = {});
  ~reader();
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  // Waits so long for the first, then takes what is there.
  std::vector<record> read(std::chrono::milliseconds patience);

private:
  rd_kafka_s* client_;
};

}  // namespace spindrift::kafka_test
