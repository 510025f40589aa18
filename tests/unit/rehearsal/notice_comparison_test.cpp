// Which notices only one of two ways of watching tells, and what is reported of it.
#include "server/rehearsal/notice_comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/rehearsal/comparison_report.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t begin_ms = 1'790'000'000'000;

event opened(std::uint64_t number, std::int64_t from_s, int severity = 50, event_kind kind = event_kind::spike) {
  event made;
  made.number = number;
  made.kind = kind;
  made.severity = severity;
  made.from = made.told = begin_ms + from_s * 1'000;
  made.text = "event " + std::to_string(number);
  return made;
}

event closed(event of, std::int64_t to_s) {
  of.state = event_state::closed;
  of.to = begin_ms + to_s * 1'000;
  of.to_n = 1;
  return of;
}

void tell(notice_comparison& to, notice_side side, const event& one, std::string_view stream = "a") {
  to.hear(side, one, stream, "");
  to.hear(side, closed(one, (one.from - begin_ms) / 1'000 + 5), stream, "");
}

TEST(notice_comparison, finds_the_like_of_a_notice_that_begins_a_little_later) {
  notice_comparison compared(100);
  tell(compared, notice_side::before, opened(1, 100));
  tell(compared, notice_side::after, opened(7, 104));
  EXPECT_EQ(compared.totals().same(), 1U);
  EXPECT_TRUE(compared.only(notice_side::before).empty());
  EXPECT_TRUE(compared.only(notice_side::after).empty());
}

TEST(notice_comparison, says_what_is_gone_and_what_is_new) {
  notice_comparison compared(100);
  tell(compared, notice_side::before, opened(1, 100));
  tell(compared, notice_side::after, opened(1, 200));
  tell(compared, notice_side::after, opened(1, 100), "b");
  const auto all = compared.totals();
  EXPECT_EQ(all.gone, 1U);
  EXPECT_EQ(all.fresh, 2U) << "neither another time nor another stream is alike";
  EXPECT_EQ(all.same(), 0U);
}

TEST(notice_comparison, gives_each_notice_one_like_and_prefers_its_kind) {
  notice_comparison compared(100);
  compared.hear(notice_side::before, opened(1, 100, 50, event_kind::shift), "a", "");
  compared.hear(notice_side::before, opened(2, 103, 50, event_kind::spike), "a", "");
  compared.hear(notice_side::after, opened(1, 101, 50, event_kind::spike), "a", "");
  ASSERT_EQ(compared.only(notice_side::before).size(), 1U);
  EXPECT_EQ(compared.only(notice_side::before).front()->newest.number, 1U);
}

TEST(notice_comparison, compares_what_an_event_became) {
  notice_comparison compared(100);
  const event before = opened(1, 100, 40);
  compared.hear(notice_side::before, before, "a", "");
  compared.hear(notice_side::after, before, "a", "");
  EXPECT_EQ(compared.totals().changed, 0U);
  event worse = before;
  worse.state = event_state::update;
  worse.severity = 70;
  compared.hear(notice_side::after, worse, "a", "");
  ASSERT_EQ(compared.changed().size(), 1U);
  EXPECT_EQ(compared.changed().front().first->newest.severity, 40);
  EXPECT_EQ(compared.changed().front().second->newest.severity, 70);
  EXPECT_EQ(compared.totals().changed, 1U);
}

TEST(notice_comparison, passes_over_the_end_of_what_began_before_it_and_pictures) {
  notice_comparison compared(100);
  compared.hear(notice_side::before, closed(opened(1, 100), 105), "a", "");
  event picture = opened(2, 100);
  picture.is_picture_alone = true;
  compared.hear(notice_side::before, picture, "a", "");
  EXPECT_EQ(compared.totals().before, 0U);
}

TEST(notice_comparison, keeps_the_totals_of_what_it_no_longer_lists) {
  notice_comparison compared(10);
  for (int i = 0; i < 40; ++i) {
    const auto number = static_cast<std::uint64_t>(i + 1);
    tell(compared, notice_side::before, opened(number, i * 100));
    if (i % 2 == 0) tell(compared, notice_side::after, opened(number, i * 100, i % 4 == 0 ? 50 : 60));
  }
  const auto all = compared.totals();
  EXPECT_EQ(compared.kept().size(), 10U);
  EXPECT_EQ(all.before, 40U);
  EXPECT_EQ(all.after, 20U);
  EXPECT_EQ(all.gone, 20U);
  EXPECT_EQ(all.changed, 10U);
  EXPECT_EQ(all.same(), 10U);
}

TEST(comparison_report, names_each_difference_and_how_many_there_are_a_day_and_stream) {
  notice_comparison compared(100);
  tell(compared, notice_side::before, opened(1, 100, 47));
  tell(compared, notice_side::after, opened(1, 7'200, 61), "b");
  comparison_scope scope{.source = "x.jsonl", .before = "old.toml", .after = "new.toml", .points = 100, .streams = 2};
  scope.stream_days = 0.5;
  const std::string text = comparison_text(compared, scope, 10);
  EXPECT_THAT(text, HasSubstr("gone: 1\n  2026-09-21 14:15:00  a "));
  EXPECT_THAT(text, HasSubstr("new: 1\n  2026-09-21 16:13:20  b "));
  EXPECT_THAT(text, HasSubstr("a day and stream: 2.00 before, 2.00 after"));
  EXPECT_THAT(text, HasSubstr("2026-09-21                              1        1        1        1        0"));
  const std::string object = comparison_json(compared, scope);
  EXPECT_THAT(object, HasSubstr(R"("gone":[{"stream":"a","event":1,"kind":"spike","severity":47,)"));
  EXPECT_THAT(object, HasSubstr(R"("before":1,"after":1,"gone":1,"new":1,"changed":0,"same":0)"));
}

TEST(comparison_report, says_how_many_lines_it_leaves_out_and_never_drives_a_terminal) {
  notice_comparison compared(100);
  for (int i = 0; i < 5; ++i) {
    event one = opened(static_cast<std::uint64_t>(i + 1), i * 100);
    one.text = "\x1b[2J";
    tell(compared, notice_side::before, one);
  }
  const std::string text = comparison_text(compared, {}, 2);
  EXPECT_THAT(text, HasSubstr("  ... and 3 more\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace spindrift
