// A change of scatter: told both ways, ended by its return or by becoming usual.
#include "server/events/spread_watch.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "server/detect/archive.hpp"
#include "tests/support/noise.hpp"
#include "tests/unit/events/observed.hpp"

namespace spindrift {
namespace {

class scattered_stream : public testing::Test {
protected:
  spread_watch::answer add(double size, double equal_share = 0) {
    observed_point point = observed(++n_, size * noise_.normal());
    point.seen.zscore_flagged = false;
    return watch_.update(point, std::exchange(newest_, point.value), equal_share);
  }
  // The points of this scatter until it is told; 0: not within `most`.
  int scatter(double size, int most, double equal_share = 0) {
    for (int i = 1; i <= most; ++i) {
      found_ = add(size, equal_share).found;
      if (found_) return i;
    }
    return 0;
  }
  // Likewise until what was told is over.
  int until_over(double size, int most) {
    for (int i = 1; i <= most; ++i) {
      last_ = add(size);
      if (last_.over) return i;
    }
    return 0;
  }

  support::noise_source noise_{7};
  spread_watch watch_;
  rare_finding found_;
  spread_watch::answer last_;
  double newest_ = 0;
  std::uint64_t n_ = 0;
};

TEST_F(scattered_stream, has_no_usual_scatter_at_first) {
  EXPECT_EQ(watch_.usual(), 0);
  EXPECT_EQ(scatter(3, 20), 0);
  EXPECT_EQ(watch_.usual(), 0);
  EXPECT_EQ(scatter(3, 1'000), 0);
  EXPECT_NEAR(watch_.usual(), 3, 0.5);
}

TEST_F(scattered_stream, is_told_when_it_grows_with_both_scatters) {
  ASSERT_EQ(scatter(1, 1'000), 0);
  const int told = scatter(5, 100);
  ASSERT_GE(told, 12) << "so many points in a row have to be beyond the limit";
  EXPECT_EQ(found_->kind, event_kind::spread);
  EXPECT_EQ(found_->direction, event_direction::up);
  EXPECT_NEAR(found_->before.value_or(0), 1, 0.3);
  EXPECT_GT(found_->after.value_or(0), 1.8 * *found_->before);
  EXPECT_GT(found_->from_n, 1'000U);
  EXPECT_EQ(found_->points, n_ - found_->from_n + 1);
  EXPECT_TRUE(watch_.is_told());
}

TEST_F(scattered_stream, is_told_when_it_shrinks) {
  ASSERT_EQ(scatter(1, 1'000), 0);
  ASSERT_NE(scatter(0.1, 200), 0);
  EXPECT_EQ(found_->direction, event_direction::down);
}

TEST_F(scattered_stream, is_over_when_it_is_back) {
  ASSERT_EQ(scatter(1, 1'000), 0);
  ASSERT_NE(scatter(5, 100), 0);
  EXPECT_NE(until_over(1, 300), 0);
  EXPECT_FALSE(last_.accepted);
  EXPECT_FALSE(watch_.is_told());
}

TEST_F(scattered_stream, goes_on_where_it_was_saved_in_a_change_and_behind_one) {
  const auto bytes_of = [&](spread_watch& one) {
    std::string bytes;
    state_writer out(bytes);
    one.visit_state(out, newest_);
    return bytes;
  };
  const auto change_over = [&] {
    const std::string bytes = bytes_of(watch_);
    spread_watch back;
    state_reader in(bytes);
    back.visit_state(in, newest_);
    EXPECT_TRUE(in.ok());
    EXPECT_EQ(bytes_of(back), bytes);
    watch_ = std::move(back);
  };
  ASSERT_EQ(scatter(1, 1'000), 0);
  change_over();
  for (int i = 0; !found_ && i < 100; ++i) {
    found_ = add(5).found;
    change_over();
  }
  ASSERT_TRUE(found_);
  EXPECT_EQ(found_->points, n_ - found_->from_n + 1);
  EXPECT_TRUE(watch_.is_told());
  int until = 0;
  while (++until < 400 && !add(1).over) change_over();
  EXPECT_LT(until, 400);
  change_over();
  EXPECT_FALSE(watch_.is_told());
}

TEST_F(scattered_stream, becomes_usual_after_600_points) {
  ASSERT_EQ(scatter(1, 1'000), 0);
  ASSERT_NE(scatter(5, 100), 0);
  EXPECT_EQ(until_over(5, 1'000), 600);
  EXPECT_TRUE(last_.accepted);
  EXPECT_NEAR(watch_.usual(), 5, 2);
}

TEST_F(scattered_stream, of_few_values_is_not_judged) {
  ASSERT_EQ(scatter(1, 1'000), 0);
  EXPECT_EQ(scatter(5, 300, 0.5), 0);
  EXPECT_NEAR(watch_.usual(), 1, 0.3);
}

TEST_F(scattered_stream, teaches_nothing_while_it_is_held) {
  ASSERT_EQ(scatter(1, 1'000), 0);
  const double before = watch_.usual();
  watch_.hold(200);
  EXPECT_EQ(scatter(5, 200), 0);
  EXPECT_EQ(watch_.usual(), before);
  EXPECT_NE(scatter(5, 100), 0) << "the hold has ended";
}

TEST_F(scattered_stream, is_suspect_and_astray_before_it_is_told) {
  ASSERT_EQ(scatter(1, 1'000), 0);
  EXPECT_FALSE(watch_.is_suspect());
  bool was_suspect = false;
  while (n_ < 1'100 && !watch_.is_told()) {
    add(5);
    was_suspect = was_suspect || (watch_.is_suspect() && watch_.is_astray());
  }
  EXPECT_TRUE(was_suspect);
  EXPECT_TRUE(watch_.is_told());
  EXPECT_FALSE(watch_.is_suspect());
}

}  // namespace
}  // namespace spindrift
