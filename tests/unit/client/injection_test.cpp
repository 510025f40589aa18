// Events that a scenario injects: their texts, and what servers call them.
#include "client/injection.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(injection, is_read_with_the_usual_length_or_its_own) {
  const auto usual = parse_injection("trend@3000");
  ASSERT_TRUE(usual);
  EXPECT_EQ(usual->kind, injected_event::trend);
  EXPECT_EQ(usual->at, 3'000U);
  EXPECT_EQ(usual->length, 300U);
  EXPECT_EQ(parse_injection("silence@5x7")->length, 7U);
  EXPECT_EQ(parse_injection("shift@5")->length, 0U) << "for good";
  EXPECT_EQ(parse_injection("missed@5")->length, job_points);
}

TEST(injection, is_nothing_else) {
  for (const char* const wrong : {"", "shift", "shift@", "shift@0", "shift@-1", "shift@1.5", "shift@1x", "shift@1x0",
                                  "drift@5", "@5", "shift@5x6x7", "shift@5 ", "Shift@5"}) {
    EXPECT_FALSE(parse_injection(wrong)) << wrong;
  }
}

TEST(injection, is_written_as_it_is_read) {
  for (const char* const text :
       {"shift@2000", "trend@3000", "trend@3000x500", "spread@1x2", "stuck@7", "silence@9x1", "missed@60"}) {
    EXPECT_EQ(text_of(*parse_injection(text)), text);
  }
  EXPECT_EQ(text_of(*parse_injection("trend@3000x300")), "trend@3000");
}

TEST(injection, of_each_kind_is_told_under_a_name_of_its_own_or_a_near_one) {
  for (std::size_t i = 0; i < injected_event_count; ++i) {
    const auto kind = static_cast<injected_event>(i);
    EXPECT_EQ(parse_injection(std::string(name_of(kind)) + "@1")->kind, kind);
  }
  EXPECT_TRUE(says("shift", injected_event::trend));
  EXPECT_TRUE(says("trend", injected_event::shift));
  EXPECT_TRUE(says("silent", injected_event::silence));
  EXPECT_TRUE(says("pattern", injected_event::missed));
  EXPECT_FALSE(says("spike", injected_event::shift));
  EXPECT_FALSE(says("silence", injected_event::silence)) << "that is our word, not the servers'";
}

TEST(injection, of_a_missed_job_begins_when_it_would_have_run) {
  EXPECT_EQ(begin_of({injected_event::missed, 60, 3}), 60U);
  EXPECT_EQ(begin_of({injected_event::missed, 61, 3}), 120U);
  EXPECT_EQ(begin_of({injected_event::missed, 1, 3}), 60U);
  EXPECT_EQ(begin_of({injected_event::shift, 61, 0}), 61U);
}

}  // namespace
}  // namespace spindrift
