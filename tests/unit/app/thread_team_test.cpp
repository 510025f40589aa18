// Tasks that are given to threads which were begun once.
#include "server/app/thread_team.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace spindrift {
namespace {

TEST(thread_team, has_each_worker_do_each_task_once_with_three_threads) {
  thread_team team(3);
  std::vector<std::size_t> done(3);
  std::mutex lock;
  std::set<std::thread::id> threads;
  for (std::size_t task = 0; task < 200; ++task) {
    team.begin([&](std::size_t worker) {
      ++done[worker];
      const std::lock_guard guard(lock);
      threads.insert(std::this_thread::get_id());
    });
    if (task % 2 == 0) continue;  // the next begin() waits
    team.wait();
    EXPECT_EQ(done, std::vector<std::size_t>(3, task + 1));
  }
  EXPECT_EQ(threads.size(), 3U) << "the same threads for all tasks";
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0U);
}

TEST(thread_team, of_one_does_all_in_begin) {
  thread_team team(1);
  std::thread::id by;
  team.begin([&](std::size_t) { by = std::this_thread::get_id(); });
  EXPECT_EQ(by, std::this_thread::get_id());
}

TEST(thread_team, ends_when_its_task_has_with_four_threads) {
  std::atomic<int> done = 0;
  {
    thread_team team(4);
    team.begin([&](std::size_t) { ++done; });
  }
  EXPECT_EQ(done, 4);
}

}  // namespace
}  // namespace spindrift
