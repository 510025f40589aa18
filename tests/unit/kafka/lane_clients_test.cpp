// What a lane's clients make of a cluster that refuses, moves and fences: librdkafka's own mock of one, without Java.
#include "server/kafka/lane_clients.hpp"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

using std::chrono::milliseconds;

// Kafka's numbers of requests, which librdkafka keeps to itself.
constexpr std::int16_t request_produce = 0;
constexpr std::int16_t request_find_coordinator = 10;
constexpr std::int16_t request_end_txn = 26;
constexpr std::int16_t request_txn_offset_commit = 28;

// Three brokers within the process. Its own client ends with it.
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
  ~mock_cluster() { rd_kafka_mock_cluster_destroy(held_); }
  mock_cluster(const mock_cluster&) = delete;
  mock_cluster& operator=(const mock_cluster&) = delete;

  std::string address() const { return rd_kafka_mock_cluster_bootstraps(held_); }
  void refuse(std::int16_t request, const std::vector<rd_kafka_resp_err_t>& codes) {
    rd_kafka_mock_push_request_errors_array(held_, request, codes.size(), codes.data());
  }
  void move_coordinator(const std::string& transactional_id, std::int32_t to) {
    rd_kafka_mock_coordinator_set(held_, "transaction", transactional_id.c_str(), to);
  }

private:
  static constexpr int broker_count = 3;
  client_handle owner_;
  rd_kafka_mock_cluster_t* held_ = nullptr;
};

// A lane's clients in a group of their own.
struct member {
  member(const mock_cluster& on, const std::string& group) {
    settings.brokers = on.address();
    settings.group = group;
    settings.worker_id = "a";
    settings.session_timeout = milliseconds(6'000);
  }
  bool is_in(client_event::kind wanted) {
    const auto& all = clients.events();
    return std::any_of(all.begin(), all.end(), [wanted](const client_event& one) { return one.is == wanted; });
  }

  kafka_settings settings;
  worker_figures figures{1};
  lane_clients clients{settings, 0, figures};
};

template <class Call>
progress until_it_is_over(Call call) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  progress now = progress::going;
  while (now == progress::going && std::chrono::steady_clock::now() < until) now = call();
  return now;
}

// One verdict, and the position behind its point, in a transaction.
progress commit(member& by, client_error& wrong) {
  worker::step wanted;
  worker::output_record verdict;
  verdict.value = wanted.put(R"({"stream":"s","n":1})");
  EXPECT_TRUE(by.clients.send(wanted, verdict));
  by.clients.begin_commit({1, {{0, 1, "v1 at=0 first=-1 last=-1 owner=-"}}});
  return until_it_is_over([&] {
    by.clients.poll();
    return by.clients.go_on_committing(wrong);
  });
}

void commit_though_the_transactions_coordinator_has_moved(mock_cluster& cluster, member& by) {
  cluster.move_coordinator(by.settings.transactional_id(0), 1);
  client_error wrong;
  EXPECT_EQ(commit(by, wrong), progress::done) << wrong.text;
  cluster.move_coordinator(by.settings.transactional_id(0), 2);
  EXPECT_EQ(commit(by, wrong), progress::done) << wrong.text;
}

void send_again_what_a_leader_that_has_changed_did_not_take(mock_cluster& cluster, member& by) {
  cluster.refuse(request_produce, {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT});
  client_error wrong;
  EXPECT_EQ(commit(by, wrong), progress::done) << wrong.text;
  EXPECT_FALSE(by.is_in(client_event::kind::undelivered));
}

void lose_the_transaction_alone_to_a_generation_that_is_over(mock_cluster& cluster, member& by) {
  cluster.refuse(request_txn_offset_commit, {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION});
  client_error wrong;
  EXPECT_EQ(commit(by, wrong), progress::failed);
  EXPECT_EQ(wrong.is, error_class::abortable) << wrong.text;
  EXPECT_EQ(wrong.code, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION);
}

void know_that_another_has_their_transactional_id(mock_cluster& cluster, member& by) {
  cluster.refuse(request_end_txn, {RD_KAFKA_RESP_ERR_PRODUCER_FENCED});
  client_error wrong;
  EXPECT_EQ(commit(by, wrong), progress::failed);
  EXPECT_EQ(wrong.is, error_class::fenced) << wrong.text;
}

void name_the_topic_that_they_may_not_write(mock_cluster& cluster, member& by) {
  cluster.refuse(request_produce, {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
  client_error wrong;
  EXPECT_EQ(commit(by, wrong), progress::failed);
  by.clients.poll();
  const auto& told = by.clients.events();
  const auto found = std::find_if(told.begin(), told.end(),
                                  [](const client_event& one) { return one.error.is == error_class::denied; });
  ASSERT_NE(found, told.end()) << wrong.text;
  EXPECT_EQ(found->denied, "verdicts");
}

// The mock gathers members of a group for three seconds: all join at the same time, in one test.
TEST(lane_clients, on_a_mock_do_what_each_kind_of_trouble_asks_for) {
  struct trouble {
    const char* name;
    void (*call)(mock_cluster&, member&);
  };
  const std::vector<trouble> all = {
      {"commit_though_the_transactions_coordinator_has_moved", commit_though_the_transactions_coordinator_has_moved},
      {"send_again_what_a_leader_that_has_changed_did_not_take",
       send_again_what_a_leader_that_has_changed_did_not_take},
      {"lose_the_transaction_alone_to_a_generation_that_is_over",
       lose_the_transaction_alone_to_a_generation_that_is_over},
      {"know_that_another_has_their_transactional_id", know_that_another_has_their_transactional_id},
      {"name_the_topic_that_they_may_not_write", name_the_topic_that_they_may_not_write},
  };
  mock_cluster cluster;
  std::vector<std::unique_ptr<member>> members;
  for (std::size_t i = 0; i < all.size(); ++i) {
    members.push_back(std::make_unique<member>(cluster, "group" + std::to_string(i)));
    member& one = *members.back();
    client_error wrong;
    ASSERT_EQ(until_it_is_over([&] { return one.clients.open(wrong); }), progress::done) << wrong.text;
  }
  message_batch none;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (const std::unique_ptr<member>& one : members) {
    while (!one->is_in(client_event::kind::assigned) && std::chrono::steady_clock::now() < until) {
      for (const std::unique_ptr<member>& other : members) other->clients.gather(milliseconds(1), none);
    }
    ASSERT_TRUE(one->is_in(client_event::kind::assigned));
    one->clients.events().clear();
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(all[i].name);
    all[i].call(cluster, *members[i]);
  }
}

TEST(lane_clients, know_at_the_start_that_they_have_no_right_to_their_transactional_id) {
  mock_cluster cluster;
  cluster.refuse(request_find_coordinator, {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED});
  member stranger(cluster, "strangers");
  client_error wrong;
  EXPECT_EQ(until_it_is_over([&] { return stranger.clients.open(wrong); }), progress::failed);
  EXPECT_EQ(wrong.is, error_class::denied) << wrong.text;
}

}  // namespace
}  // namespace spindrift::kafka
