// Lines of the feed as Server-Sent Events.
#include "server/app/http_feed.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

std::string sent_event(std::string_view line, std::int64_t id) {
  std::string out;
  append_server_sent_event(line, id, out);
  return out;
}

TEST(server_sent_event, is_called_by_the_type_of_its_line) {
  EXPECT_EQ(sent_event(R"({"type":"event","event":1})", 0), "event: event\ndata: {\"type\":\"event\",\"event\":1}\n\n");
  EXPECT_EQ(sent_event(R"({"type":"gap"})", 0), "event: gap\ndata: {\"type\":\"gap\"}\n\n");
}

TEST(server_sent_event, has_an_id_where_it_may_be_come_back_to) {
  EXPECT_EQ(sent_event(R"({"type":"event"})", 1'795'286'073'123),
            "event: event\nid: 1795286073123\ndata: {\"type\":\"event\"}\n\n");
}

TEST(server_sent_event, of_a_line_without_a_type_is_a_message) {
  EXPECT_EQ(sent_event("{}", 0), "event: message\ndata: {}\n\n");
}

TEST(server_sent_event, stands_behind_what_was_there) {
  std::string out = "retry: 3000\n\n";
  append_server_sent_event(R"({"type":"gap"})", 0, out);
  append_server_sent_event(R"({"type":"gap"})", 7, out);
  EXPECT_EQ(out,
            "retry: 3000\n\nevent: gap\ndata: {\"type\":\"gap\"}\n\nevent: gap\nid: 7\ndata: {\"type\":\"gap\"}\n\n");
}

}  // namespace
}  // namespace spindrift
