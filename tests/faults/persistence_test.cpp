// Faults that were found in what lasts, each as a case of its own: an engine, a persistence, a file system in memory.
#include "server/app/persistence.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/producer_table.hpp"
#include "tests/support/memory_file_system.hpp"
#include "tests/support/stream_list.hpp"

namespace spindrift::faults {
namespace {

struct lasting_engine {
  lasting_engine(memory_file_system& files, const std::string& folder, std::size_t streams_max,
                 std::size_t producers_max)
      : kept(settings_of(folder), files), observer(engine_of(streams_max), counts, &kept), producers(producers_max) {
    const auto wrong = kept.recover(observer, producers);
    EXPECT_FALSE(wrong) << *wrong;
  }

  static store_settings settings_of(const std::string& folder) {
    store_settings made;
    made.directory = folder;
    return made;
  }
  static engine_settings engine_of(std::size_t streams_max) {
    engine_settings made;
    made.streams_max = streams_max;
    made.idle_before_eviction = std::chrono::milliseconds(1'000);
    made.detectors.ensemble_on = false;
    return made;
  }

  // One batch: a point for each name. What became of the last one.
  refusal send(const std::vector<std::string>& streams, std::int64_t at_ms, producer* sender = nullptr,
               std::uint64_t seq = 0) {
    batch points;
    points.sender = sender;
    for (const std::string& each : streams) {
      point made;
      made.stream = each;
      made.value = 1;
      made.seq = seq == 0 ? 0 : seq++;
      points.points.push_back(made);
    }
    observer.observe(points, {at_ms, at_ms});
    for (std::size_t i = 0; i < points.points.size(); ++i) {
      if (sender != nullptr && points.outcomes[i].why == refusal::none) {
        sender->keep(points.points[i].seq, "verdict of " + std::to_string(points.points[i].seq) + "\n");
      }
    }
    return points.outcomes.back().why;
  }
  std::uint64_t n_of(const std::string& stream) {
    const auto found = list_streams(
        observer, [&](std::string_view name) { return name == stream; }, 1);
    return found.empty() ? 0 : found.front().n;
  }

  counters counts;
  persistence kept;
  engine observer;
  producer_table producers;
};

class persistence_fault : public testing::Test {
protected:
  persistence_fault() { std::filesystem::create_directories(folder_); }
  ~persistence_fault() override {
    running_.reset();
    std::filesystem::remove_all(folder_);
  }

  lasting_engine& start(std::size_t streams_max = 100, std::size_t producers_max = 100) {
    running_ = std::make_unique<lasting_engine>(files_, folder_.string(), streams_max, producers_max);
    return *running_;
  }
  // kill -9: nothing more reaches the files.
  void kill() {
    files_.reset_counts();
    files_.die_at(1, 1);
    running_->kept.stop();
    running_.reset();
    files_.restart_after_kill();
  }

  memory_file_system files_;
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("spindrift-persistence-" + std::to_string(::getpid()));
  std::unique_ptr<lasting_engine> running_;
};

TEST_F(persistence_fault, a_producer_that_was_forgotten_and_came_back_during_a_snapshot_keeps_its_place) {
  lasting_engine& first = start(100, 1);
  first.send({"s"}, 1, first.producers.find_or_create("a").get(), 1);
  int pauses = 0;
  first.kept.take_snapshot([&] {
    if (pauses++ != 0) return;
    ASSERT_TRUE(first.producers.find_or_create("b")) << "a is forgotten for it";
    const auto again = first.producers.find_or_create("a");
    first.send({"s", "s", "s"}, 2, again.get(), 10);
  });
  ASSERT_GT(pauses, 0);
  kill();
  lasting_engine& second = start(100, 1);
  const auto recovered = second.producers.find_or_create("a");
  EXPECT_EQ(recovered->last_seq(), 12U);
  EXPECT_EQ(recovered->kept(11), "verdict of 11\n");
}

TEST_F(persistence_fault, a_stream_whose_end_cannot_be_written_is_not_evicted) {
  lasting_engine& first = start(2);
  for (int i = 0; i < 5; ++i) first.send({"old"}, 1);
  first.send({"busy"}, 2'000);
  files_.reset_counts();
  files_.fail_writes(1, 1, ENOSPC);  // the forget; what follows would fit again
  EXPECT_EQ(first.send({"new"}, 3'500), refusal::too_many_streams);
  EXPECT_EQ(first.n_of("old"), 5U);
  EXPECT_EQ(first.send({"old"}, 3'600), refusal::none);
  kill();
  EXPECT_EQ(start(2).n_of("old"), 6U) << "the points since the full disk count";
}

TEST_F(persistence_fault, points_of_a_producer_go_to_the_journal_in_the_order_of_their_seqs_whatever_is_evicted) {
  lasting_engine& first = start(2);
  const auto sender = first.producers.find_or_create("p");
  first.send({"a", "b"}, 1, sender.get(), 1);
  first.send({"a"}, 2'000, sender.get(), 3);
  // The second of the three needs b's place.
  EXPECT_EQ(first.send({"a", "new", "a"}, 2'001, sender.get(), 4), refusal::none);
  EXPECT_EQ(first.n_of("new"), 1U);
  kill();
  lasting_engine& second = start(2);
  EXPECT_EQ(second.producers.find_or_create("p")->last_seq(), 6U) << "else seq 6 would be applied again";
  EXPECT_EQ(second.n_of("a"), 4U);
}

TEST_F(persistence_fault, a_stream_of_the_same_batch_does_not_make_room_for_another) {
  lasting_engine& first = start(2);
  first.send({"a"}, 1);
  first.send({"b"}, 2);
  // Both have been idle; a is heard of in this batch, so b goes.
  EXPECT_EQ(first.send({"new", "a"}, 5'000), refusal::none);
  EXPECT_EQ(first.n_of("a"), 2U);
  EXPECT_EQ(first.n_of("b"), 0U);
}

}  // namespace
}  // namespace spindrift::faults
