// Durations with a unit.
#include "common/cli/duration.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

using namespace std::chrono_literals;

TEST(duration, is_a_number_with_a_unit_and_without_one_seconds) {
  EXPECT_EQ(duration_in("1500ms"), 1500ms);
  EXPECT_EQ(duration_in("90s"), 90s);
  EXPECT_EQ(duration_in("90"), 90s);
  EXPECT_EQ(duration_in("5m"), 5min);
  EXPECT_EQ(duration_in("4h"), 4h);
  EXPECT_EQ(duration_in("2d"), 48h);
}

TEST(duration, is_refused_when_it_is_none_or_too_long) {
  for (const char* const text : {"", "0s", "-1s", "s", "1w", "5 m", "5m ", "1.5h", "367d", "99999999999999999999"}) {
    EXPECT_FALSE(duration_in(text)) << text;
  }
}

TEST(duration, is_shown_in_the_largest_unit_that_says_it_exactly) {
  EXPECT_EQ(duration_text_of(90s), "90s");
  EXPECT_EQ(duration_text_of(120s), "2m");
  EXPECT_EQ(duration_text_of(1500ms), "1500ms");
  EXPECT_EQ(duration_text_of(48h), "2d");
}

}  // namespace
}  // namespace spindrift
