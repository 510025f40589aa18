// spindrift-worker against a real Kafka broker: every point's verdict exactly once, byte for byte those of
// spindrift-detect, whatever happens to workers and broker. One program, one broker, topics of each test's own.
//
// KAFKA_PROOF_FAULTS and KAFKA_PROOF_POINTS make the long form of the test of faults; KAFKA_PROOF_DEBUG=cgrp,eos has
// librdkafka say what it does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/kafka/stage.hpp"

namespace spindrift::kafka_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int bad_config = 78;
constexpr int try_again = 75;

std::size_t setting(const char* name, std::size_t usual) {
  const char* const text = std::getenv(name);
  return text == nullptr ? usual : std::stoul(text);
}

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

// Goal: whatever dies, no verdict is missing, none comes twice, none differs. Method: points flow, and beside them one
// fault after the other happens to two workers (and a third that comes and goes) and the broker.
class faults {
public:
  faults(const topics& on, std::uint64_t seed) : on_(on), random_(seed) {
    for (const char* const id : {"a", "b"}) workers_.emplace_back(on_, id);
  }

  void kill_one() {
    worker& one = any();
    one.signal(SIGKILL);
    one.wait_end();
    pause(200, 2'500);
    one.start();
  }
  // For longer than the session: the others have its partitions when it comes back.
  void stop_one() {
    worker& one = any();
    one.signal(SIGSTOP);
    std::this_thread::sleep_for(8s);
    one.signal(SIGCONT);
  }
  void end_one() {
    worker& one = any();
    one.signal(SIGTERM);
    EXPECT_EQ(one.wait_end(), 0) << one.errors();
    one.start();
  }
  void add_or_remove() {
    if (workers_.size() > 2) {
      workers_.back().signal(SIGTERM);
      workers_.back().wait_end();
      workers_.pop_back();
    } else {
      workers_.emplace_back(on_, "c");
    }
  }
  void restart_broker(int signal) {
    shared_broker().stop(signal);
    pause(0, 2'000);
    shared_broker().start();
  }
  void any_fault() {
    switch (random_() % 6) {
      case 0:
      case 1:
        return kill_one();
      case 2:
        return stop_one();
      case 3:
        return end_one();
      case 4:
        return add_or_remove();
      default:
        return restart_broker(random_() % 2 == 0 ? SIGTERM : SIGKILL);
    }
  }
  void pause(std::uint64_t least_ms, std::uint64_t most_ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(least_ms + random_() % (most_ms - least_ms)));
  }
  std::string said() const {
    std::string all;
    for (const worker& one : workers_) all += "--- a worker\n" + one.errors();
    return all;
  }
  void end_all() {
    // Whoever rests before a new life comes back first: that an end is orderly is asked of who is there.
    try {
      for (worker& one : workers_) one.wait_ready();
    } catch (const std::runtime_error& late) {
      ADD_FAILURE() << late.what() << said();
    }
    for (worker& one : workers_) one.signal(SIGTERM);
    for (worker& one : workers_) EXPECT_EQ(one.wait_end(), 0) << one.errors();
  }

private:
  worker& any() { return workers_[random_() % workers_.size()]; }

  const topics& on_;
  std::mt19937_64 random_;
  std::deque<worker> workers_;
};

TEST(kafka_worker, loses_doubles_and_changes_nothing_whatever_dies) {
  const std::size_t fault_count = setting("KAFKA_PROOF_FAULTS", 0);
  const std::size_t count = setting("KAFKA_PROOF_POINTS", 30'000);
  const topics on("faults", 8);
  const auto points = make_points(count, 60, 2);
  judge held(on, expected_of(points));
  faults all(on, 7);

  std::atomic<bool> is_written{false};
  std::atomic<bool> hurries{false};
  std::thread producer([&] {
    writer by(shared_broker().address(), {{"message.timeout.ms", "600000"}});
    constexpr std::size_t burst = 200;
    for (std::size_t i = 0; i < points.size(); i += burst) {
      write_points(by, on, points, i, std::min(i + burst, points.size()));
      if (!hurries) std::this_thread::sleep_for(std::chrono::milliseconds(fault_count > 0 ? 20 : 150));
    }
    by.flush(std::chrono::minutes(5));
    is_written = true;
  });

  if (fault_count == 0) {
    EXPECT_TRUE(eventually([&] { return held.look() > 1'000; })) << all.said();
    all.kill_one();
    all.stop_one();
    all.end_one();
  }
  for (std::size_t i = 0; i < fault_count; ++i) {
    all.pause(500, 6'000);
    all.any_fault();
    held.look();
  }
  hurries = true;
  const bool has_all = held.wait_all(fault_count > 0 ? 600s : 90s);
  producer.join();
  EXPECT_TRUE(is_written);
  EXPECT_TRUE(has_all) << all.said();
  EXPECT_TRUE(held.judged().is_good()) << held.judged().text() << all.said();
  std::cout << fault_count << " random faults, " << held.judged().text() << '\n';
  all.end_all();
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
  EXPECT_THAT(one.errors(), HasSubstr("misrouted"));
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

// Of the long form: the broker stands still for 30 s, longer than the session and the transaction's timeout.
TEST(kafka_worker, goes_on_after_a_broker_that_was_away_for_longer_than_anybody_waits) {
  if (setting("KAFKA_PROOF_FAULTS", 0) == 0) GTEST_SKIP() << "of the long form: KAFKA_PROOF_FAULTS";
  const topics on("away", 4);
  const auto points = make_points(20'000, 40, 8);
  judge held(on, expected_of(points));
  worker one(on, "a");
  writer by(shared_broker().address(), {{"message.timeout.ms", "600000"}});
  write_points(by, on, points, 0, 10'000);
  by.flush();
  EXPECT_TRUE(eventually([&] { return held.look() >= 10'000; })) << one.errors();
  shared_broker().signal(SIGSTOP);
  write_points(by, on, points, 10'000, points.size());
  std::this_thread::sleep_for(30s);
  EXPECT_TRUE(one.is_running()) << one.errors();
  shared_broker().signal(SIGCONT);
  const auto back = std::chrono::steady_clock::now();
  const std::size_t before = held.look();
  EXPECT_TRUE(eventually([&] { return held.look() > before; })) << one.errors();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - back;
  std::cout << "first verdict " << took.count() << " s after the broker was back\n";
  EXPECT_TRUE(held.wait_all(120s)) << one.errors();
  EXPECT_TRUE(held.judged().is_good()) << held.judged().text();
  one.wait_ready();
  one.signal(SIGTERM);
  EXPECT_EQ(one.wait_end(), 0) << one.errors();
}

TEST(kafka_worker, ends_where_two_live_ones_share_an_id) {
  const topics on("twins", 2);
  worker first(on, "same");
  first.wait_ready();
  worker second(on, "same");
  EXPECT_EQ(first.wait_end(), bad_config);
  EXPECT_THAT(first.errors(), HasSubstr("--worker-id same"));
  EXPECT_TRUE(second.is_running());
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
  if (setting("KAFKA_PROOF_FAULTS", 0) == 0) return;
  held.grant_transactional_ids("stranger", "strangers.");
  EXPECT_THAT(refused("exactly-once"),
              HasSubstr("--operation Write --operation Describe --topic secure-verdicts --topic secure-events"));
}

}  // namespace
}  // namespace spindrift::kafka_test
