// The week's arithmetic on known dates, the profiles and the lasting excess against plain versions of their formulas.
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "server/detect/archive.hpp"
#include "server/detect/ensemble/time_of_day_score.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

TEST(ensemble_time_of_week, knows_the_day_and_second_of_dates_before_and_after_1970) {
  EXPECT_FALSE(time_of_week::at(0.0).weekend);         // Thursday 1970-01-01
  EXPECT_TRUE(time_of_week::at(2 * 86400.0).weekend);  // Saturday 3rd
  EXPECT_TRUE(time_of_week::at(4 * 86400.0 - 1).weekend);
  EXPECT_FALSE(time_of_week::at(4 * 86400.0).weekend);   // Monday 5th
  EXPECT_FALSE(time_of_week::at(-1.0).weekend);          // Wednesday 1969-12-31
  EXPECT_TRUE(time_of_week::at(-4 * 86400.0).weekend);   // Sunday 28th
  EXPECT_TRUE(time_of_week::at(1396656000.0).weekend);   // Saturday 2014-04-05
  EXPECT_FALSE(time_of_week::at(1396569600.0).weekend);  // Friday 2014-04-04
  EXPECT_EQ(time_of_week::at(-1.0).second_of_day, 86399.0);
  EXPECT_EQ(time_of_week::at(1396656000.5).second_of_day, 0.5);
}

TEST(ensemble_time_of_week, stays_within_the_day_for_any_time) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double t : {9.3e15, -9.3e15, 1e300, -1e300, infinity, -infinity, std::nan(""), -1e-300, 1e14 + 0.1, -1e15,
                         9223372036854775.807, -9223372036854775.808, 86399.99999999999, -5e-324}) {
    const double second = time_of_week::at(t).second_of_day;
    EXPECT_GE(second, 0.0) << t;
    EXPECT_LT(second, 86400.0) << t;
  }
}

struct plain_bin {
  double mean = 0.0;
  double variance = 0.0;
  int visits = 0;
};

TEST(ensemble_day_profile, answers_the_distance_from_its_bins_as_the_formula_has_it) {
  support::noise_source noise(3);
  day_profile profile(48, true);
  std::map<std::pair<int, bool>, plain_bin> bins;
  for (int i = 0; i < 20000; ++i) {
    const double t = 1.4e9 + 300.0 * i + noise.uniform(0, 1e5);  // out of order too
    const auto when = time_of_week::at(t);
    auto& bin = bins[{static_cast<int>(when.second_of_day / 1800.0), when.weekend}];
    const double x = noise.normal() * 3.0 + when.second_of_day / 10000.0;
    const double expected =
        bin.visits < 3 ? 0.0 : std::abs(x - bin.mean) / std::sqrt(bin.variance + 0.01 * 9.0 + 1e-12);
    // Of a bin that is not the present one three digits of the variance are held.
    ASSERT_NEAR(profile.update(x, when, 9.0), expected, 5e-3 * (1.0 + expected));
    const double gain = std::max(0.02, 1.0 / ++bin.visits);
    const double d = x - bin.mean;
    bin.mean += gain * d;
    bin.variance = (1.0 - gain) * (bin.variance + gain * d * d);
  }
  EXPECT_EQ(bins.size(), 96U);
}

TEST(ensemble_day_profile, holds_only_the_bins_it_has_visited) {
  day_profile profile(96, false);
  const auto empty = profile.memory_bytes();
  for (int i = 0; i < 1000; ++i) profile.update(1.0, time_of_week::at(60.0 * (i % 15)), 1.0);
  EXPECT_LE(profile.memory_bytes(), empty + 2 * 10);
  for (int i = 0; i < 5; ++i) profile.update(1.0, time_of_week::at(900.0 * i), 1.0);
  EXPECT_EQ(profile.memory_bytes(), 5U * 10U);
}

// One that was saved has its bins by their places, whatever order they came in.
TEST(ensemble_day_profile, goes_on_as_before_when_it_was_saved_in_the_middle_of_a_day) {
  support::noise_source noise(8);
  day_profile kept(48, true);
  day_profile read(48, true);
  const auto visit = [&noise] { return time_of_week::at(1.4e9 + noise.uniform(0, 6e5)); };
  for (int i = 0; i < 60; ++i) kept.update(noise.normal(), visit(), 1.0);
  std::string saved;
  state_writer writer(saved);
  kept.visit_state(writer);
  state_reader reader(saved);
  read.visit_state(reader);
  ASSERT_TRUE(reader.ok());
  for (int i = 0; i < 600; ++i) {
    const auto when = visit();
    const double x = noise.normal();
    ASSERT_EQ(read.update(x, when, 1.0), kept.update(x, when, 1.0)) << i;
  }
}

// A bin for two places, or for none, is no profile.
TEST(ensemble_day_profile, refuses_saved_places_that_have_no_bin_of_their_own) {
  day_profile kept(24, false);
  for (const double hour : {3.0, 5.0, 6.0}) kept.update(1.0, time_of_week::at(3600.0 * hour), 1.0);
  std::string saved;
  state_writer writer(saved);
  kept.visit_state(writer);
  constexpr std::size_t places_begin = 4;  // behind their number
  for (const std::size_t hour : {0U, 6U}) {
    std::string damaged = saved;
    damaged[places_begin + hour] = 2;  // as that of five
    state_reader reader(damaged);
    day_profile read(24, false);
    read.visit_state(reader);
    EXPECT_FALSE(reader.ok()) << hour;
  }
}

// The rule written out over a list, for a mean of the last `length`.
class plain_excess {
public:
  explicit plain_excess(std::size_t length) : length_(length) {}

  double update(double q) {
    last_.push_back(q);
    if (last_.size() > length_) last_.pop_front();
    double s = 0.0;
    for (const double each : last_) s += each / static_cast<double>(last_.size());
    const double spread = std::max(std::sqrt(past_.variance()), 1e-6 + 0.01 * past_.mean());
    const double score = past_.count() < 50 ? 0.0 : std::max(0.0, (s - past_.mean()) / spread);
    past_.update(s);
    return score;
  }

private:
  std::size_t length_;
  std::deque<double> last_;
  moving_moments past_{8000};
};

TEST(ensemble_lasting_excess, is_the_excess_of_the_last_mean_over_its_own_past) {
  support::noise_source noise(4);
  lasting_excess excess;
  std::array plain{plain_excess(10), plain_excess(10), plain_excess(20)};
  for (int i = 0; i < 3000; ++i) {
    const std::array q{noise.exponential(), noise.exponential()};  // of hours, of half hours
    const auto scores = excess.update(q[0], q[1]);
    for (std::size_t k = 0; k < scores.size(); ++k) {
      const double expected = plain[k].update(q[std::min<std::size_t>(k, 1)]);
      ASSERT_NEAR(scores[k], expected, 5e-3 * (1.0 + expected)) << i << ' ' << k;  // a value of q has 11 bits
    }
  }
}

TEST(ensemble_lasting_excess, forgets_an_absurd_value_within_its_window) {
  lasting_excess excess;
  lasting_excess untouched;
  excess.update(1e6, 1e6);
  untouched.update(0.1, 0.1);
  for (int i = 0; i < 40; ++i) {
    excess.update(0.1, 0.1);
    untouched.update(0.1, 0.1);
  }
  // What the averages of the past saw differs; the sum over the window must not: a constant then scores nothing.
  EXPECT_EQ(excess.update(0.1, 0.1), untouched.update(0.1, 0.1));
}

TEST(ensemble_lasting_excess, goes_on_as_it_was_when_it_is_read) {
  support::noise_source noise(6);
  lasting_excess kept;
  for (int i = 0; i < 200; ++i) {
    std::string saved;
    state_writer writer(saved);
    kept.visit_state(writer);
    lasting_excess read;
    state_reader reader(saved);
    read.visit_state(reader);
    ASSERT_TRUE(reader.ok());
    const double hour = noise.exponential();
    const double half_hour = noise.exponential();
    const auto expected = kept.update(hour, half_hour);
    ASSERT_EQ(read.update(hour, half_hour), expected) << i;
    kept = read;
  }
}

// Values at the ends of a quarter of an hour, and around the beginning of time, go to the bins that the profiles say.
TEST(ensemble_time_of_day, finds_the_bins_at_the_ends_of_quarters) {
  time_of_day_score score;
  day_profile quarter_hours(96, false);
  for (int i = -50; i < 400; ++i) {
    for (const double beside : {-1.5, -1e-3, 0.0, 1e-3, 1.5, 450.0}) {
      const double t = 900.0 * i + beside;
      const double x = 0.1 * (i % 96) + 1e-3 * beside;
      ASSERT_EQ(score.update(x, t, 1.0)[3], quarter_hours.update(x, time_of_week::at(t), 1.0)) << t;
    }
  }
}

// A day of 5-minute points with a daily wave; on the fifth day the night has the level of noon.
TEST(ensemble_time_of_day, notices_a_value_ordinary_in_itself_at_the_wrong_hour) {
  support::noise_source noise(5);
  time_of_day_score score;
  std::array<double, 4> ordinary{};
  std::array<double, 4> wrong{};
  for (int i = 0; i < 5 * 288; ++i) {
    const double phase = 2.0 * support::pi * (i % 288) / 288.0;
    const bool shifted = i >= 4 * 288 && i < 4 * 288 + 30;
    const double x = 10.0 * support::steady_sin(shifted ? phase + support::pi : phase) + noise.normal();
    const auto scores = score.update(x, 1388966400.0 + 300.0 * i, 50.0);  // from Monday 2014-01-06
    for (std::size_t k = 0; k < 4; ++k) {
      if (i >= 3 * 288 && i < 4 * 288) ordinary[k] = std::max(ordinary[k], scores[k]);
      if (shifted) wrong[k] = std::max(wrong[k], scores[k]);
    }
  }
  for (std::size_t k = 0; k < 4; ++k) EXPECT_GT(wrong[k], 1.5 * ordinary[k]) << k;
}

}  // namespace
}  // namespace spindrift
