#include "server/store/event_backlog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace spindrift {
namespace {

history_event full_event() {
  history_event event;
  event.stream = "plant-7.cell-000042";
  event.ts = -5;
  event.n = std::numeric_limits<std::uint64_t>::max();
  event.number = 3;
  event.kinds = 1U << 15U;
  event.severity = 100;
  event.is_open = true;
  event.line = R"({"type":"event"})";
  event.writes = history_event::part::held;
  event.evidence = "[]";
  event.picture = std::string("\0\n\xff", 3);
  event.mark = "false_alarm";
  event.is_held = true;
  return event;
}

void expect_same(const history_event& is, const history_event& wanted) {
  EXPECT_EQ(is.stream, wanted.stream);
  EXPECT_EQ(is.ts, wanted.ts);
  EXPECT_EQ(is.n, wanted.n);
  EXPECT_EQ(is.number, wanted.number);
  EXPECT_EQ(is.kinds, wanted.kinds);
  EXPECT_EQ(is.severity, wanted.severity);
  EXPECT_EQ(is.is_open, wanted.is_open);
  EXPECT_EQ(is.line, wanted.line);
  EXPECT_EQ(is.writes, wanted.writes);
  EXPECT_EQ(is.evidence, wanted.evidence);
  EXPECT_EQ(is.picture, wanted.picture);
  EXPECT_EQ(is.mark, wanted.mark);
  EXPECT_EQ(is.is_held, wanted.is_held);
}

std::vector<history_event> taken(event_backlog& from, std::size_t most) {
  std::vector<history_event> into;
  from.take(most, into);
  return into;
}

TEST(event_backlog, gives_back_every_member) {
  event_backlog waiting;
  history_event large = full_event();
  large.picture.assign(200'000, 'p');  // more than a block of its bytes
  for (const history_event& one : {full_event(), history_event(), large}) waiting.put(event_backlog::packed(one));
  const auto all = taken(waiting, 10);
  ASSERT_EQ(all.size(), 3U);
  expect_same(all[0], full_event());
  expect_same(all[1], history_event());
  expect_same(all[2], large);
  EXPECT_TRUE(waiting.empty());
}

TEST(event_backlog, gives_the_oldest_first_while_others_come) {
  event_backlog waiting;
  std::uint64_t put = 0;
  std::uint64_t got = 0;
  for (const std::size_t most : {1U, 7U, 100U, 3U, 500U, 1000U}) {
    for (int i = 0; i < 200; ++i) {
      history_event event = full_event();
      event.n = put++;
      waiting.put(event_backlog::packed(event));
    }
    for (const history_event& one : taken(waiting, most)) EXPECT_EQ(one.n, got++);
    EXPECT_EQ(waiting.size(), put - got);
  }
  EXPECT_EQ(got, put);
  EXPECT_THAT(taken(waiting, 5), testing::IsEmpty());
}

TEST(event_backlog, takes_what_it_has_along_when_it_is_moved) {
  event_backlog waiting;
  waiting.put(event_backlog::packed(full_event()));
  event_backlog other;
  std::swap(waiting, other);
  EXPECT_TRUE(waiting.empty());
  const auto all = taken(other, 1);
  ASSERT_EQ(all.size(), 1U);
  expect_same(all[0], full_event());
}

}  // namespace
}  // namespace spindrift
