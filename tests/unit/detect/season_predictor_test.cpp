// Periods found, and what was one, two and three of them ago.
#include "server/detect/season_predictor.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "server/detect/archive.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;

constexpr double nothing = -1'000;

void learn(season_predictor& by, int points, const std::function<double(int)>& value) {
  for (int i = 0; i < points; ++i) by.learn(value(i), 10);
}
std::function<double(int)> square(int period) {
  return [period](int i) { return i % period < period / 3 ? 5.0 : 0.0; };
}

class found_period : public testing::TestWithParam<int> {};

TEST_P(found_period, is_that_of_a_square_wave_and_foretells_its_edges) {
  const int period = GetParam();
  season_predictor one;
  learn(one, 4 * 288, square(period));
  ASSERT_EQ(one.period(), static_cast<std::size_t>(period));
  for (int i = 4 * 288; i < 4 * 288 + period; ++i) {
    EXPECT_EQ(one.predict(nothing), square(period)(i)) << i;
    one.learn(square(period)(i), 10);
  }
}

INSTANTIATE_TEST_SUITE_P(of, found_period, testing::Values(3, 7, 24, 60, 96, 144, 180));

TEST(season_predictor, finds_a_short_period_long_before_it_has_tried_all) {
  season_predictor one;
  learn(one, 60, square(6));
  EXPECT_EQ(one.period(), 6U);
}

TEST(season_predictor, knows_no_period_of_noise) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    noise_source noise(seed);
    season_predictor one;
    int points_with_one = 0;
    for (int i = 0; i < 3'000; ++i) {
      one.learn(noise.normal(), 10);
      points_with_one += i >= 600 && one.period() != 0 ? 1 : 0;
    }
    EXPECT_EQ(points_with_one, 0) << seed;
    EXPECT_EQ(one.predict(nothing), nothing);
  }
}

TEST(season_predictor, foretells_the_median_of_three_periods) {
  season_predictor one;
  learn(one, 4 * 288, square(24));
  one.learn(77, 10);  // one wild point, where 5 is due
  learn(one, 23, [](int i) { return square(24)(i + 1); });
  ASSERT_EQ(one.period(), 24U);
  EXPECT_EQ(one.predict(nothing), 5);
}

TEST(season_predictor, is_as_new_when_it_has_forgotten) {
  // What a half done search had seen of a rough stream would make any period of the next one look good.
  for (int points = 900; points < 1'200; points += 7) {
    season_predictor one;
    season_predictor fresh;
    noise_source noise(3);
    for (int i = 0; i < points; ++i) one.learn(1'000 * noise.normal(), 10'000);
    one.forget();
    for (int i = 0; i < 100; ++i) {
      const double next = noise.normal();
      one.learn(next, 10);
      fresh.learn(next, 10);
      ASSERT_EQ(one.period(), fresh.period()) << points << ' ' << i;
    }
  }
}

TEST(season_predictor, goes_on_from_saved_state) {
  season_predictor one;
  learn(one, 1'000, square(24));
  std::string bytes;
  state_writer out(bytes);
  one.visit_state(out);
  season_predictor again;
  state_reader in(bytes);
  again.visit_state(in);
  ASSERT_TRUE(in.ok());
  for (int i = 1'000; i < 1'100; ++i) {
    ASSERT_EQ(again.predict(nothing), one.predict(nothing));
    one.learn(square(24)(i), 10);
    again.learn(square(24)(i), 10);
  }
}

}  // namespace
}  // namespace spindrift
