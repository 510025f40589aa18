// Events as rows of the history.
#include "server/sinks/history_sink.hpp"

#include <gtest/gtest.h>

#include "common/model/explanation.hpp"
#include "server/sinks/picture_bytes.hpp"

namespace spindrift {
namespace {

event kept_event() {
  event told;
  told.number = 17;
  told.kind = event_kind::shift;
  told.severity = 63;
  told.told = 1'000;
  told.told_n = 7;
  return told;
}

TEST(history_event, has_what_is_searched_by_and_the_line_without_its_end) {
  const history_event row = history_event_of(kept_event(), "pump", "{\"type\":\"event\"}\n");
  EXPECT_EQ(row.stream, "pump");
  EXPECT_EQ(row.ts, 1'000);
  EXPECT_EQ(row.n, 7U);
  EXPECT_EQ(row.number, 17U);
  EXPECT_EQ(row.kinds, 1U << static_cast<unsigned>(event_kind::shift));
  EXPECT_EQ(row.severity, 63);
  EXPECT_EQ(row.line, "{\"type\":\"event\"}");
  EXPECT_EQ(history_event_of(kept_event(), "pump", "{}").line, "{}");
  EXPECT_EQ(row.writes, history_event::part::whole);
}

TEST(history_event, is_open_until_it_is_over_or_closed) {
  EXPECT_TRUE(history_event_of(kept_event(), "pump", "").is_open);
  event over = kept_event();
  over.to_n = 9;
  EXPECT_FALSE(history_event_of(over, "pump", "").is_open);
  event closed = kept_event();
  closed.state = event_state::closed;
  EXPECT_FALSE(history_event_of(closed, "pump", "").is_open);
}

TEST(history_event, has_numbers_and_picture_where_it_is_explained) {
  explanation why;
  why.evidence = {{"zscore", "z", 8, {}}};
  why.picture.before = {{5, 1.5}};
  event told = kept_event();
  EXPECT_EQ(history_event_of(told, "pump", "").picture, "");
  told.why = std::make_shared<const explanation>(why);
  const history_event row = history_event_of(told, "pump", "");
  EXPECT_NE(row.evidence.find("\"z\":8"), std::string::npos) << row.evidence;
  ASSERT_EQ(picture_of(row.picture).before.size(), 1U);
  EXPECT_EQ(picture_of(row.picture).before[0].value, 1.5);
}

TEST(history_event, of_a_picture_that_has_grown_writes_that_alone) {
  explanation why;
  why.picture.before = {{5, 1.5}};
  event told = kept_event();
  told.is_picture_alone = true;
  told.why = std::make_shared<const explanation>(why);
  const history_event row = history_event_of(told, "pump", "");
  EXPECT_EQ(row.writes, history_event::part::picture);
  EXPECT_EQ(row.evidence, "") << "as it was";
  EXPECT_EQ(row.line, "");
}

}  // namespace
}  // namespace spindrift
