// librdkafka's own mock of a cluster, for tests of what speaks to one: three brokers within the process, the topics of
// a worker with one partition each, and errors that are told when they are asked for.
//
// Its own client ends with it; whoever uses it ends before. The mock gathers the members of a new group for three
// seconds.
#pragma once

#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "server/kafka/handle.hpp"

namespace spindrift::kafka {

// Kafka's numbers of requests, which librdkafka keeps to itself.
inline constexpr std::int16_t request_produce = 0;
inline constexpr std::int16_t request_find_coordinator = 10;
inline constexpr std::int16_t request_join_group = 11;
inline constexpr std::int16_t request_end_txn = 26;
inline constexpr std::int16_t request_txn_offset_commit = 28;

class mock_cluster {
public:
  mock_cluster() {
    std::array<char, 256> why{};
    owner_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why.data(), why.size()));
    held_ = rd_kafka_mock_cluster_new(owner_.get(), broker_count);
    for (const char* const topic : {"points", "verdicts", "events", "dead-letters", "spindrift-snapshots"}) {
      rd_kafka_mock_topic_create(held_, topic, 1, 1);
    }
  }
  ~mock_cluster() {
    writer_.reset();
    rd_kafka_mock_cluster_destroy(held_);
  }
  mock_cluster(const mock_cluster&) = delete;
  mock_cluster& operator=(const mock_cluster&) = delete;

  std::string address() const { return rd_kafka_mock_cluster_bootstraps(held_); }
  void refuse(std::int16_t request, const std::vector<rd_kafka_resp_err_t>& codes) {
    rd_kafka_mock_push_request_errors_array(held_, request, codes.size(), codes.data());
  }
  void move_coordinator(const std::string& transactional_id, std::int32_t to) {
    rd_kafka_mock_coordinator_set(held_, "transaction", transactional_id.c_str(), to);
  }
  void answer_after(std::chrono::milliseconds delay) {
    for (std::int32_t broker = 1; broker <= broker_count; ++broker) {
      rd_kafka_mock_broker_set_rtt(held_, broker, static_cast<int>(delay.count()));
    }
  }
  // Into the one partition of `points`; they are there when it comes back.
  void write_points(int count) {
    if (!writer_) {
      rd_kafka_conf_t* const settings = rd_kafka_conf_new();
      rd_kafka_conf_set(settings, "bootstrap.servers", address().c_str(), nullptr, 0);
      writer_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, settings, nullptr, 0));
    }
    const owned<rd_kafka_topic_t> points(rd_kafka_topic_new(writer_.get(), "points", nullptr));
    char value[] = R"({"stream":"s","value":1})";
    for (int i = 0; i < count; ++i) {
      rd_kafka_produce(points.get(), 0, RD_KAFKA_MSG_F_COPY, value, sizeof value - 1, nullptr, 0, nullptr);
    }
    constexpr int patience_ms = 10'000;
    rd_kafka_flush(writer_.get(), patience_ms);
  }

private:
  static constexpr int broker_count = 3;
  client_handle owner_;
  client_handle writer_;
  rd_kafka_mock_cluster_t* held_ = nullptr;
};

}  // namespace spindrift::kafka
