#include "server/sinks/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace spindrift {
namespace {

TEST(bounded_queue, takes_no_more_than_its_limit_and_counts_the_rest) {
  bounded_queue<int> queue(2);
  EXPECT_EQ(queue.put(1), put_result::first);
  EXPECT_EQ(queue.put(2), put_result::behind_others);
  EXPECT_EQ(queue.put(3, 10), put_result::dropped);
  EXPECT_EQ(queue.dropped(), 10U);
  EXPECT_EQ(queue.size(), queue.limit());
  std::vector<int> taken;
  queue.take_all(taken);
  EXPECT_EQ(taken, (std::vector<int>{1, 2}));
  EXPECT_EQ(queue.put(4), put_result::first);
}

TEST(bounded_queue, gives_what_it_holds_after_it_was_closed_and_takes_nothing_more) {
  bounded_queue<int> queue(2);
  queue.put(1);
  queue.close();
  EXPECT_EQ(queue.put(2), put_result::dropped);
  std::vector<int> taken;
  EXPECT_TRUE(queue.wait_all(taken));
  EXPECT_EQ(taken, std::vector<int>{1});
  EXPECT_FALSE(queue.wait_all(taken));
}

TEST(bounded_queue, hands_everything_over_between_threads_in_order) {
  bounded_queue<int> queue(1'000'000);
  std::thread putting([&queue] {
    for (int i = 0; i < 10'000; ++i) queue.put(i);
    queue.close();
  });
  std::vector<int> taken;
  int next = 0;
  while (queue.wait_all(taken)) {
    for (const int number : taken) ASSERT_EQ(number, next++);
  }
  putting.join();
  EXPECT_EQ(next, 10'000);
}

}  // namespace
}  // namespace spindrift
