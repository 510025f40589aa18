#include "client/load_schedule.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

namespace spindrift {
namespace {

std::vector<load_schedule::turn> all_turns(const load_schedule_settings& settings, std::size_t connection) {
  std::vector<load_schedule::turn> turns;
  for (load_schedule share(settings, connection); share.next(); share.take()) turns.push_back(*share.next());
  return turns;
}

TEST(load_schedule, gives_every_point_to_one_connection_and_every_stream_its_turn) {
  load_schedule_settings settings;
  settings.count = 1'003;
  settings.streams = 7;
  settings.connections = 3;
  std::map<std::size_t, std::set<std::size_t>> connections_of;
  std::map<std::size_t, std::uint64_t> numbers;
  std::size_t turns = 0;
  for (std::size_t c = 0; c < settings.connections; ++c) {
    for (const load_schedule::turn& turn : all_turns(settings, c)) {
      ++turns;
      connections_of[turn.stream].insert(c);
      ASSERT_EQ(turn.number, ++numbers[turn.stream]) << "numbers of a stream go up by one";
    }
  }
  EXPECT_EQ(turns, settings.count);
  ASSERT_EQ(numbers.size(), 7U);
  for (const auto& [stream, connections] : connections_of) EXPECT_EQ(connections.size(), 1U) << stream;
  // 1003 = 143 * 7 + 2: the first two streams get one more.
  for (const auto& [stream, count] : numbers) EXPECT_EQ(count, stream < 2 ? 144U : 143U) << stream;
}

TEST(load_schedule, fixes_due_times_in_advance_over_all_connections) {
  load_schedule_settings settings;
  settings.count = 8;
  settings.streams = 4;
  settings.connections = 2;
  settings.rate = 1'000;
  std::map<std::int64_t, std::size_t> stream_at;
  for (std::size_t c = 0; c < 2; ++c) {
    for (const load_schedule::turn& turn : all_turns(settings, c)) stream_at[turn.due_ns] = turn.stream;
  }
  ASSERT_EQ(stream_at.size(), 8U);
  std::int64_t due_ns = 0;
  std::size_t stream = 0;
  for (const auto& [at, who] : stream_at) {
    EXPECT_EQ(at, due_ns);
    EXPECT_EQ(who, stream);
    due_ns += 1'000'000;
    stream = (stream + 1) % 4;
  }
}

TEST(load_schedule, makes_everything_due_at_once_without_a_rate) {
  load_schedule_settings settings;
  settings.count = 5;
  for (const load_schedule::turn& turn : all_turns(settings, 0)) EXPECT_EQ(turn.due_ns, 0);
}

TEST(load_schedule, leaves_connections_beyond_the_streams_without_work) {
  load_schedule_settings settings;
  settings.count = 5;
  settings.connections = 2;
  EXPECT_EQ(all_turns(settings, 0).size(), 5U);
  EXPECT_TRUE(all_turns(settings, 1).empty());
}

TEST(load_schedule, ends_within_a_round) {
  load_schedule_settings settings;
  settings.count = 2;
  settings.streams = 5;
  const auto turns = all_turns(settings, 0);
  ASSERT_EQ(turns.size(), 2U);
  EXPECT_EQ(turns[1].stream, 1U);
  EXPECT_EQ(turns[1].number, 1U);
}

}  // namespace
}  // namespace spindrift
