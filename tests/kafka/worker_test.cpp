// spindrift-worker against a real Kafka broker: what it makes of points and of what is none, of settings, topics and
// rights. One program, one broker, topics of each test's own. What dies is in fault_test.cpp.
//
// KAFKA_PROOF_DEBUG=cgrp,eos has librdkafka say what it does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/kafka/stage.hpp"

namespace spindrift::kafka_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int bad_config = 78;
constexpr int try_again = 75;

// What the poison of the test below is refused with.
struct poison {
  std::string line;
  std::string error;
};

const std::vector<poison>& poisons() {
  static const std::vector<poison> all = {{"{\"stream\":\"s0\",\"value\":", "bad_json"},
                                          {"{\"stream\":\"s0\"}", "bad_frame"},
                                          {"{\"stream\":\"\",\"value\":1}", "bad_stream"},
                                          {"{\"op\":\"stats\"}", "bad_frame"}};
  return all;
}

TEST(kafka_worker, judges_every_point_once_and_sets_aside_what_is_none) {
  const topics on("plain", 4);
  const auto points = make_points(8'000, 40, 1);
  writer by(shared_broker().address());
  // A line a record, then many lines a record, poison between them, and records without a value.
  write_points(by, on, points, 0, 4'000);
  for (const poison& one : poisons()) by.write(on.points(), 0, "s0", one.line);
  by.write_null(on.points(), 1, "s0");
  std::map<std::int32_t, std::string> many;
  for (std::size_t i = 4'000; i < points.size(); ++i) {
    std::string& record = many[murmur2_partition(points[i].stream, on.partitions)];
    record += points[i].line + '\n';
    if (i % 50 == 49 || i + 1 == points.size()) {
      for (auto& [partition, lines] : many) {
        if (!lines.empty()) by.write(on.points(), partition, "plant", lines);
        lines.clear();
      }
    }
  }
  by.flush();

  judge held(on, expected_of(points));
  worker first(on, "a");
  EXPECT_TRUE(held.wait_all(60s)) << first.errors();
  first.wait_ready();
  EXPECT_TRUE(held.judged().is_good()) << held.judged().text();

  const auto dead = reader(shared_broker().address(), on.dead_letters(), on.partitions).read(10s);
  ASSERT_EQ(dead.size(), poisons().size());
  for (std::size_t i = 0; i < dead.size(); ++i) {
    EXPECT_EQ(dead[i].value, poisons()[i].line);
    EXPECT_EQ(dead[i].key, "s0");
    EXPECT_EQ(dead[i].partition, 0);
    EXPECT_EQ(dead[i].headers.at("error"), poisons()[i].error);
    EXPECT_EQ(dead[i].headers.at("topic"), on.points());
    EXPECT_EQ(dead[i].headers.at("partition"), "0");
    EXPECT_EQ(dead[i].headers.at("line"), "1");
    EXPECT_EQ(dead[i].headers.count("message") + dead[i].headers.count("offset"), 2U);
  }
  EXPECT_EQ(first.metric("spindrift_points_total"), static_cast<double>(points.size()));
  EXPECT_EQ(first.metric("spindrift_dead_letters_total"), static_cast<double>(poisons().size()));
  EXPECT_EQ(first.metric("spindrift_null_records_total"), 1);
  EXPECT_EQ(first.metric("spindrift_lag_records"), 0);
  first.signal(SIGTERM);
  EXPECT_EQ(first.wait_end(), 0) << first.errors();
}

TEST(kafka_worker, repeats_lines_byte_for_byte_where_that_was_chosen) {
  const topics on("often", 2);
  const auto points = make_points(4'000, 10, 3);
  writer by(shared_broker().address());
  judge held(on, expected_of(points), true);
  worker one(on, "a", {"--delivery", "at-least-once"});
  for (std::size_t i = 0; i < points.size(); i += 500) {
    write_points(by, on, points, i, i + 500);
    by.flush();
    if (i != 2'000) continue;
    EXPECT_TRUE(eventually([&] { return held.look() > 0; })) << one.errors();
    one.signal(SIGKILL);
    one.wait_end();
    one.start();
  }
  EXPECT_TRUE(held.wait_all(60s)) << one.errors();
  EXPECT_TRUE(held.judged().is_good()) << held.judged().text();
  one.signal(SIGTERM);
  EXPECT_EQ(one.wait_end(), 0) << one.errors();
}

TEST(kafka_worker, says_that_a_producer_chooses_partitions_by_another_hash) {
  const topics on("foreign", 2);
  writer by(shared_broker().address());
  const std::int32_t wrong = 1 - murmur2_partition("s0", 2);
  for (const measured& one : make_points(20, 1, 4)) by.write(on.points(), wrong, "s0", one.line);
  by.flush();
  worker one(on, "a");
  EXPECT_TRUE(eventually([&] { return one.metric("spindrift_misrouted_total") == 20; })) << one.errors();
  // The line follows the count: it is written when what the records asked for has been done.
  EXPECT_TRUE(eventually([&] { return one.errors().find("misrouted") != std::string::npos; })) << one.errors();
}

TEST(kafka_worker, warns_where_a_successor_has_other_settings) {
  const topics on("differ", 1);
  writer by(shared_broker().address());
  write_points(by, on, make_points(200, 2, 5), 0, 200);
  by.flush();
  {
    worker first(on, "a");
    first.wait_ready();
    ASSERT_TRUE(eventually([&] { return first.metric("spindrift_snapshot_bytes_total") > 0; })) << first.errors();
    first.signal(SIGTERM);
    EXPECT_EQ(first.wait_end(), 0) << first.errors();
  }
  worker second(on, "a", {"--zscore-method", "classic"});
  EXPECT_TRUE(eventually([&] { return second.metric("spindrift_settings_differ") > 0; })) << second.errors();
}

TEST(kafka_worker, makes_its_topics_if_told_and_else_names_what_is_missing_and_the_cure) {
  const topics none("made", 3, false);
  worker without(none, "a");
  EXPECT_EQ(without.wait_end(), bad_config);
  EXPECT_THAT(without.errors(), HasSubstr("made-points"));
  EXPECT_THAT(without.errors(), HasSubstr("kafka-topics.sh --bootstrap-server"));
  worker making(none, "a", {"--create-topics", "3"});
  making.wait_ready();
  making.signal(SIGTERM);
  EXPECT_EQ(making.wait_end(), 0) << making.errors();
  make_topic(shared_broker().address(), "made-uneven", 2);
  worker uneven(none, "a", {"--verdicts", "made-uneven"});
  EXPECT_EQ(uneven.wait_end(), bad_config);
  EXPECT_THAT(uneven.errors(), HasSubstr("--alter --topic made-uneven --partitions 3"));
}

TEST(kafka_worker, gives_up_with_75_where_no_broker_answers) {
  const topics none("nobody", 1, false);
  worker one(none, "a", {"--brokers", "127.0.0.1:1", "--start-timeout", "1s"});
  EXPECT_EQ(one.wait_end(), try_again);
  EXPECT_THAT(one.errors(), HasSubstr("127.0.0.1:1"));
}

TEST(kafka_worker, waits_at_the_start_for_a_broker_that_comes_later) {
  const topics on("early", 1);
  shared_broker().stop(SIGTERM);
  worker one(on, "a");
  EXPECT_THAT(one.get("/readyz"), HasSubstr(" 503 "));
  shared_broker().start();
  one.wait_ready();
  one.signal(SIGTERM);
  EXPECT_EQ(one.wait_end(), 0) << one.errors();
}

TEST(kafka_worker, ends_where_two_live_ones_share_an_id) {
  const topics on("twins", 2);
  worker first(on, "same");
  first.wait_ready();
  worker second(on, "same");
  // They take the name from each other in turn. Which is told of the other for the second time depends on what the
  // first was at when it lost its name: in the middle of a commit it hears of its transactional id alone.
  ASSERT_TRUE(eventually([&] { return !first.is_running() || !second.is_running(); })) << "first:\n"
                                                                                       << first.errors() << "second:\n"
                                                                                       << second.errors();
  worker& ended = first.is_running() ? second : first;
  worker& left = first.is_running() ? first : second;
  EXPECT_EQ(ended.wait_end(), bad_config);
  EXPECT_THAT(ended.errors(), HasSubstr("--worker-id same"));
  left.wait_ready();
}

// The rights are those of docs/scaleout.md and no more.
TEST(kafka_worker, works_by_tls_and_sasl_with_the_documented_rights_alone) {
  const topics on("secure", 2);
  broker& held = shared_broker();
  grant(held.address(), {{right::topic, on.points(), "worker", "read"},
                         {right::topic, on.verdicts(), "worker", "write"},
                         {right::topic, on.events(), "worker", "write"},
                         {right::topic, on.dead_letters(), "worker", "write"},
                         {right::topic, on.snapshots(), "worker", "read"},
                         {right::topic, on.snapshots(), "worker", "write"},
                         {right::topic, on.snapshots(), "worker", "delete"},
                         {right::group, on.name, "worker", "read"}});
  held.grant_transactional_ids("worker", on.name + ".");
  const std::filesystem::path folder = held.folder();
  const auto secret = [&](const std::string& user) {
    const std::filesystem::path file = folder / (user + ".conf");
    std::ofstream(file) << "# who we are\nsasl.username=" << user << "\nsasl.password=" << secure_password << '\n';
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return file.string();
  };
  const auto flags = [&](const std::string& user) {
    return std::vector<std::string>{"--brokers",    held.other_address(),
                                    "--kafka",      "security.protocol=sasl_ssl",
                                    "--kafka",      "sasl.mechanism=PLAIN",
                                    "--kafka",      "ssl.ca.location=" + (folder / "ca.pem").string(),
                                    "--kafka-file", secret(user)};
  };
  const auto points = make_points(400, 4, 6);
  writer by(held.address());
  write_points(by, on, points, 0, points.size());
  by.flush();
  judge judged(on, expected_of(points));
  worker one(on, "a", flags("worker"));
  EXPECT_TRUE(judged.wait_all(60s)) << one.errors();
  EXPECT_TRUE(judged.judged().is_good()) << judged.judged().text();
  one.signal(SIGTERM);
  EXPECT_EQ(one.wait_end(), 0) << one.errors();
  EXPECT_THAT(one.errors(), testing::Not(HasSubstr("authorization")));

  // Each right that is missing ends it, with the command that gives it.
  const auto refused = [&](const std::string& delivery) {
    std::vector<std::string> all = flags("stranger");
    all.insert(all.end(), {"--group", "strangers", "--delivery", delivery});
    worker stranger(on, "b", all);
    EXPECT_EQ(stranger.wait_end(), bad_config) << stranger.errors();
    return stranger.errors();
  };
  EXPECT_THAT(refused("exactly-once"), HasSubstr("--operation Read --operation Describe --topic secure-points"));
  grant(held.address(), {{right::topic, on.points(), "stranger", "read"},
                         {right::topic, on.verdicts(), "stranger", "describe"},
                         {right::topic, on.events(), "stranger", "write"},
                         {right::topic, on.dead_letters(), "stranger", "write"},
                         {right::topic, on.snapshots(), "stranger", "read"},
                         {right::topic, on.snapshots(), "stranger", "write"}});
  EXPECT_THAT(refused("exactly-once"), HasSubstr("--resource-pattern-type prefixed --transactional-id strangers."));
  EXPECT_THAT(refused("at-least-once"), HasSubstr("--operation Read --group strangers"));
  grant(held.address(), {{right::group, "strangers", "stranger", "read"}});
  EXPECT_THAT(refused("at-least-once"), HasSubstr("--operation Write --operation Describe --topic secure-verdicts"));
  held.grant_transactional_ids("stranger", "strangers.");
  EXPECT_THAT(refused("exactly-once"), HasSubstr("--operation Write --operation Describe --topic secure-verdicts\n"));
}

}  // namespace
}  // namespace spindrift::kafka_test
