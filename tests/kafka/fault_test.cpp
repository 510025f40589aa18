// spindrift-worker against a real Kafka broker: every point's verdict exactly once, byte for byte those of
// spindrift-detect, whatever happens to workers and broker.
//
// KAFKA_PROOF_FAULTS and KAFKA_PROOF_POINTS make the long form.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <deque>
#include <iostream>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/kafka/stage.hpp"

namespace spindrift::kafka_test {
namespace {

using namespace std::chrono_literals;

std::string errors_of(const std::deque<worker>& workers) {
  std::string all;
  for (const worker& one : workers) all += "--- a worker\n" + one.errors();
  return all;
}

void expect_ends(std::deque<worker>& workers) {
  for (worker& one : workers) one.wait_ready();
  for (worker& one : workers) one.signal(SIGTERM);
  for (worker& one : workers) EXPECT_EQ(one.wait_end(), 0) << one.errors();
}

// All points, so many at a time, with a pause behind them until `hurries`, however long the broker is away.
void produce(const std::string& address, const topics& on, const std::vector<measured>& points, std::size_t burst,
             std::chrono::milliseconds pause, const std::atomic<bool>& hurries) {
  writer by(address, {{"message.timeout.ms", "600000"}, {"reconnect.backoff.max.ms", "200"}});
  for (std::size_t i = 0; i < points.size(); i += burst) {
    write_points(by, on, points, i, std::min(i + burst, points.size()));
    if (!hurries) std::this_thread::sleep_for(pause);
  }
  by.flush(std::chrono::minutes(5));
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
  std::string said() const { return errors_of(workers_); }
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

// Of the long form. Goal: a disk that is full takes the broker away, and nothing with it. Method: a broker on a small
// disk of its own; that is filled while points come, to the last byte; the broker ends of itself; it is given room and
// begun again.
TEST(kafka_worker, goes_on_after_the_disk_of_a_broker_was_full) {
  if (setting("KAFKA_PROOF_FAULTS", 0) == 0) GTEST_SKIP() << "of the long form: KAFKA_PROOF_FAULTS";
  broker_settings small;
  small.disk_mib = 128;
  std::optional<broker> made;
  try {
    made.emplace(small);
  } catch (const std::runtime_error& failed) {
    if (::geteuid() != 0) GTEST_SKIP() << failed.what();
    throw;
  }
  const topics on("full", 4, true, *made);
  const auto points = make_points(60'000, 40, 9);
  judge held(on, expected_of(points));
  std::deque<worker> workers;
  for (const char* const id : {"a", "b"}) workers.emplace_back(on, id);
  const auto said = [&workers] { return errors_of(workers); };
  std::atomic<bool> hurries{false};
  std::thread producer([&] { produce(made->address(), on, points, 100, 50ms, hurries); });
  constexpr int rounds = 2;
  for (int round = 0; round < rounds; ++round) {
    const std::size_t before = held.look();
    EXPECT_TRUE(eventually([&] { return held.look() > before + 2'000; })) << said();
    made->fill_disk();
    EXPECT_TRUE(made->wait_end(60s)) << "the broker goes on without a disk";
    // Longer than a transaction and a session may last.
    std::this_thread::sleep_for(round == 0 ? 2s : 25s);
    for (const worker& one : workers) {
      EXPECT_TRUE(one.is_running()) << one.errors();
      EXPECT_TRUE(eventually([&one] { return one.errors().find("broker_away") != std::string::npos; })) << one.errors();
    }
    made->free_disk();
    made->start();
  }
  hurries = true;
  EXPECT_TRUE(held.wait_all(180s)) << said();
  producer.join();
  EXPECT_TRUE(held.judged().is_good()) << held.judged().text() << said();
  std::cout << rounds << " times a full disk, " << held.judged().text() << '\n';
  expect_ends(workers);
}

// Of the long form. Goal: what a broker loses of the ends of transactions is ended, and nothing comes of it twice.
// Method: commits so often that many are under way when the broker is killed, and a broker that looks for timed-out
// ones while it is still starting (with Kafka's own 10 s it has to start more slowly for that): it notes those as ended
// without having told the partitions.
TEST(kafka_worker, goes_on_after_a_broker_that_lost_the_ends_of_transactions) {
  if (setting("KAFKA_PROOF_FAULTS", 0) == 0) GTEST_SKIP() << "of the long form: KAFKA_PROOF_FAULTS";
  broker_settings hasty;
  hasty.properties = {"transaction.abort.timed.out.transaction.cleanup.interval.ms=1000"};
  broker made(hasty);
  const topics on("ends", 4, true, made);
  const auto points = make_points(60'000, 40, 11);
  judge held(on, expected_of(points));
  std::deque<worker> workers;
  for (const char* const id : {"a", "b"}) {
    workers.emplace_back(on, id, std::vector<std::string>{"--commit-interval", "20ms", "--lanes", "2"});
  }
  const auto said = [&workers] { return errors_of(workers); };
  std::atomic<bool> hurries{false};
  std::thread producer([&] { produce(made.address(), on, points, 20, 10ms, hurries); });
  const std::size_t rounds = setting("KAFKA_PROOF_ENDS", 2);
  for (std::size_t round = 0; round < rounds; ++round) {
    const std::size_t before = held.look();
    EXPECT_TRUE(eventually([&] { return held.look() > before + 2'000; })) << said();
    made.stop(SIGKILL);
    // Longer than a transaction may last.
    std::this_thread::sleep_for(17s);
    made.start();
  }
  hurries = true;
  EXPECT_TRUE(held.wait_all(120s)) << said();
  producer.join();
  EXPECT_TRUE(held.judged().is_good()) << held.judged().text() << said();
  std::cout << rounds << " brokers killed while transactions ended, " << held.judged().text() << '\n';
  expect_ends(workers);
}

}  // namespace
}  // namespace spindrift::kafka_test
