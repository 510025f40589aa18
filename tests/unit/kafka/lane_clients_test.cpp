// What a lane and its clients make of a cluster that refuses, moves and fences: librdkafka's own mock of one, without
// Java.
#include "server/kafka/lane_clients.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/kafka/settings.hpp"
#include "tests/unit/kafka/lone_lane.hpp"
#include "tests/unit/kafka/mock_cluster.hpp"

namespace spindrift::kafka {
namespace {

using std::chrono::milliseconds;

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

// Goal: nothing that librdkafka has yet to hear of where a partition ends is taken for where it was sought. Method: a
// broker that answers late, a seek at once, and records that come before whatever is asked late has been answered.
void have_all_records_behind_the_offset_that_was_sought(mock_cluster& cluster, member& by) {
  client_error wrong;
  const auto seek = [&] { return by.clients.seek(0, 0, wrong) ? progress::done : progress::going; };
  EXPECT_EQ(until_it_is_over(seek), progress::done) << wrong.text;
  cluster.answer_after(milliseconds(0));
  cluster.write_points(3);
  message_batch read;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (read.size() < 4 && std::chrono::steady_clock::now() < until) by.clients.gather(milliseconds(10), false, read);
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read.record(0).offset, 0);
}

// Goal: in bulk nothing is lost, said twice or out of order where a batch is full, and the ends of partitions are no
// error. Method: more records than a batch takes, after one by one has had the first.
void have_all_records_in_bulk_though_a_batch_is_full(mock_cluster& cluster, member& by) {
  by.clients.events().clear();
  cluster.write_points(static_cast<int>(lane_clients::batch_records_max) + 500);
  message_batch read;
  std::int64_t next = 4;  // after those of before
  const std::int64_t end = next + static_cast<std::int64_t>(lane_clients::batch_records_max) + 500;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (next < end && std::chrono::steady_clock::now() < until) {
    read.clear();
    by.clients.gather(milliseconds(10), true, read);
    ASSERT_LE(read.size(), lane_clients::batch_records_max);
    for (std::size_t i = 0; i < read.size(); ++i, ++next) {
      ASSERT_EQ(read.record(i).offset, next);
      ASSERT_TRUE(read.record(i).has_value);
    }
  }
  EXPECT_EQ(next, end);
  for (int i = 0; i < 20; ++i) by.clients.gather(milliseconds(10), true, read);
  EXPECT_TRUE(by.clients.events().empty());
}

// The mock gathers members of a group for three seconds: all join at the same time, in one test, and have their trouble
// meanwhile.
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
  lone_lane usurped(1, false);  // joins a group of its own meanwhile; a mock takes its time with transactions
  mock_cluster slow;
  mock_cluster cluster;
  std::vector<std::unique_ptr<member>> members;
  for (std::size_t i = 0; i < all.size(); ++i) {
    members.push_back(std::make_unique<member>(cluster, "group" + std::to_string(i)));
    member& one = *members.back();
    client_error wrong;
    ASSERT_EQ(until_it_is_over([&] { return one.clients.open(wrong); }), progress::done) << wrong.text;
  }
  slow.write_points(1);
  members.push_back(std::make_unique<member>(slow, "slow"));
  client_error wrong;
  ASSERT_EQ(until_it_is_over([&] { return members.back()->clients.open(wrong); }), progress::done) << wrong.text;
  slow.answer_after(milliseconds(50));
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(all[i].name);
    all[i].call(cluster, *members[i]);
    members[i]->clients.events().clear();
  }
  message_batch none;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (const std::unique_ptr<member>& one : members) {
    // However the queue is served, the group is heard.
    for (bool in_bulk = false; !one->is_in(client_event::kind::assigned) && std::chrono::steady_clock::now() < until;
         in_bulk = !in_bulk) {
      for (const std::unique_ptr<member>& other : members) other->clients.gather(milliseconds(1), in_bulk, none);
    }
    ASSERT_TRUE(one->is_in(client_event::kind::assigned));
  }
  have_all_records_behind_the_offset_that_was_sought(slow, *members.back());
  have_all_records_in_bulk_though_a_batch_is_full(slow, *members.back());
  EXPECT_TRUE(usurped.eventually([&] { return usurped.is_member() || usurped.has_ended(); }));
  EXPECT_EQ(usurped.fresh_starts(), 1U);
  EXPECT_FALSE(usurped.has_ended()) << usurped.reason();
}

// The first time it may have been the lane itself, the answer to whose joining was lost: that is survived, above.
TEST(lane_thread, ends_when_it_hears_a_second_time_that_another_has_its_id) {
  lone_lane usurped(2);
  ASSERT_TRUE(usurped.eventually([&] { return usurped.has_ended(); }));
  EXPECT_EQ(usurped.fresh_starts(), 1U);
  EXPECT_EQ(usurped.exit_code(), 78);
  EXPECT_NE(usurped.reason().find("--worker-id a"), std::string::npos) << usurped.reason();
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
