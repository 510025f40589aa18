// What people are shown of an event: the points around it, the numbers behind it, and what their own word changes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "server/events/picture_album.hpp"
#include "tests/support/noise.hpp"
#include "tests/unit/events/little_stream.hpp"

namespace spindrift {
namespace {

using support::noise_source;

class picture : public testing::Test {
protected:
  void add_noise(int points, double level = 100) {
    for (int i = 0; i < points; ++i) one_.add(level + 3 * noise_.normal());
  }
  const event& last_opened() {
    opened_ = one_.of(event_state::open);
    return opened_.back();
  }

  noise_source noise_{11};
  little_stream one_;
  std::vector<event> opened_;
};

TEST_F(picture, shows_what_was_before_an_event_and_what_was_expected_of_its_points) {
  add_noise(1'000);
  for (int i = 0; i < 100; ++i) one_.add(150 + 3 * noise_.normal());
  const event& told = last_opened();
  ASSERT_EQ(told.kind, event_kind::shift);
  ASSERT_NE(told.why, nullptr);
  const event_picture& shown = told.why->picture;
  ASSERT_EQ(shown.before.size(), 32U);
  ASSERT_EQ(shown.from.size(), told.told_n - told.from_n + 1);
  EXPECT_EQ(shown.from.front().n, told.from_n);
  EXPECT_EQ(shown.from.front().ts, told.from);
  EXPECT_EQ(shown.before.back().ts, told.from - little_stream::minute);
  for (const context_point& point : shown.before) EXPECT_NEAR(point.value, 100, 20);
  for (const pictured_point& point : shown.from) {
    EXPECT_NEAR(point.value, 150, 20);
    EXPECT_TRUE(std::isfinite(point.expected));
    EXPECT_GT(point.sigma, 0);
  }
  EXPECT_FALSE(told.why->evidence.empty());
}

TEST_F(picture, grows_to_sixty_four_points_and_is_then_handed_over_once) {
  add_noise(1'000);
  for (int i = 0; i < 30; ++i) one_.add(150 + 3 * noise_.normal());
  const std::uint64_t number = last_opened().number;
  const event_picture* growing = one_.events().picture_of(number);
  ASSERT_NE(growing, nullptr);
  EXPECT_EQ(growing->from.size(), 30U);
  for (int i = 0; i < 100; ++i) one_.add(150 + 3 * noise_.normal());
  EXPECT_EQ(one_.events().picture_of(number), nullptr);
  const auto& grown = one_.pictures();
  const auto count = std::count_if(grown.begin(), grown.end(), [&](const event& one) { return one.number == number; });
  ASSERT_EQ(count, 1);
  EXPECT_EQ(grown.back().why->picture.from.size(), 64U);
  EXPECT_TRUE(grown.back().why->evidence.empty());
}

TEST_F(picture, is_the_same_after_a_restart_in_the_middle) {
  add_noise(1'000);
  one_.add(200);
  little_stream other;
  ASSERT_TRUE(other.restore(one_.save()));
  for (int i = 0; i < 80; ++i) {
    const double value = 100 + 3 * noise_.normal();
    one_.add(value);
    other.add(value);
  }
  ASSERT_FALSE(other.pictures().empty());
  const event_picture& a = one_.pictures().back().why->picture;
  const event_picture& b = other.pictures().back().why->picture;
  ASSERT_EQ(a.from.size(), b.from.size());
  EXPECT_EQ(a.from.front().n, 1'001U);
  for (std::size_t i = 0; i < a.from.size(); ++i) EXPECT_EQ(a.from[i].expected, b.from[i].expected);
  ASSERT_EQ(a.before.size(), b.before.size());
  for (std::size_t i = 0; i < a.before.size(); ++i) EXPECT_EQ(a.before[i].value, b.before[i].value);
}

TEST_F(picture, of_a_silence_shows_what_came_before_it) {
  add_noise(100);
  std::vector<event> told;
  one_.events().hear_nothing(one_.n(), 7'200'000, 0, told);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].why->picture.before.size(), 32U);
  EXPECT_TRUE(told[0].why->picture.from.empty());
}

TEST(context_ring, gives_a_decimal_back_as_it_was) {
  context_ring ring(4);
  for (const double value : {21.3, 0.1, -1e-7, 123456.0, 99.95}) ring.add(0, std::vector<double>{value, 2 * value});
  const auto points = ring.points(0);
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[0].value, 0.1);
  EXPECT_EQ(points[1].value, -1e-7);
  EXPECT_EQ(points[3].value, 99.95);
  EXPECT_EQ(ring.points(1)[3].value, 199.9);
}

TEST_F(picture, of_what_was_marked_as_expected_comes_with_a_lower_severity_and_says_so) {
  add_noise(1'000);
  one_.add(200);
  add_noise(500);
  const event first = last_opened();
  ASSERT_EQ(first.kind, event_kind::spike);
  one_.events().expect(first);
  one_.add(201);
  add_noise(500);
  const event second = last_opened();
  ASSERT_EQ(second.number, first.number + 1);
  EXPECT_LE(second.severity, first.severity / 2 + 2);
  EXPECT_NE(second.text.find("marked as expected"), std::string::npos);
  one_.events().take_seriously(second);
  one_.add(202);
  add_noise(50);
  EXPECT_GT(last_opened().severity, second.severity + 10);
}

TEST_F(picture, of_a_silence_becomes_that_of_what_is_unreadable) {
  add_noise(100);
  std::vector<event> told;
  one_.events().hear_nothing(one_.n(), 7'200'000, 0, told);
  EXPECT_TRUE(one_.events().is_silent());
  one_.events().hear_unreadable(one_.n(), 20, 7'300'000, 0, told);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].state, event_state::update);
  EXPECT_EQ(told[1].kind, event_kind::unreadable);
  EXPECT_EQ(told[1].number, told[0].number);
  EXPECT_FALSE(one_.events().is_silent());
}

}  // namespace
}  // namespace spindrift
