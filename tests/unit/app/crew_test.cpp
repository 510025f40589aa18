// Items that are worked off by lanes, on several threads, and handed out in the order of gathering.
#include "server/app/crew.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace spindrift {
namespace {

struct item {
  int number = 0;
  std::size_t lane = 0;
  std::size_t place_in_lane = 0;  // told by who worked it off
};

class crew_test : public testing::TestWithParam<std::size_t> {
protected:
  static constexpr std::size_t lanes = 7;

  void work_off(std::span<item* const> share) {
    for (item* one : share) one->place_in_lane = worked_[one->lane]++;
    const std::lock_guard guard(lock_);
    threads_.insert(std::this_thread::get_id());
  }
  void gather(int count) {
    for (int i = 0; i < count; ++i) {
      crew_.gather([&](item& next) {
        next.number = gathered_++;
        next.lane = static_cast<std::size_t>(next.number * 5 / 3) % lanes;
        return next.lane;
      });
    }
  }
  // All so far came in their order, each worked off behind those of its lane before it.
  void expect_all() {
    ASSERT_EQ(taken_.size(), static_cast<std::size_t>(gathered_));
    std::array<std::size_t, lanes> seen{};
    for (std::size_t i = 0; i < taken_.size(); ++i) {
      EXPECT_EQ(taken_[i].number, static_cast<int>(i));
      EXPECT_EQ(taken_[i].place_in_lane, seen[taken_[i].lane]++) << i;
    }
  }

  std::array<std::size_t, lanes> worked_{};  // each lane's is one thread's at a time
  std::mutex lock_;
  std::set<std::thread::id> threads_;
  std::vector<item> taken_;
  int gathered_ = 0;
  crew<item> crew_{{GetParam(), 50, 10},
                   [this](std::span<item* const> share) { work_off(share); },
                   [this](item& done) { taken_.push_back(done); }};
};

TEST_P(crew_test, hands_out_in_order_what_lanes_did_on_several_threads) {
  gather(3'333);
  EXPECT_GE(taken_.size(), 3'200U) << "two groups at most wait";
  crew_.finish();
  expect_all();
  EXPECT_EQ(threads_.count(std::this_thread::get_id()), GetParam() == 1 ? 1U : 0U);
  gather(120);
  crew_.finish();
  crew_.finish();
  expect_all();
}

TEST_P(crew_test, works_off_few_items_by_itself) {
  gather(10);
  EXPECT_TRUE(taken_.empty());
  crew_.finish();
  expect_all();
  EXPECT_EQ(threads_, std::set{std::this_thread::get_id()});
}

INSTANTIATE_TEST_SUITE_P(threads, crew_test, testing::Values(1, 2, 4));

}  // namespace
}  // namespace spindrift
