// librdkafka's own mock of a cluster, for tests of what speaks to one: three brokers within the process, the topics of
// a worker with one partition each, and errors that are told when they are asked for.
//
// Its own client ends with it; whoever uses it ends before. The mock gathers the members of a new group for three
// seconds, and now and then does not hear what it is told, but a second later or with the next connection (librdkafka
// 2.0 reads away a wake-up that came behind what it has just done): so there is always a next one soon.
#pragma once

#include <librdkafka/rdkafka_mock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
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
    waker_ = std::thread([this, port = first_port()] {
      while (!ends_) wake(port);
    });
    for (const char* const topic : {"points", "verdicts", "events", "dead-letters", "spindrift-snapshots"}) {
      rd_kafka_mock_topic_create(held_, topic, 1, 1);
    }
  }
  ~mock_cluster() {
    writer_.reset();
    rd_kafka_mock_cluster_destroy(held_);
    ends_ = true;
    waker_.join();
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

  std::uint16_t first_port() const {
    const std::string all = address();
    return static_cast<std::uint16_t>(std::stoi(all.substr(all.find(':') + 1)));
  }
  static void wake(std::uint16_t port) {
    const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static_cast<void>(::connect(one, reinterpret_cast<const sockaddr*>(&to), sizeof to));
    ::close(one);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  client_handle owner_;
  client_handle writer_;
  rd_kafka_mock_cluster_t* held_ = nullptr;
  std::atomic<bool> ends_{false};
  std::thread waker_;
};

}  // namespace spindrift::kafka
