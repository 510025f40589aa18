#include "common/protocol/time_text.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "common/protocol/time_limits.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

TEST(time_text, reads_rfc_3339) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339("2026-11-21T19:52:24.123Z"), 1'795'290'744'123);
  EXPECT_EQ(parse_rfc3339("2026-11-21t19:52:24.123z"), 1'795'290'744'123);
  EXPECT_EQ(parse_rfc3339("2026-11-21 19:52:24Z"), 1'795'290'744'000);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59.999Z"), -1);
  EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z"), 1'709'164'800'000);
}

TEST(time_text, reads_offsets) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T01:00:00+01:00"), 0);
  EXPECT_EQ(parse_rfc3339("1969-12-31T18:30:00-05:30"), 0);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00+00:00"), 0);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00-00:00"), 0);
}

TEST(time_text, cuts_fractions_to_milliseconds) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.5Z"), 500);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.05Z"), 50);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.1239999999999999999999999Z"), 123);
}

TEST(time_text, counts_a_leap_second_to_the_next_minute) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST(time_text, refuses_everything_else) {
  for (const char* const text : {"",
                                 "now",
                                 "2026-11-21",
                                 "2026-11-21T19:52:24",
                                 "2026-11-21T19:52Z",
                                 "2026-13-01T00:00:00Z",
                                 "2026-00-01T00:00:00Z",
                                 "2026-02-30T00:00:00Z",
                                 "2023-02-29T00:00:00Z",
                                 "2026-11-21T24:00:00Z",
                                 "2026-11-21T23:60:00Z",
                                 "2026-11-21T23:59:61Z",
                                 "2026-11-21T19:52:24.Z",
                                 "2026-11-21T19:52:24+0100",
                                 "2026-11-21T19:52:24+24:00",
                                 "2026-11-21T19:52:24Z ",
                                 " 2026-11-21T19:52:24Z",
                                 "26-11-21T19:52:24Z",
                                 "2026-11-21T19:52:24,5Z",
                                 "02026-11-21T19:52:24Z",
                                 "-026-11-21T19:52:24Z"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
}

TEST(time_text, leaves_the_limits_of_event_times_to_its_callers) {
  EXPECT_EQ(parse_rfc3339("0000-12-31T23:59:59.999Z"), limits::ts_ms_min - 1);
  EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59.999-01:00"), limits::ts_ms_max + 3'600'000);
}

TEST(time_text, reads_back_what_it_writes) {
  EXPECT_EQ(to_rfc3339(1'795'290'744'123), "2026-11-21T19:52:24.123Z");
  EXPECT_EQ(to_rfc3339(limits::ts_ms_min), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(limits::ts_ms_max), "9999-12-31T23:59:59.999Z");
  support::noise_source noise(1);
  for (int i = 0; i < 10'000; ++i) {
    const auto span = static_cast<std::uint64_t>(limits::ts_ms_max - limits::ts_ms_min);
    const std::int64_t ts = limits::ts_ms_min + static_cast<std::int64_t>(noise.below(span));
    ASSERT_EQ(parse_rfc3339(to_rfc3339(ts)), ts);
  }
}

// The C library's calendar as the other opinion.
TEST(time_text, agrees_with_the_calendar_of_the_system) {
  support::noise_source noise(2);
  for (int i = 0; i < 2'000; ++i) {
    const std::time_t seconds = static_cast<std::time_t>(noise.below(250'000'000'000ULL)) - 60'000'000'000L;
    std::tm parts{};
    ASSERT_NE(::gmtime_r(&seconds, &parts), nullptr);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                  parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    ASSERT_EQ(parse_rfc3339(text), std::int64_t{seconds} * 1'000) << text;
  }
}

}  // namespace
}  // namespace spindrift
