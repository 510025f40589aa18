// Goal: queries of requests for data are read as they are meant, and what cannot be is told in a sentence.
#include "server/app/data_question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST(data_question, an_empty_query_asks_for_everything) {
  event_page_question page;
  EXPECT_EQ(read_question("", page), std::nullopt);
  EXPECT_THAT(page.of.streams, ElementsAre("*"));
  EXPECT_EQ(page.of.limit, 100U);
  EXPECT_EQ(page.of.until, INT64_MAX);
  feed_question feed;
  EXPECT_EQ(read_question("", "", feed), std::nullopt);
  EXPECT_EQ(feed.only, subscribe_command::choice::events);
  EXPECT_FALSE(feed.resumes_at.has_value());
}

TEST(data_question, filters_are_read_unescaped) {
  event_page_question page;
  EXPECT_EQ(read_question("stream=a%2Cb&stream=c.*&kind=spike,shift&severity=50&state=open&held=false&limit=7"
                          "&since=2026-11-21T00:00:00Z&until=1795286073000&shape=grafana",
                          page),
            std::nullopt);
  EXPECT_THAT(page.of.streams, ElementsAre("a,b", "c.*"));
  EXPECT_THAT(page.of.kinds, ElementsAre(event_kind::spike, event_kind::shift));
  EXPECT_EQ(page.of.severity, 50);
  EXPECT_EQ(page.of.state, event_state::open);
  EXPECT_EQ(page.of.held, false);
  EXPECT_EQ(page.of.limit, 7U);
  EXPECT_EQ(page.of.since, 1'795'219'200'000);
  EXPECT_EQ(page.of.until, 1'795'286'073'000);
  EXPECT_EQ(page.as, event_page_question::shape::annotations);
}

TEST(data_question, kinds_have_the_name_that_the_file_gives_them_too) {
  event_page_question page;
  EXPECT_EQ(read_question("kinds=spike,shift&kind=stuck", page), std::nullopt);
  EXPECT_THAT(page.of.kinds, UnorderedElementsAre(event_kind::spike, event_kind::shift, event_kind::stuck));
  EXPECT_THAT(read_question("kinds=spkie", page).value_or(""), HasSubstr("kinds: \"spkie\"; allowed: "));
}

TEST(data_question, a_cursor_says_where_a_page_begins) {
  event_page_question page;
  EXPECT_EQ(read_question("cursor=1795286073000.12", page), std::nullopt);
  EXPECT_EQ(page.of.until, 1'795'286'073'000);
  EXPECT_EQ(page.skipped, 12U);
  for (const char* wrong : {"cursor=1", "cursor=.", "cursor=1.x", "cursor=1.100001", "cursor=1.-1"}) {
    EXPECT_THAT(read_question(wrong, page).value_or(""), HasSubstr("cursor")) << wrong;
  }
}

TEST(data_question, what_is_wrong_names_the_key_and_what_would_be_right) {
  event_page_question page;
  EXPECT_THAT(read_question("strem=a", page).value_or(""), HasSubstr("known: stream, since"));
  EXPECT_THAT(read_question("state=closd", page).value_or(""), HasSubstr("allowed: open, closed"));
  EXPECT_THAT(read_question("severity=0", page).value_or(""), HasSubstr("1 to 100"));
  streams_question streams;
  EXPECT_THAT(read_question("limit=1001", streams).value_or(""), HasSubstr("1 to 1000"));
  std::string many;
  for (int i = 0; i < 65; ++i) many += "&stream=s" + std::to_string(i);
  EXPECT_THAT(read_question(many, streams).value_or(""), HasSubstr("more than 64"));
}

TEST(data_question, a_feed_resumes_by_header_or_query) {
  feed_question feed;
  EXPECT_EQ(read_question("last_event_id=5", "", feed), std::nullopt);
  EXPECT_EQ(feed.resumes_at, 5);
  EXPECT_EQ(read_question("last_event_id=5", "7", feed), std::nullopt);
  EXPECT_EQ(feed.resumes_at, 7);
  EXPECT_THAT(read_question("", "x", feed).value_or(""), HasSubstr("Last-Event-ID"));
}

}  // namespace
}  // namespace spindrift
