// The replies to commands, byte by byte.
#include "server/session/reply_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(reply_line, carries_the_id_of_its_command_where_there_was_one) {
  std::string out;
  append_bare_reply("pong", "\"a-1\"", out);
  append_bare_reply("pong", "", out);
  EXPECT_EQ(out, "{\"type\":\"pong\",\"id\":\"a-1\"}\n{\"type\":\"pong\"}\n");
}

TEST(reply_line, welcomes_a_producer_by_its_name_with_its_newest_number) {
  std::string out;
  append_welcome(hello_command{"plc-7", ""}, 41, "", out);
  EXPECT_THAT(out, StartsWith("{\"type\":\"welcome\",\"version\":"));
  EXPECT_THAT(out, HasSubstr(",\"producer\":\"plc-7\",\"last_seq\":41,\"in_flight_max\":1024}\n"));
  out.clear();
  append_welcome(hello_command{}, 0, "", out);
  EXPECT_THAT(out, Not(HasSubstr("producer")));
}

TEST(reply_line, lists_only_errors_that_there_were) {
  std::array<counter, counters::error_codes> counts{};
  std::string out;
  append_errors(counts, out);
  EXPECT_EQ(out, ",\"errors\":{}");
  add(counts[0], 3);
  add(counts[2], 1);
  out.clear();
  append_errors(counts, out);
  EXPECT_EQ(out, ",\"errors\":{\"" + std::string(name_of(static_cast<error_code>(0))) + "\":3,\"" +
                     std::string(name_of(static_cast<error_code>(2))) + "\":1}");
}

TEST(reply_line, tells_a_token_what_it_did_itself) {
  identity who;
  who.name = "plant";
  add(who.use->frames, 7);
  add(who.use->points, 5);
  std::string out;
  append_own_stats(who, out);
  EXPECT_THAT(out, HasSubstr(",\"token\":\"plant\",\"frames\":7,\"points\":5,\"duplicates\":0,\"errors\":{}"));
}

TEST(reply_line, shows_recent_points_of_one_value_and_of_several) {
  recent_points one{5, {}, {{{1'000, 1.5}, {2'000, 2}}}, "", ""};
  std::string out;
  append_recent(one, out);
  EXPECT_EQ(out, R"(,"n":5,"points":[{"ts":1000,"value":1.5},{"ts":2000,"value":2}])");
  recent_points two{7, {"cpu", "mem"}, {{{1'000, 1}}, {{1'000, 2}}}, "A \"title\"", "ms"};
  out.clear();
  append_recent(two, out);
  EXPECT_EQ(out, R"(,"n":7,"title":"A \"title\"","unit":"ms","points":[{"ts":1000,"values":{"cpu":1,"mem":2}}])");
}

TEST(reply_line, shows_a_stream_of_a_listing) {
  stream_summary shown;
  shown.name = "pump";
  shown.n = 9;
  shown.last = 1.5;
  shown.mean = 2.5;
  shown.last_ts = 1'000;
  shown.features = 1;
  std::string out;
  append_stream(shown, out);
  EXPECT_THAT(out, StartsWith(R"({"stream":"pump","n":9,"last":1.5,"mean":2.5,"ts":1000,"features":)"));
  EXPECT_THAT(out, Not(HasSubstr("title")));
  shown.unit = "bar";
  out.clear();
  append_stream(shown, out);
  EXPECT_THAT(out, EndsWith(",\"unit\":\"bar\"}"));
}

}  // namespace
}  // namespace spindrift
