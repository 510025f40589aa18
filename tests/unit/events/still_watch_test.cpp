// Stuck: a value that stands still for longer than the stream ever does.
#include "server/events/still_watch.hpp"

#include <gtest/gtest.h>

#include "tests/unit/events/observed.hpp"

namespace spindrift {
namespace {

class still_stream : public testing::Test {
protected:
  // Values between 0 and 10, each another than the one before.
  void move(int points) {
    for (int i = 0; i < points; ++i) add(static_cast<double>((n_ * 7) % 11));
  }
  still_watch::answer add(double value) { return watch_.update(observed(++n_, value, 4)); }
  // How many points it stands still until that is told; 0: not within `most`.
  int stand_still(double value, int most) {
    for (int i = 1; i <= most; ++i) {
      found_ = add(value).found;
      if (found_) return i;
    }
    return 0;
  }

  still_watch watch_;
  rare_finding found_;
  std::uint64_t n_ = 0;
};

TEST_F(still_stream, is_told_once_with_where_it_began) {
  move(200);
  ASSERT_EQ(stand_still(4.5, 100), 11);
  EXPECT_EQ(found_->kind, event_kind::stuck);
  EXPECT_EQ(found_->from_n, 201U);
  EXPECT_EQ(found_->from, 201 * observed_ms);
  EXPECT_EQ(found_->points, 11U);
  EXPECT_EQ(found_->value, 4.5);
  EXPECT_EQ(found_->expected, 4);
  EXPECT_TRUE(watch_.is_stuck());
  EXPECT_EQ(stand_still(4.5, 500), 0);
}

TEST_F(still_stream, is_over_with_the_first_other_value) {
  move(200);
  ASSERT_NE(stand_still(4.5, 100), 0);
  EXPECT_TRUE(add(4.6).moved);
  EXPECT_FALSE(watch_.is_stuck());
  EXPECT_FALSE(add(4.7).moved);
}

TEST_F(still_stream, may_stand_longer_at_the_edge_of_its_range_where_values_are_cut_off) {
  move(200);
  EXPECT_EQ(stand_still(10, 40), 0);
  EXPECT_EQ(stand_still(10, 40), 21);
}

TEST_F(still_stream, is_not_told_while_it_is_young_or_if_it_never_moved) {
  move(50);
  EXPECT_EQ(stand_still(4.5, 40), 0);
  still_watch flat;
  for (std::uint64_t n = 1; n < 2'000; ++n) EXPECT_FALSE(flat.update(observed(n, 1)).found) << n;
}

TEST_F(still_stream, that_repeats_itself_by_nature_must_stand_longer) {
  for (int i = 0; i < 100; ++i) {
    move(1);
    EXPECT_EQ(stand_still(i % 2 == 0 ? 3.5 : 6.5, 8), 0);
  }
  EXPECT_EQ(stand_still(4.5, 25), 0) << "three times the longest run, at least";
  EXPECT_NE(stand_still(4.5, 400), 0);
}

TEST_F(still_stream, knows_how_many_points_equal_the_one_before) {
  move(3'000);
  EXPECT_LT(watch_.equal_share(), 0.01);
  for (int i = 0; i < 1'500; ++i) {
    move(1);
    add(watch_.last());
  }
  EXPECT_NEAR(watch_.equal_share(), 0.5, 0.1);
  EXPECT_TRUE(watch_.is_still());
}

}  // namespace
}  // namespace spindrift
