// The events of a reply to `history`.
#include "visualizer/subscription/history_events.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

std::string history_line(int number, const std::string& stream = "pump", const std::string& rest = "") {
  return R"({"type":"event","event":)" + std::to_string(number) + R"(,"stream":")" + stream +
         R"(","state":"open","kind":"spike","severity":50,"told_n":5,"told":1764000123000,"from_n":5,)" +
         R"("from":1764000123000)" + rest + "}";
}

std::string history_reply(const std::string& events) {
  return R"({"type":"history","events":[)" + events + R"(],"more":false})";
}

TEST(history_events, come_in_the_order_of_the_reply) {
  const auto events = events_of_history(history_reply(history_line(1) + "," + history_line(2) + "," + history_line(3)));
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].number, 1U);
  EXPECT_EQ(events[2].number, 3U);
  EXPECT_EQ(events[2].stream, "pump");
}

TEST(history_events, are_cut_where_objects_end_whatever_stands_in_texts) {
  const std::string odd = R"(,"text":"} , { \" ] \\","nested":{"a":{"b":"}"}})";
  const auto events = events_of_history(history_reply(history_line(1, "pump", odd) + "," + history_line(2)));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].text, R"(} , { " ] \)");
  EXPECT_EQ(events[1].number, 2U);
}

TEST(history_events, leave_out_what_is_none) {
  const std::string verdict = R"({"type":"verdict","stream":"pump","n":1,"value":1})";
  const auto events =
      events_of_history(history_reply(verdict + "," + history_line(2) + R"(,{"type":"later"},{"type":"event"})"));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].number, 2U);
}

TEST(history_events, of_another_reply_are_none) {
  for (const char* const reply : {"", "{}", R"({"type":"error","error":"bad_frame"})", R"({"events":[]})",
                                  R"({"events":[7,8]})", R"({"events":{"a":1}})"}) {
    EXPECT_TRUE(events_of_history(reply).empty()) << reply;
  }
}

TEST(history_events, end_where_a_reply_was_cut_off) {
  const std::string whole = history_reply(history_line(1) + "," + history_line(2));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_LE(events_of_history(whole.substr(0, size)).size(), 2U);
  }
  EXPECT_EQ(events_of_history(whole.substr(0, whole.find(R"("event":2)"))).size(), 1U);
}

}  // namespace
}  // namespace spindrift
