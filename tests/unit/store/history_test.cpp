#include "server/store/history.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace spindrift {
namespace {

history_event event(const std::string& stream, std::uint64_t n) {
  history_event made;
  made.stream = stream;
  made.ts = static_cast<std::int64_t>(n);
  made.n = n;
  made.kinds = 1;
  made.line = "{}";
  return made;
}

class history_file : public ::testing::Test {
protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "spindrift-history-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    settings_.directory = name;
  }
  void TearDown() override { std::filesystem::remove_all(settings_.directory); }

  static std::size_t count(history& from, const std::string& glob) {
    std::vector<history_event> found;
    EXPECT_TRUE(from.find({{glob}, INT64_MIN, 1'000'000}, found).ok());
    return found.size();
  }

  store_settings settings_;
};

TEST_F(history_file, finds_at_once_what_was_recorded_before) {
  history kept;
  ASSERT_TRUE(kept.open(settings_).ok());
  for (std::uint64_t n = 1; n <= 100; ++n) {
    kept.record(event("cpu", n));
    ASSERT_EQ(count(kept, "cpu"), n);
  }
}

TEST_F(history_file, takes_events_from_several_threads_and_keeps_them_over_a_restart) {
  {
    history kept;
    ASSERT_TRUE(kept.open(settings_).ok());
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&kept, thread] {
        for (std::uint64_t n = 1; n <= 2'500; ++n) kept.record(event("stream-" + std::to_string(thread), n));
      });
    }
    for (auto& each : threads) each.join();
    EXPECT_TRUE(kept.flush(true).ok());
    EXPECT_EQ(kept.recorded(), 10'000U);
    EXPECT_EQ(kept.dropped(), 0U);
  }
  history again;
  ASSERT_TRUE(again.open(settings_).ok());
  EXPECT_EQ(count(again, "*"), 10'000U);
  for (std::uint64_t n = 1; n <= 2'500; ++n) again.record(event("stream-0", n));  // a replay
  EXPECT_EQ(count(again, "*"), 10'000U);
}

TEST_F(history_file, writes_what_is_queued_before_it_closes) {
  {
    history kept;
    ASSERT_TRUE(kept.open(settings_).ok());
    for (std::uint64_t n = 1; n <= 5'000; ++n) kept.record(event("cpu", n));
  }
  history again;
  ASSERT_TRUE(again.open(settings_).ok());
  EXPECT_EQ(count(again, "cpu"), 5'000U);
}

TEST_F(history_file, drops_and_counts_when_nobody_takes_the_events) {
  history closed;
  closed.record(event("cpu", 1));
  EXPECT_EQ(closed.dropped(), 1U);
  EXPECT_EQ(closed.recorded(), 0U);
  EXPECT_TRUE(closed.flush(false).ok()) << "nothing is owed";
}

TEST_F(history_file, drops_and_counts_events_beyond_the_bytes_of_the_queue) {
  history kept;
  ASSERT_TRUE(kept.open(settings_).ok());
  auto large = event("cpu", 1);
  large.line.assign(history::queue_bytes_max + 1, 'x');
  kept.record(large);
  EXPECT_EQ(kept.dropped(), 1U);
  kept.record(event("cpu", 2));
  EXPECT_EQ(count(kept, "cpu"), 1U);
}

TEST_F(history_file, waits_for_the_database_when_a_start_tells_more_than_the_queue_holds) {
  history kept;
  ASSERT_TRUE(kept.open(settings_).ok());
  constexpr std::uint64_t events = 3 * history::queue_bytes_max >> 20U;
  for (std::uint64_t n = 1; n <= events; ++n) {
    auto one = event("cpu", n);
    one.line = std::string(1U << 20U, 'x');
    kept.record_again(std::move(one));
  }
  EXPECT_EQ(kept.dropped(), 0U);
  EXPECT_EQ(kept.recorded(), events);
  auto larger = event("cpu", events + 1);
  larger.line = std::string(history::queue_bytes_max + 1, 'x');
  kept.record_again(std::move(larger));  // than there is ever room for
  EXPECT_EQ(kept.dropped(), 1U);
}

TEST_F(history_file, begins_anew_beside_a_broken_database) {
  std::ofstream(settings_.directory + "/history.db") << std::string(8'192, '?');
  history kept;
  ASSERT_TRUE(kept.open(settings_).ok());
  kept.record(event("cpu", 1));
  EXPECT_EQ(count(kept, "cpu"), 1U);
  EXPECT_EQ(kept.take_notes().size(), 1U);
}

TEST_F(history_file, stays_within_its_size) {
  settings_.history_bytes = 1U << 20U;
  history kept;
  ASSERT_TRUE(kept.open(settings_).ok());
  for (std::uint64_t n = 1; n <= 20'000; ++n) {
    auto one = event("cpu", n);
    one.line.assign(200, 'x');
    kept.record(std::move(one));
  }
  const auto found = count(kept, "cpu");
  EXPECT_GT(found, 1'000U);
  EXPECT_LT(found, 20'000U);
  EXPECT_EQ(kept.dropped(), 0U);
}

TEST_F(history_file, lives_in_memory_without_durability) {
  settings_.durability_level = durability::off;
  history kept;
  ASSERT_TRUE(kept.open(settings_).ok());
  kept.record(event("cpu", 1));
  EXPECT_EQ(count(kept, "c?u"), 1U);
  EXPECT_TRUE(std::filesystem::is_empty(settings_.directory));
}

}  // namespace
}  // namespace spindrift
