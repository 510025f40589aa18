#include "server/events/event_watch.hpp"

#include <gtest/gtest.h>

#include <string>

#include "server/detect/archive.hpp"
#include "tests/support/noise.hpp"
#include "tests/unit/events/little_stream.hpp"

namespace spindrift {
namespace {

using support::noise_source;

void add_noise(little_stream& to, noise_source& noise, int points, double level = 100, double sigma = 3) {
  for (int i = 0; i < points; ++i) to.add(level + sigma * noise.normal());
}

std::vector<event> opened_after(const little_stream& in, std::uint64_t n) {
  std::vector<event> found;
  for (const event& notice : in.of(event_state::open)) {
    if (notice.told_n > n) found.push_back(notice);
  }
  return found;
}

TEST(event_watch, tells_a_spike_once_and_as_over) {
  noise_source noise(1);
  little_stream one;
  add_noise(one, noise, 1'000);
  one.add(200);
  add_noise(one, noise, 50);
  const auto told = opened_after(one, 1'000);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::spike);
  EXPECT_EQ(told[0].direction, event_direction::up);
  EXPECT_EQ(told[0].from_n, 1'001U);
  EXPECT_EQ(told[0].to_n, 1'001U);
  EXPECT_EQ(told[0].value, 200);
  EXPECT_NEAR(told[0].expected, 100, 10);
}

TEST(event_watch, tells_a_step_once_as_a_shift_that_becomes_the_new_normal) {
  noise_source noise(2);
  little_stream one;
  add_noise(one, noise, 1'000);
  add_noise(one, noise, 1'000, 150);
  const auto told = opened_after(one, 1'000);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::shift);
  EXPECT_EQ(told[0].from_n, 1'001U);
  EXPECT_LE(told[0].told_n, 1'010U);
  EXPECT_NEAR(told[0].before.value_or(0), 100, 10);
  EXPECT_NEAR(told[0].after.value_or(0), 150, 10);
  const auto closed = one.of(event_state::closed);
  ASSERT_FALSE(closed.empty());
  EXPECT_TRUE(closed.back().accepted);
  EXPECT_EQ(closed.back().number, told[0].number);
}

TEST(event_watch, calls_a_shift_over_when_the_level_is_back) {
  noise_source noise(3);
  little_stream one;
  add_noise(one, noise, 1'000);
  add_noise(one, noise, 40, 150);
  add_noise(one, noise, 300);
  ASSERT_EQ(opened_after(one, 1'000).size(), 1U);
  const event last = one.of(event_state::closed).back();
  EXPECT_FALSE(last.accepted);
  EXPECT_NEAR(static_cast<double>(last.to_n.value_or(0)), 1'040, 2);
}

TEST(event_watch, tells_of_a_hole_at_the_first_point_behind_it) {
  noise_source noise(4);
  little_stream one;
  add_noise(one, noise, 500);
  one.wait(45 * little_stream::minute);
  add_noise(one, noise, 500);
  one.wait(45 * little_stream::minute);
  add_noise(one, noise, 100);
  std::vector<event> holes;
  for (const event& notice : one.of(event_state::open)) {
    if (notice.kind == event_kind::silent) holes.push_back(notice);
  }
  ASSERT_EQ(holes.size(), 2U);
  EXPECT_EQ(holes[0].told_n, 501U);
  EXPECT_EQ(*holes[0].to - holes[0].from, 46 * little_stream::minute);
}

TEST(event_watch, leaves_late_points_alone) {
  noise_source noise(5);
  little_stream one;
  add_noise(one, noise, 500);
  const std::size_t before = one.told().size();
  EXPECT_TRUE(one.add_at(one.ts() - 30 * little_stream::minute, {1'000}).late);
  EXPECT_EQ(one.told().size(), before);
}

TEST(event_watch, says_that_a_noisy_value_stands_still) {
  noise_source noise(6);
  little_stream one;
  add_noise(one, noise, 1'000);
  for (int i = 0; i < 100; ++i) one.add(101.5);
  const auto told = opened_after(one, 1'000);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::stuck);
  add_noise(one, noise, 30);
  EXPECT_EQ(one.of(event_state::closed).back().kind, event_kind::stuck);
}

TEST(event_watch, continues_bit_for_bit_from_a_state_saved_in_an_open_event) {
  noise_source noise(7);
  little_stream one;
  add_noise(one, noise, 1'000);
  add_noise(one, noise, 20, 150);
  ASSERT_EQ(one.events().open_count(), 1U);
  std::string bytes;
  state_writer writer(bytes);
  one.visit_state(writer);
  little_stream two;
  state_reader reader(bytes);
  two.visit_state(reader);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader.bytes_left(), 0U);
  for (int i = 0; i < 500; ++i) {
    const double value = 150 + 3 * noise.normal();
    one.add(value);
    two.add(value);
  }
  std::string again_one;
  std::string again_two;
  state_writer writer_one(again_one);
  state_writer writer_two(again_two);
  one.visit_state(writer_one);
  two.visit_state(writer_two);
  EXPECT_EQ(again_one, again_two);
  EXPECT_EQ(one.told().back().text, two.told().back().text);
  EXPECT_EQ(one.events().open_count(), 0U);
}

}  // namespace
}  // namespace spindrift
