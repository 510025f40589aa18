// Goal: an event stream sends whole events in order, one at a time, and forgets the oldest where nobody takes them.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/net/http_event_queue.hpp"

namespace spindrift {
namespace {

using action = http_event_queue::action;

http_event_queue::event event_of(const char* text) {
  return std::make_shared<const std::string>(text);
}

// All that it would send now.
std::vector<std::string> drained(http_event_queue& queue) {
  std::vector<std::string> sent;
  while (queue.next() == action::write) {
    sent.push_back(queue.front());
    queue.written();
  }
  return sent;
}

class own_events : public http_event_source {
public:
  explicit own_events(std::vector<std::string> given) : given_(std::move(given)) {}
  void start(std::function<void()> ring) override { ring_ = std::move(ring); }
  std::string take() override {
    if (given_.empty()) return {};
    std::string next = std::move(given_.front());
    given_.erase(given_.begin());
    return next;
  }
  bool is_over() const override { return ends_ && given_.empty(); }

  std::function<void()> ring_;
  bool ends_ = false;

private:
  std::vector<std::string> given_;
};

TEST(http_event_queue, sends_what_came_in_its_order_after_the_first_words) {
  http_event_queue queue;
  queue.open("hello", nullptr);
  EXPECT_FALSE(queue.push(event_of("1"), 8));
  EXPECT_FALSE(queue.push(event_of("2"), 8));
  EXPECT_EQ(drained(queue), (std::vector<std::string>{"hello", "1", "2"}));
  EXPECT_EQ(queue.next(), action::nothing);
}

TEST(http_event_queue, has_one_write_under_way_at_a_time) {
  http_event_queue queue;
  queue.push(event_of("1"), 8);
  queue.push(event_of("2"), 8);
  ASSERT_EQ(queue.next(), action::write);
  EXPECT_TRUE(queue.is_writing());
  EXPECT_EQ(queue.next(), action::nothing);
  EXPECT_EQ(queue.front(), "1");
  queue.written();
  EXPECT_FALSE(queue.is_writing());
  EXPECT_EQ(drained(queue), std::vector<std::string>{"2"});
}

TEST(http_event_queue, forgets_the_oldest_that_is_not_under_way) {
  http_event_queue queue;
  EXPECT_FALSE(queue.push(event_of("1"), 2));
  ASSERT_EQ(queue.next(), action::write);
  EXPECT_FALSE(queue.push(event_of("2"), 2));
  EXPECT_FALSE(queue.push(event_of("3"), 2));
  EXPECT_TRUE(queue.push(event_of("4"), 2));
  EXPECT_EQ(queue.front(), "1");
  queue.written();
  EXPECT_EQ(drained(queue), (std::vector<std::string>{"3", "4"}));
}

TEST(http_event_queue, takes_from_a_source_of_its_own_and_not_what_is_pushed) {
  http_event_queue queue;
  const auto source = std::make_shared<own_events>(std::vector<std::string>{"a", "b"});
  queue.open({}, source);
  bool rang = false;
  queue.start([&rang] { rang = true; });
  source->ring_();
  EXPECT_TRUE(rang);
  EXPECT_TRUE(queue.has_source());
  EXPECT_FALSE(queue.push(event_of("pushed"), 8));
  EXPECT_EQ(drained(queue), (std::vector<std::string>{"a", "b"}));
}

TEST(http_event_queue, ends_when_its_source_is_over_and_all_is_written) {
  http_event_queue queue;
  const auto source = std::make_shared<own_events>(std::vector<std::string>{"a"});
  source->ends_ = true;
  queue.open({}, source);
  EXPECT_FALSE(queue.is_over());
  ASSERT_EQ(queue.next(), action::write);
  EXPECT_EQ(queue.next(), action::nothing);
  queue.written();
  EXPECT_TRUE(queue.is_over());
  EXPECT_EQ(queue.next(), action::end);
}

TEST(http_event_queue, says_that_it_lives_only_where_nothing_is_under_way) {
  http_event_queue queue;
  queue.push_comment();
  ASSERT_EQ(queue.next(), action::write);
  EXPECT_EQ(queue.front(), ":\n\n");
  queue.push_comment();
  queue.written();
  EXPECT_EQ(queue.next(), action::nothing);
}

}  // namespace
}  // namespace spindrift
