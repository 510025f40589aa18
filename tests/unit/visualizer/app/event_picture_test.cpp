// One event as a picture: the points around it, of a reply to `explain`.
#include "visualizer/app/event_picture.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

std::string explain_reply(const std::string& before, const std::string& from, const std::string& rest = "") {
  return R"({"type":"explanation","event":17,"stream":"pump.7","state":"closed","kind":"shift","direction":"up",)"
         R"("severity":63,"told_n":1203,"told":1764000123000,"from_n":1195,"from":1764000115000,)" +
         rest + R"("context":{"before":[)" + before + R"(],"from":[)" + from + "]}}";
}

TEST(event_picture, has_the_points_before_and_those_of_the_event_in_their_order) {
  const gallery shown =
      picture_of(explain_reply(R"({"ts":1764000113000,"value":21},{"ts":1764000114000,"value":22})",
                               R"({"n":1195,"ts":1764000115000,"value":26.5,"expected":21.1,"sigma":0.5})"));
  ASSERT_EQ(shown.panels().size(), 1U);
  const auto& samples = shown.panels().front().samples();
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[0].value, 21);
  EXPECT_FALSE(samples[0].is_banded);
  EXPECT_EQ(samples[2].ts, 1'764'000'115'000);
  EXPECT_TRUE(samples[2].is_banded);
  EXPECT_EQ(samples[2].expected, 21.1);
}

TEST(event_picture, has_the_event_itself) {
  const gallery shown = picture_of(explain_reply(R"({"ts":1764000113000,"value":21})", ""));
  ASSERT_EQ(shown.events().size(), 1U);
  EXPECT_EQ(shown.events().front().number, 17U);
  EXPECT_EQ(shown.events().front().kind, "shift");
}

TEST(event_picture, is_of_the_feature_that_the_event_is_about) {
  const gallery shown = picture_of(explain_reply(R"({"ts":1764000113000,"value":21})",
                                                 R"({"n":5,"ts":1764000114000,"value":22,"expected":21,"sigma":1})",
                                                 R"("feature":"cpu",)"));
  ASSERT_EQ(shown.panels().size(), 1U);
  EXPECT_EQ(shown.panels().front().feature(), "cpu");
  EXPECT_TRUE(shown.panels().front().samples().back().is_banded);
}

TEST(event_picture, leaves_out_points_that_are_none) {
  const gallery shown = picture_of(explain_reply(
      R"(7,{},{"ts":"x","value":1},{"ts":1e300,"value":1},{"ts":1,"value":null},{"ts":1764000113000,"value":21})",
      "null"));
  ASSERT_EQ(shown.panels().size(), 1U);
  EXPECT_EQ(shown.panels().front().samples().size(), 1U);
}

TEST(event_picture, has_no_panel_where_nothing_was_kept) {
  for (const std::string& reply :
       {std::string(), std::string("{"), std::string("[1]"), std::string(R"({"stream":5})"),
        std::string(R"({"stream":"a","context":7})"), std::string(R"({"stream":"a","context":{"before":7,"from":{}}})"),
        explain_reply("", "")}) {
    EXPECT_TRUE(picture_of(reply).panels().empty()) << reply;
  }
}

}  // namespace
}  // namespace spindrift
