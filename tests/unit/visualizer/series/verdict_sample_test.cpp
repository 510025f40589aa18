// The sample that a verdict makes of one value of its point.
#include "visualizer/series/verdict_sample.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "common/model/verdict.hpp"

namespace spindrift {
namespace {

verdict judged_value(double value) {
  verdict judged;
  judged.subject.stream = "pump";
  judged.subject.value = value;
  judged.subject.ts = 1'764'000'000'000;
  judged.n = 7;
  judged.expected = 10;
  judged.sigma = 2;
  judged.z = 1.5;
  return judged;
}

TEST(verdict_sample, has_the_value_and_its_band) {
  verdict judged = judged_value(13);
  judged.score = 1.25;
  judged.anomaly = judged.alarm = true;
  judged.subject.label = true;
  const auto made = sample_of(judged);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->n, 7U);
  EXPECT_EQ(made->ts, 1'764'000'000'000);
  EXPECT_EQ(made->value, 13);
  EXPECT_EQ(made->low, 13);
  EXPECT_EQ(made->high, 13);
  EXPECT_EQ(made->score, 1.25);
  EXPECT_TRUE(made->is_banded && made->is_anomaly && made->is_alarm && made->is_labelled);
  EXPECT_FALSE(made->is_drift);
  EXPECT_TRUE(std::isnan(sample_of(judged_value(1))->score));
}

TEST(verdict_sample, has_no_band_while_the_baseline_is_young_or_is_no_number) {
  verdict judged = judged_value(13);
  judged.warmup = true;
  EXPECT_FALSE(sample_of(judged)->is_banded);
  judged = judged_value(13);
  judged.sigma = -1;
  EXPECT_FALSE(sample_of(judged)->is_banded);
  judged.sigma = 0;
  EXPECT_TRUE(sample_of(judged)->is_banded);
  judged.expected = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(sample_of(judged)->is_banded);
}

TEST(verdict_sample, is_none_where_the_value_is_not_finite) {
  EXPECT_FALSE(sample_of(judged_value(std::numeric_limits<double>::infinity())));
}

class sample_of_two_features : public testing::Test {
protected:
  std::array<feature, 2> values_ = {{{"cpu", 1}, {"mem", 2}}};
  verdict judged_ = [this] {
    verdict made = judged_value(0);
    made.subject.values = values_;
    return made;
  }();
  feature_band known_;
};

TEST_F(sample_of_two_features, takes_the_band_that_is_its_own) {
  const feature_band own{5, 1, 0.5, true};
  const auto made = sample_of(judged_, 1, &own, known_);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->value, 2);
  EXPECT_EQ(made->expected, 5);
  EXPECT_TRUE(made->is_banded);
  EXPECT_EQ(known_.expected, 5);
}

TEST_F(sample_of_two_features, remembers_the_numbers_of_the_feature_that_the_verdict_names) {
  judged_.feature = "mem";
  EXPECT_TRUE(sample_of(judged_, 1, nullptr, known_)->is_banded);
  EXPECT_EQ(known_.expected, 10);
  judged_.feature = "cpu";
  judged_.expected = 99;
  EXPECT_EQ(sample_of(judged_, 1, nullptr, known_)->expected, 10) << "those it had last";
  feature_band nothing;
  EXPECT_FALSE(sample_of(judged_, 1, nullptr, nothing)->is_banded);
}

TEST_F(sample_of_two_features, is_anomalous_only_where_it_is_meant) {
  judged_.anomaly = true;
  EXPECT_TRUE(sample_of(judged_, 0, nullptr, known_)->is_anomaly) << "the whole point is meant";
  judged_.feature = "mem";
  EXPECT_FALSE(sample_of(judged_, 0, nullptr, known_)->is_anomaly);
  EXPECT_TRUE(sample_of(judged_, 1, nullptr, known_)->is_anomaly);
}

}  // namespace
}  // namespace spindrift
