// The points around an event, from the first that stands out on.
#include "server/events/picture_album.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/events/observed.hpp"

namespace spindrift {
namespace {

class pictured_stream : public testing::Test {
protected:
  void add(double value, bool is_out) {
    last_ = observed(++n_, value, 3, 2);
    album_.follow(last_, 0, is_out);
    album_.end_point(last_.ts, std::vector<double>{value});
  }
  event_picture take(std::uint64_t from_n) const {
    finding found;
    found.from_n = from_n;
    const observation last = last_;
    return album_.take(found, &last);
  }

  picture_album album_{8};
  observed_point last_;
  std::uint64_t n_ = 0;
};

TEST_F(pictured_stream, has_what_was_before_and_what_was_expected_then) {
  for (int i = 1; i <= 20; ++i) add(i, false);
  add(50, true);
  add(60, true);
  const event_picture picture = take(21);
  ASSERT_EQ(picture.before.size(), 8U);
  EXPECT_EQ(picture.before.front().value, 13);
  EXPECT_EQ(picture.before.back().value, 20);
  ASSERT_EQ(picture.from.size(), 2U);
  EXPECT_EQ(picture.from[0].n, 21U);
  EXPECT_EQ(picture.from[0].ts, 21 * observed_ms);
  EXPECT_EQ(picture.from[0].value, 50);
  EXPECT_EQ(picture.from[0].expected, 3);
  EXPECT_EQ(picture.from[0].sigma, 2);
}

// They lie as floats; 21.3 is none.
TEST_F(pictured_stream, has_values_as_they_were_written) {
  add(21.3, false);
  add(50, true);
  EXPECT_EQ(take(2).before.front().value, 21.3);
  EXPECT_EQ(album_.newest_points(0).front().value, 21.3);
}

TEST_F(pictured_stream, keeps_a_picture_until_the_point_after_the_one_that_is_back) {
  add(1, false);
  add(50, true);
  add(2, false);
  EXPECT_EQ(take(2).from.size(), 2U);
  EXPECT_EQ(take(2).from[0].expected, 3);
  add(3, false);
  EXPECT_TRUE(std::isnan(take(2).from[0].expected)) << "a point that was kept for what comes";
}

TEST_F(pictured_stream, of_what_began_unnoticed_has_the_points_that_are_left_of_it) {
  for (int i = 1; i <= 20; ++i) add(i, false);
  finding found;
  found.from_n = 19;
  const observed_point out = observed(21, 21, 3, 2);
  const observation next = out;
  const event_picture picture = album_.take(found, &next);
  ASSERT_EQ(picture.before.size(), 6U);
  EXPECT_EQ(picture.before.back().value, 18);
  ASSERT_EQ(picture.from.size(), 3U);
  EXPECT_EQ(picture.from[0].n, 19U);
  EXPECT_EQ(picture.from[0].value, 19);
  EXPECT_TRUE(std::isnan(picture.from[0].sigma));
  EXPECT_EQ(picture.from[2].n, 21U);
  EXPECT_EQ(picture.from[2].sigma, 2);
}

TEST_F(pictured_stream, of_silence_has_only_what_was_before) {
  for (int i = 1; i <= 20; ++i) add(i, false);
  finding found;
  found.from_n = 20;
  const event_picture picture = album_.take(found, nullptr);
  EXPECT_EQ(picture.before.size(), 8U);
  EXPECT_TRUE(picture.from.empty());
}

TEST_F(pictured_stream, is_complete_after_64_points_and_takes_none_twice) {
  event_picture picture;
  for (std::uint64_t n = 1; n <= event_picture::from_max; ++n) {
    EXPECT_TRUE(picture_album::extend(picture, observed(n, 1)));
    EXPECT_FALSE(picture_album::extend(picture, observed(n, 1))) << n;
  }
  EXPECT_FALSE(picture_album::extend(picture, observed(65, 1)));
  EXPECT_EQ(picture.from.size(), 64U);
}

TEST_F(pictured_stream, may_have_two_values_out_at_once) {
  for (std::uint64_t n = 1; n <= 3; ++n) {
    for (const std::size_t feature : {0U, 1U}) album_.follow(observed(n, feature == 0 ? 5.0 : 7.0), feature, n > 1);
    album_.end_point(static_cast<std::int64_t>(n) * observed_ms, std::vector<double>{5, 7});
  }
  finding found;
  found.from_n = 2;
  found.feature = 1;
  const observed_point out = observed(3, 7);
  const observation last = out;
  const event_picture picture = album_.take(found, &last);
  ASSERT_EQ(picture.from.size(), 2U);
  EXPECT_EQ(picture.from[0].value, 7);
  ASSERT_EQ(picture.before.size(), 1U);
  EXPECT_EQ(picture.before[0].value, 7);
}

TEST_F(pictured_stream, keeps_what_is_back_while_it_looks_at_the_next_value_of_the_point) {
  for (std::uint64_t n = 1; n <= 2; ++n) {
    album_.follow(observed(n, 50, 3, 2), 0, n == 1);
    album_.follow(observed(n, 50, 3, 2), 1, n == 1);
    album_.end_point(static_cast<std::int64_t>(n) * observed_ms, std::vector<double>{50, 50});
  }
  last_ = observed(2, 50, 3, 2);
  ASSERT_EQ(take(1).from.size(), 2U);
  EXPECT_EQ(take(1).from[0].expected, 3);
}

}  // namespace
}  // namespace spindrift
