// What an event has to say, as alerts keep it.
#include "server/alerts/alert_sink.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(notice_of_an_event, owns_its_text_without_the_line_end) {
  event told;
  told.number = 17;
  told.told = 1'000;
  told.state = event_state::update;
  told.kind = event_kind::shift;
  told.severity = 63;
  std::string line = "{\"type\":\"event\"}\n";
  const notice made = notice_of(told, "pump", line);
  line.assign(line.size(), 'x');
  EXPECT_EQ(made.stream, "pump");
  EXPECT_EQ(made.line, "{\"type\":\"event\"}");
  EXPECT_EQ(made.number, 17U);
  EXPECT_EQ(made.told, 1'000);
  EXPECT_EQ(made.state, event_state::update);
  EXPECT_EQ(made.kind, event_kind::shift);
  EXPECT_EQ(made.severity, 63);
  EXPECT_FALSE(made.is_over);
  EXPECT_EQ(notice_of(told, "pump", "{}").line, "{}");
  EXPECT_EQ(notice_of(told, "pump", "").line, "");
}

TEST(notice_of_an_event, is_over_when_it_was_closed_or_was_past_when_it_was_told) {
  event told;
  told.to_n = 9;
  EXPECT_TRUE(notice_of(told, "pump", "").is_over);
  told.to_n.reset();
  told.state = event_state::closed;
  EXPECT_TRUE(notice_of(told, "pump", "").is_over);
}

}  // namespace
}  // namespace spindrift
