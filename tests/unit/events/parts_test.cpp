// The small parts of the event layer: intervals, contexts, marks, severities, sentences, tails.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

#include "server/detect/archive.hpp"
#include "server/events/clock_habit.hpp"
#include "server/events/context_ring.hpp"
#include "server/events/event_text.hpp"
#include "server/events/evidence.hpp"
#include "server/events/interval_habit.hpp"
#include "server/events/level_watch.hpp"
#include "server/events/mark_memory.hpp"
#include "server/events/pattern_watch.hpp"
#include "server/events/severity.hpp"
#include "server/events/spike_habit.hpp"
#include "server/events/tail_model.hpp"
#include "tests/support/noise.hpp"
#include "tests/unit/events/little_stream.hpp"
#include "tests/unit/events/observed.hpp"

namespace spindrift {
namespace {

constexpr std::int64_t minute = 60'000;
constexpr std::int64_t hour = 60 * minute;

TEST(interval_habit, knows_how_long_a_stream_stays_away) {
  interval_habit habit;
  EXPECT_EQ(habit.silent_after(), interval_habit::never);
  for (int i = 0; i < 1'000; ++i) habit.update(i * minute);
  EXPECT_NEAR(habit.usual_interval(), minute, 1'000);
  EXPECT_GE(habit.silent_after(), 5 * minute);
  EXPECT_LE(habit.silent_after(), 20 * minute);
}

TEST(interval_habit, waits_half_a_minute_at_least) {
  interval_habit habit;
  for (int i = 0; i < 1'000; ++i) habit.update(i * 100);
  EXPECT_EQ(habit.silent_after(), 30'000);
}

TEST(interval_habit, takes_a_night_without_points_for_a_habit_once_it_has_seen_some) {
  interval_habit habit;
  int holes = 0;
  int late_holes = 0;
  for (int day = 0; day < 30; ++day) {
    for (int i = 0; i < 20 * 12; ++i) {
      const bool hole = habit.update(day * 24 * hour + i * 5 * minute).hole;
      holes += hole ? 1 : 0;
      late_holes += hole && day > 6 ? 1 : 0;
    }
  }
  EXPECT_GT(holes, 0);
  EXPECT_EQ(late_holes, 0);
}

TEST(interval_habit, says_of_an_older_point_that_it_is_late_and_learns_nothing) {
  interval_habit habit;
  for (int i = 0; i < 100; ++i) habit.update(i * minute);
  EXPECT_TRUE(habit.update(50 * minute).late);
  EXPECT_EQ(habit.newest(), 99 * minute);
  EXPECT_FALSE(habit.update(100 * minute).hole);
}

TEST(silence, is_told_once_by_the_clock_and_closed_by_the_next_point) {
  support::noise_source noise(1);
  little_stream one;
  for (int i = 0; i < 500; ++i) one.add(noise.normal());
  std::vector<event> told;
  one.events().hear_nothing(one.n(), 2 * minute, 0, told);
  EXPECT_TRUE(told.empty());
  one.events().hear_nothing(one.n(), hour, 0, told);
  one.events().hear_nothing(one.n(), 2 * hour, 0, told);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::silent);
  EXPECT_EQ(told[0].from, one.ts() - minute);
  EXPECT_FALSE(told[0].to.has_value());
  const std::size_t before = one.told().size();
  one.wait(3 * hour);
  one.add(noise.normal());
  ASSERT_EQ(one.told().size(), before + 1);
  EXPECT_EQ(one.told().back().state, event_state::closed);
  EXPECT_EQ(one.told().back().to, one.ts() - minute);
}

TEST(silence, goes_by_the_time_that_was_asked_for) {
  little_stream one;
  for (int i = 0; i < 500; ++i) one.add(i % 3);
  std::vector<event> told;
  one.events().hear_nothing(one.n(), 61'000, 60'000, told);
  EXPECT_EQ(told.size(), 1U);
}

TEST(unreadable, is_told_when_refusals_go_on_and_closed_by_a_point) {
  little_stream one;
  for (int i = 0; i < 500; ++i) one.add(i % 3);
  std::vector<event> told;
  one.events().hear_unreadable(one.n(), 3, hour, 0, told);
  EXPECT_TRUE(told.empty());
  one.events().hear_unreadable(one.n(), 60, hour, 0, told);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::unreadable);
  one.add(1);
  EXPECT_EQ(one.events().open_count(), 0U);
}

TEST(context_ring, holds_the_newest_points_with_their_times) {
  context_ring ring;
  for (int i = 0; i < 100; ++i) ring.add(i * minute, std::vector<double>{static_cast<double>(i)});
  const auto points = ring.points(0);
  ASSERT_EQ(points.size(), 32U);
  EXPECT_EQ(points.front().ts, 68 * minute);
  EXPECT_EQ(points.front().value, 68);
  EXPECT_EQ(points.back().ts, 99 * minute);
}

TEST(mark_memory, halves_the_severity_of_what_is_like_a_marked_event) {
  event marked;
  marked.kind = event_kind::spike;
  marked.direction = event_direction::up;
  marked.value = 20;
  marked.severity = 80;
  mark_memory marks;
  marks.expect(marked);
  event like = marked;
  like.value = 25;
  EXPECT_EQ(marks.lowered(like, 80), 40);
  marks.mention(like);
  EXPECT_NE(like.text.find("marked as expected"), std::string::npos);
  event larger = marked;
  larger.value = 50;
  EXPECT_EQ(marks.lowered(larger, 80), 80);
  event other = marked;
  other.direction = event_direction::down;
  EXPECT_EQ(marks.lowered(other, 80), 80);
  marks.forget(like);
  EXPECT_EQ(marks.lowered(like, 80), 80) << "it was real after all";
}

TEST(clock_habit, knows_what_comes_every_day_from_the_fourth_day_on) {
  clock_habit habit;
  for (int day = 0; day < 3; ++day) {
    EXPECT_FALSE(habit.is_usual(day * 24 * hour, true)) << day;
    habit.learn(day * 24 * hour, true);
  }
  EXPECT_TRUE(habit.is_usual(3 * 24 * hour + 20 * minute, true));
  EXPECT_FALSE(habit.is_usual(3 * 24 * hour + 5 * hour + 30 * minute, true));
  EXPECT_FALSE(habit.is_usual(3 * 24 * hour, false));
}

TEST(spike_habit, takes_frequent_spikes_for_usual_unless_they_are_larger_or_codes) {
  spike_habit habit;
  for (std::uint64_t n = 1; n <= 10; ++n) habit.learn(100 + static_cast<double>(n), 10, 1'000 + 10 * n);
  EXPECT_FALSE(habit.is_news(99, 10, 1'110));
  EXPECT_TRUE(habit.is_news(99, 25, 1'110));
  EXPECT_TRUE(habit.is_news(110, 10, 1'110));
  EXPECT_TRUE(habit.is_news(99, 10, 4'000));
}

TEST(tail_model, fits_the_tail_it_is_shown) {
  support::noise_source noise(2);
  tail_model normal;
  tail_model heavy;
  for (int i = 0; i < 50'000; ++i) {
    normal.learn(std::abs(noise.normal()));
    heavy.learn(std::abs(noise.student_t3()));
  }
  EXPECT_NEAR(normal.nines(3), -std::log10(0.0027), 0.3);
  EXPECT_GT(normal.nines(8), 5);
  EXPECT_LT(heavy.nines(8), 3.5);
}

TEST(pattern_watch, waits_for_a_name_only_where_the_level_may_get_one) {
  for (const bool may_be_level : {false, true}) {
    pattern_watch watch;
    std::uint64_t told_n = 0;
    for (std::uint64_t n = 300; n < 400 && told_n == 0; ++n) {
      observed_point point{.n = n};
      point.seen.score = 2;
      point.seen.baseline.z = 1;
      if (watch.update(point, 0, {.may_be_level = may_be_level})) told_n = n;
    }
    EXPECT_EQ(told_n, may_be_level ? 324U : 304U);
  }
}

TEST(pattern_watch, waits_no_longer_once_flagged_points_were_not_worth_telling) {
  pattern_watch watch;
  std::uint64_t told_n = 0;
  const finding flagged;
  for (std::uint64_t n = 300; n < 400 && told_n == 0; ++n) {
    observed_point point{.n = n};
    point.seen.score = 2;
    point.seen.baseline.z = n == 300 ? 6 : 0;
    pattern_watch::neighbours others{.busy = n < 310, .may_be_level = true};
    if (n == 310) others.untold = &flagged;
    if (watch.update(point, 0, others)) told_n = n;
  }
  EXPECT_EQ(told_n, 310U);
}

TEST(pattern_watch, gives_values_their_name_that_were_nearly_worth_telling_where_the_level_stands) {
  const auto found_of = [](double nines, bool is_coarse, bool may_be_level) {
    pattern_watch watch;
    observed_point point{.n = 300};
    point.seen.score = 2;
    const finding flagged{.kind = event_kind::spike, .from_n = 299, .value = 25, .nines = nines};
    return watch.update(point, 0, {.may_be_level = may_be_level, .is_coarse = is_coarse, .untold = &flagged});
  };
  EXPECT_FALSE(found_of(3.9, true, false));
  EXPECT_FALSE(found_of(4.1, false, true));
  EXPECT_TRUE(found_of(4.1, false, false));
  const auto found = found_of(4.1, true, true);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kind, event_kind::spike);
  EXPECT_EQ(found->from_n, 299U);
  EXPECT_EQ(found->value, 25);
  EXPECT_EQ(found->nines, 6.5);  // by the score beside it
}

TEST(pattern_watch, adds_up_how_far_a_stretch_is_from_what_the_clock_lets_expect) {
  const auto told_after = [](double z) {
    pattern_watch watch;
    for (std::uint64_t n = 300; n < 340; ++n) {
      observed_point point{.n = n, .ts = static_cast<std::int64_t>(n) * minute};
      point.seen.clock = clock_reading{.expected = 5, .sigma = 1, .z = z};
      const auto found = watch.update(point, 0, {});
      if (!found) continue;
      EXPECT_EQ(found->from_n, 300U);
      EXPECT_EQ(found->from, 300 * minute);
      EXPECT_EQ(found->direction, z > 0 ? event_direction::up : event_direction::down);
      return n - 299;
    }
    return std::uint64_t{0};
  };
  EXPECT_EQ(told_after(1.9), 0U);
  EXPECT_EQ(told_after(4), 10U);
  EXPECT_EQ(told_after(-5), 7U);
  EXPECT_EQ(told_after(8), 4U);
  EXPECT_EQ(told_after(-500), 4U);
}

TEST(level_watch, calls_the_level_before_what_adwin_has_dropped) {
  level_watch watch;
  const spread_watch scatter;
  rare_finding found;
  for (std::uint64_t n = 1; n <= 1'100 && !found; ++n) {
    observed_point point{.n = n, .value = n <= 1'000 ? static_cast<double>(n % 2) : 20};
    point.seen.baseline.warmup = false;
    if (n == 1'005) point.seen.drift = drift_cut{.width = 5, .mean = 20, .before = 0.5};
    found = watch.update(point, scatter);
  }
  ASSERT_TRUE(found);
  EXPECT_EQ(found->before, 0.5);
  EXPECT_GT(found->after.value_or(0), 0.5);
}

TEST(event_watch, lets_a_pattern_stay_open_while_the_scatter_is_another) {
  std::size_t told = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    support::noise_source noise(seed);
    little_stream one;
    for (int i = 0; i < 3'000; ++i) one.add((i < 2'000 ? 1 : 2) * noise.normal());
    for (const event& notice : one.of(event_state::open)) told += notice.told_n > 2'000 ? 1 : 0;
  }
  EXPECT_LE(told, 13U);  // 15 when a pattern was over after 60 points
}

TEST(severity, grows_with_improbability_size_and_length) {
  EXPECT_LT(severity_of(4, 1, 1), severity_of(6, 1, 1));
  EXPECT_LT(severity_of(6, 1, 1), severity_of(6, 10, 1));
  EXPECT_LT(severity_of(6, 1, 1), severity_of(6, 1, 100));
  EXPECT_EQ(severity_of(8, 1, 1), 50);
  EXPECT_EQ(severity_of(0, 0, 0), 1);
  EXPECT_LE(severity_of(1e9, 1e300, UINT64_MAX), 100);
}

TEST(event_text, speaks_in_six_digits) {
  event told;
  told.kind = event_kind::shift;
  told.direction = event_direction::up;
  told.before = 20.987654321;
  told.after = 26.4;
  EXPECT_EQ(sentence(told), "level rose from 20.9877 to 26.4");
  EXPECT_EQ(duration_text(46 * minute), "46 min");
  EXPECT_EQ(duration_text(3 * hour), "3 h");
}

TEST(evidence, names_the_numbers_of_each_part_that_spoke) {
  finding found;
  found.nines = 6;
  observed_point point;
  point.value = 3;
  point.seen.baseline = {.expected = 1, .sigma = 0.1, .z = 20, .anomaly = true, .warmup = false};
  point.seen.drift = drift_cut{.width = 40, .mean = 2, .before = 1, .older_width = 60, .bound = 0.5};
  point.seen.score = 1.5;
  point.seen.clock = clock_reading{.expected = 1, .sigma = 2, .z = 1, .judges = true, .plain_error = 3, .error = 0.25};
  found.relation =
      relation_reading{.feature = 0, .partner = 2, .z = 6, .correlation = 0.9, .residual = 1, .usual = 0.1};
  const observation shown = point;
  const auto numbers = evidence_of(found, &shown);
  const auto has = [&](std::string_view part, std::string_view name, double value) {
    for (const evidence_number& number : numbers) {
      if (number.part == part && number.name == name) return number.value == value;
    }
    return false;
  };
  EXPECT_TRUE(has("event", "nines", 6));
  EXPECT_TRUE(has("zscore", "z", 20));
  EXPECT_TRUE(has("adwin", "width", 40));
  EXPECT_TRUE(has("adwin", "width_before", 60));
  EXPECT_TRUE(has("adwin", "difference", 1));
  EXPECT_TRUE(has("adwin", "bound", 0.5));
  EXPECT_TRUE(has("ensemble", "score", 1.5));
  EXPECT_TRUE(has("clock", "judges", 1));
  EXPECT_TRUE(has("clock", "mean_error", 0.25));
  EXPECT_TRUE(has("relation", "partner", 2));
  EXPECT_TRUE(has("relation", "correlation", 0.9));
}

}  // namespace
}  // namespace spindrift
