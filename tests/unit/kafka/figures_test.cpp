// What the worker counts, as Prometheus reads it.
#include "server/kafka/figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift::kafka {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(duration_histogram, counts_into_every_bound_that_holds_it) {
  duration_histogram taken;
  taken.take(std::chrono::milliseconds(5));
  taken.take(std::chrono::milliseconds(30));
  taken.take(std::chrono::seconds(11));
  taken.take(std::chrono::nanoseconds(-1));
  std::string out;
  taken.append("commit_seconds", "How long.", out);
  EXPECT_THAT(out, HasSubstr("# TYPE spindrift_commit_seconds histogram\n"));
  EXPECT_THAT(out, HasSubstr("_bucket{le=\"0.005\"} 2\n")) << "its bound is part of it";
  EXPECT_THAT(out, HasSubstr("_bucket{le=\"0.025\"} 2\n"));
  EXPECT_THAT(out, HasSubstr("_bucket{le=\"0.05\"} 3\n"));
  EXPECT_THAT(out, HasSubstr("_bucket{le=\"10\"} 3\n"));
  EXPECT_THAT(out, HasSubstr("_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(out, HasSubstr("_sum 11.035\n"));
  EXPECT_THAT(out, HasSubstr("_count 4\n"));
}

class figures_of_two_lanes : public testing::Test {
protected:
  figures_of_two_lanes() {
    figures_.partitions = std::make_unique<partition_figures[]>(3);
    figures_.partition_count = 3;
    for (std::size_t i = 0; i < 2; ++i) figures_.lanes[i].is_member = true;
  }
  worker_figures figures_{2};
};

TEST_F(figures_of_two_lanes, are_ready_when_all_are_members_and_nothing_is_being_restored) {
  EXPECT_TRUE(figures_.is_ready());
  figures_.partitions[1].is_assigned = true;
  EXPECT_FALSE(figures_.is_ready());
  figures_.partitions[1].is_ready = true;
  EXPECT_TRUE(figures_.is_ready());
  figures_.lanes[1].is_member = false;
  EXPECT_FALSE(figures_.is_ready());
  EXPECT_FALSE(worker_figures(0).is_ready()) << "nothing is known of the topic yet";
}

TEST_F(figures_of_two_lanes, name_the_lane_that_does_not_come_round) {
  EXPECT_EQ(figures_.stuck_lane(std::chrono::hours(1)), 2U) << "neither runs yet";
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  figures_.lanes[0].turned_ms = now_ms;
  figures_.lanes[1].turned_ms = now_ms - 7'200'000;
  EXPECT_EQ(figures_.stuck_lane(std::chrono::hours(1)), 1U);
  EXPECT_EQ(figures_.stuck_lane(std::chrono::hours(3)), 2U);
}

TEST_F(figures_of_two_lanes, are_added_up_over_lanes_and_shown_by_partition) {
  add(figures_.lanes[0].counts.records, 5);
  add(figures_.lanes[1].counts.records, 7);
  figures_.lanes[1].is_memory_full = true;
  figures_.partitions[2].is_assigned = true;
  figures_.partitions[2].lag_records = 99;
  const std::string page = figures_.metrics();
  EXPECT_THAT(page, HasSubstr("\nspindrift_records_total 12\n"));
  EXPECT_THAT(page, HasSubstr("\nspindrift_memory_full 1\n"));
  EXPECT_THAT(page, HasSubstr("{partition=\"2\"} 99\n"));
  EXPECT_THAT(page, Not(HasSubstr("partition=\"1\""))) << "another worker has it";
  EXPECT_THAT(page, HasSubstr("\nprocess_open_fds "));
}

TEST_F(figures_of_two_lanes, have_a_line_for_each_error_that_there_was) {
  add(figures_.lanes[0].counts.dead_letters_by_error[0], 1);
  add(figures_.lanes[1].counts.dead_letters_by_error[0], 2);
  figures_.count_broker_error("_TRANSPORT");
  figures_.count_broker_error("_TRANSPORT");
  const std::string page = figures_.metrics();
  EXPECT_THAT(page,
              HasSubstr("spindrift_dead_letters_total{error=\"" + std::string(name_of(error_code{})) + "\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("spindrift_broker_errors_total{code=\"_TRANSPORT\"} 2\n"));
}

TEST_F(figures_of_two_lanes, show_durations_as_sum_and_count) {
  add(figures_.takeover_us, 1'500'000);
  add(figures_.takeovers, 2);
  EXPECT_THAT(figures_.metrics(), HasSubstr("# TYPE spindrift_takeover_seconds summary\nspindrift_takeover_seconds_sum "
                                            "1.5\nspindrift_takeover_seconds_count 2\n"));
}

}  // namespace
}  // namespace spindrift::kafka
