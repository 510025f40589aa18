// What only the event alarm sees: when its score is believed.
#include "server/events/pattern_watch.hpp"

#include <gtest/gtest.h>

#include "tests/unit/events/observed.hpp"

namespace spindrift {
namespace {

class scored_stream : public testing::Test {
protected:
  // So many points of a score until it is told; 0: it is not.
  int score(double score, int most, double nines = 0, double crowd = 0, double z = 1) {
    for (int i = 1; i <= most; ++i) {
      observed_point point = observed(n_++, z);
      point.seen.score = score;
      point.crowd = crowd;
      found_ = watch_.update(point, nines, {});
      if (found_) return i;
    }
    return 0;
  }

  pattern_watch watch_;
  std::uint64_t n_ = 300;
  rare_finding found_;
};

TEST_F(scored_stream, is_told_a_few_points_after_its_score_was_high) {
  EXPECT_EQ(score(1.75, 20), 5);
  EXPECT_EQ(found_->kind, event_kind::pattern);
  EXPECT_EQ(found_->from_n, 300U);
  EXPECT_EQ(found_->points, 5U);
  EXPECT_EQ(found_->nines, 6) << "2.5 and twice the score";
}

TEST_F(scored_stream, is_not_told_while_it_is_young) {
  n_ = 200;
  EXPECT_EQ(score(3, 50), 0);
  EXPECT_EQ(score(3, 20), 5);
}

TEST_F(scored_stream, is_told_of_a_moderate_score_only_where_the_baseline_saw_something_odd) {
  EXPECT_EQ(score(1.5, 200), 0);
  EXPECT_NE(score(1.5, 20, 4), 0);
  watch_ = pattern_watch();
  EXPECT_EQ(score(1.34, 200, 4), 0);
}

TEST_F(scored_stream, is_not_told_while_none_of_its_points_is_out_of_line) {
  EXPECT_EQ(score(3, 50, 0, 0, 0.05), 0);
  EXPECT_EQ(score(3, 20, 0, 0, 0.2), 5);
}

TEST_F(scored_stream, of_many_features_needs_a_higher_score) {
  EXPECT_EQ(score(2.3, 100, 0, 1), 0);
  EXPECT_NE(score(2.4, 20, 0, 1), 0);
}

TEST_F(scored_stream, is_let_go_when_its_points_are_explained) {
  EXPECT_EQ(score(2, 3), 0);
  watch_.forget();
  EXPECT_EQ(score(0, 100), 0);
}

TEST_F(scored_stream, is_told_at_once_that_what_comes_without_fail_has_not_come) {
  observed_point point = observed(40, 7, 3);
  point.seen.beat_missing = true;
  const auto missing = watch_.update(point, 0, {.busy = true, .may_be_level = true});
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->kind, event_kind::pattern);
  EXPECT_EQ(missing->from_n, 40U);
  EXPECT_EQ(missing->expected, 3);
}

}  // namespace
}  // namespace spindrift
