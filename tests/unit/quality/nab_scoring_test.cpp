// The scoring rule against cases worked out by hand. sig(x) = 2 / (1 + e^5x) - 1 = -tanh(5x / 2).
#include "tests/quality/nab_scoring.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "tests/quality/nab_corpus.hpp"

namespace spindrift::nab {
namespace {

const profile& standard = profiles[0];
const profile& low_fp = profiles[1];
const profile& low_fn = profiles[2];
constexpr double tolerance = 1e-12;

double sig(double x) {
  return -std::tanh(2.5 * x);
}

series_scores fired(std::size_t rows, std::vector<window> windows, const std::vector<std::size_t>& detections) {
  series_scores series{std::move(windows), std::vector<double>(rows, 0.0)};
  for (const auto row : detections) series.scores[row] = 1.0;
  return series;
}

double standard_raw(const series_scores& series) {
  return raw_score(series, standard, 1.0);
}

TEST(nab_scoring, probation_is_fifteen_percent_and_at_most_750_rows) {
  EXPECT_EQ(probation_rows(0), 0U);
  EXPECT_EQ(probation_rows(6), 0U);
  EXPECT_EQ(probation_rows(100), 15U);
  EXPECT_EQ(probation_rows(4032), 604U);
  EXPECT_EQ(probation_rows(5000), 750U);
  EXPECT_EQ(probation_rows(22695), 750U);
}

TEST(nab_scoring, the_sigmoid_is_the_published_one_and_flat_beyond_three) {
  EXPECT_NEAR(scaled_sigmoid(-1.0), 0.98661, 5e-6);
  EXPECT_DOUBLE_EQ(scaled_sigmoid(0.0), 0.0);
  EXPECT_NEAR(scaled_sigmoid(1.0), -0.98661, 5e-6);
  EXPECT_GT(scaled_sigmoid(3.0), -1.0);
  EXPECT_DOUBLE_EQ(scaled_sigmoid(std::nextafter(3.0, 4.0)), -1.0);
}

TEST(nab_scoring, a_window_pays_one_at_its_first_row_and_almost_nothing_at_its_last) {
  const auto weights = row_weights(100, {{40, 49}});
  EXPECT_DOUBLE_EQ(weights[40], 1.0);
  EXPECT_NEAR(weights[44], sig(-0.6) / sig(-1.0), tolerance);
  EXPECT_NEAR(weights[49], sig(-0.1) / sig(-1.0), tolerance);
}

TEST(nab_scoring, rows_before_any_window_cost_the_whole_weight) {
  const auto weights = row_weights(100, {{40, 49}});
  EXPECT_DOUBLE_EQ(weights[0], -1.0);
  EXPECT_DOUBLE_EQ(weights[39], -1.0);
}

TEST(nab_scoring, rows_after_a_window_cost_more_the_further_they_are) {
  const auto weights = row_weights(100, {{40, 49}});
  EXPECT_NEAR(weights[50], sig(1.0 / 9.0), tolerance);
  EXPECT_NEAR(weights[58], sig(1.0), tolerance);
  EXPECT_NEAR(weights[76], sig(3.0), tolerance);  // x = 27 / 9, not yet beyond 3
  EXPECT_DOUBLE_EQ(weights[77], -1.0);
}

TEST(nab_scoring, the_distance_is_taken_from_the_latest_window_that_ended) {
  const auto weights = row_weights(100, {{20, 29}, {40, 44}});
  EXPECT_NEAR(weights[39], sig(10.0 / 9.0), tolerance);
  EXPECT_DOUBLE_EQ(weights[40], 1.0);
  EXPECT_NEAR(weights[45], sig(1.0 / 4.0), tolerance);
}

TEST(nab_scoring, a_window_of_one_row_leaves_every_later_row_far) {
  const auto weights = row_weights(10, {{5, 5}});
  EXPECT_DOUBLE_EQ(weights[5], 1.0);
  EXPECT_DOUBLE_EQ(weights[6], -1.0);
}

TEST(nab_scoring, a_missed_window_costs_the_weight_of_a_miss) {
  EXPECT_DOUBLE_EQ(standard_raw(fired(100, {{40, 49}}, {})), -1.0);
  EXPECT_DOUBLE_EQ(raw_score(fired(100, {{40, 49}}, {}), low_fn, 1.0), -2.0);
}

TEST(nab_scoring, only_the_earliest_of_several_detections_in_a_window_counts) {
  EXPECT_NEAR(standard_raw(fired(100, {{40, 49}}, {44, 46, 49})), sig(-0.6) / sig(-1.0), tolerance);
}

TEST(nab_scoring, every_detection_outside_a_window_is_charged) {
  EXPECT_NEAR(standard_raw(fired(100, {{40, 49}}, {20, 40, 50, 58, 90})),
              1.0 + 0.11 * (-1.0 + sig(1.0 / 9.0) + sig(1.0) - 1.0), tolerance);
  EXPECT_NEAR(raw_score(fired(100, {{40, 49}}, {20, 40, 90}), low_fp, 1.0), 1.0 - 0.44, tolerance);
}

TEST(nab_scoring, detections_in_probation_are_neither_good_nor_bad) {
  EXPECT_DOUBLE_EQ(standard_raw(fired(100, {}, {0, 7, 14})), 0.0);
  EXPECT_DOUBLE_EQ(standard_raw(fired(100, {}, {14, 15})), -0.11);
}

TEST(nab_scoring, a_series_without_windows_can_only_lose) {
  EXPECT_DOUBLE_EQ(standard_raw(fired(1000, {}, {})), 0.0);
  EXPECT_NEAR(standard_raw(fired(1000, {}, {200, 300, 400})), -0.33, tolerance);
}

TEST(nab_scoring, a_row_at_the_threshold_is_a_detection) {
  series_scores series{{{40, 49}}, std::vector<double>(100, 0.0)};
  series.scores[40] = 0.25;
  EXPECT_DOUBLE_EQ(raw_score(series, standard, std::nextafter(0.25, 1.0)), -1.0);
  EXPECT_DOUBLE_EQ(raw_score(series, standard, 0.25), 1.0);
}

TEST(nab_scoring, the_silent_detector_has_zero_and_the_perfect_one_a_hundred_in_every_profile) {
  const std::vector<window> windows{{40, 49}, {70, 79}};
  for (const auto& weights : profiles) {
    EXPECT_DOUBLE_EQ(normalised(raw_score(fired(100, windows, {}), weights, 1.0), 2, weights), 0.0);
    EXPECT_DOUBLE_EQ(normalised(raw_score(fired(100, windows, {40, 70}), weights, 1.0), 2, weights), 100.0);
  }
}

// Published raw scores and results of the whole benchmark, 116 windows.
TEST(nab_scoring, published_raw_scores_give_published_results) {
  EXPECT_NEAR(normalised(46.6345, 116, standard), 70.10, 0.005);
  EXPECT_NEAR(normalised(57.6608, 116, standard), 74.85, 0.005);
  EXPECT_NEAR(normalised(-33.2061, 116, standard), 35.69, 0.005);
  EXPECT_NEAR(normalised(-116.0, 116, standard), 0.0, 0.005);
}

TEST(nab_scoring, a_corpus_scores_the_sum_of_its_series) {
  const std::vector<series_scores> corpus{fired(100, {{40, 49}}, {40}), fired(100, {}, {50}),
                                          fired(50, {{20, 29}}, {})};
  EXPECT_NEAR(raw_score(corpus, standard, 1.0), 1.0 - 0.11 - 1.0, tolerance);
  EXPECT_EQ(window_count(corpus), 2U);
}

TEST(nab_scoring, the_optimiser_prefers_silence_to_a_loss) {
  const auto best = optimise({fired(100, {}, {50})}, standard);
  EXPECT_EQ(best.threshold, std::numeric_limits<double>::infinity());
  EXPECT_DOUBLE_EQ(best.raw, 0.0);
}

TEST(nab_scoring, equal_scores_are_detections_together_or_not_at_all) {
  // Row 40 catches the window, but thirty rows outside share its score: 1 - 30 * 0.11 is worse than the miss.
  series_scores series{{{40, 49}}, std::vector<double>(200, 0.0)};
  series.scores[40] = 0.5;
  for (std::size_t row = 120; row < 150; ++row) series.scores[row] = 0.5;
  EXPECT_EQ(optimise({series}, standard).threshold, std::numeric_limits<double>::infinity());
  series.scores[40] = 0.6;
  const auto best = optimise({series}, standard);
  EXPECT_DOUBLE_EQ(best.threshold, 0.6);
  EXPECT_DOUBLE_EQ(best.raw, 1.0);
}

TEST(nab_scoring, the_optimiser_finds_what_trying_every_threshold_finds) {
  std::vector<series_scores> corpus{fired(200, {{40, 59}, {100, 119}}, {}), fired(150, {{90, 99}}, {}),
                                    fired(80, {}, {})};
  std::uint32_t state = 12345;
  for (auto& series : corpus) {
    for (auto& score : series.scores) {
      state = state * 1664525U + 1013904223U;
      score = static_cast<double>(state >> 24U);  // 256 values: many ties
    }
    for (const auto& window : series.windows) series.scores[window.first + 2] += 100.0;
  }
  for (const auto& weights : profiles) {
    double best = raw_score(corpus, weights, std::numeric_limits<double>::infinity());
    for (int threshold = 0; threshold < 356; ++threshold) best = std::max(best, raw_score(corpus, weights, threshold));
    const auto found = optimise(corpus, weights);
    EXPECT_NEAR(found.raw, best, 1e-9) << weights.name;
    EXPECT_NEAR(raw_score(corpus, weights, found.threshold), best, 1e-9) << weights.name;
  }
}

TEST(nab_corpus, timestamps_are_seconds_of_utc) {
  EXPECT_DOUBLE_EQ(seconds_of("1970-01-01 00:00:00"), 0.0);
  EXPECT_DOUBLE_EQ(seconds_of("2014-04-01 00:05:30"), 1396310730.0);
  EXPECT_DOUBLE_EQ(seconds_of("2016-02-29 23:59:59.500000"), 1456790399.5);
  EXPECT_THROW(seconds_of("yesterday"), std::runtime_error);
  EXPECT_THROW(seconds_of("2014-13-01 00:00:00"), std::runtime_error);
}

TEST(nab_corpus, a_missing_corpus_is_named_in_the_error) {
  try {
    read_corpus("/nonexistent/corpus");
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("/nonexistent/corpus"), std::string::npos);
  }
}

}  // namespace
}  // namespace spindrift::nab
