// The options of a server that only serves what workers on Kafka write.
#include "server/app/feed_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/taken_flags.hpp"

namespace spindrift {
namespace {

using support::take_flags;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(feed_options, are_off_until_there_are_brokers) {
  feed_settings chosen;
  chosen.verdicts = chosen.events = "same";
  EXPECT_FALSE(chosen.is_on());
  EXPECT_THAT(validate(chosen), IsEmpty());
  EXPECT_EQ(take_flags({"--feed-from-kafka", "k:9092"}, chosen), "");
  EXPECT_TRUE(chosen.is_on());
  EXPECT_THAT(validate(chosen), ElementsAre(HasSubstr("same is the name of another topic")));
}

TEST(feed_options, want_at_least_one_topic) {
  feed_settings chosen;
  EXPECT_EQ(take_flags({"--feed-from-kafka", "k:9092", "--verdicts", "off"}, chosen), "");
  EXPECT_THAT(validate(chosen), IsEmpty());
  chosen.events = "off";
  EXPECT_THAT(validate(chosen), ElementsAre(HasSubstr("both off is not allowed")));
}

TEST(feed_options, commit_under_a_group_of_their_own) {
  feed_settings chosen;
  EXPECT_EQ(chosen.group, "spindrift-feed");
  EXPECT_EQ(take_flags({"--feed-group", "mine"}, chosen), "");
  EXPECT_EQ(chosen.group, "mine");
}

TEST(client_settings, are_a_key_and_whatever_stands_behind_the_first_equals_sign) {
  feed_settings chosen;
  std::string printed;
  EXPECT_EQ(take_flags({"--kafka", "sasl.password=a=b", "--kafka", "client.id="}, chosen, &printed), "");
  ASSERT_EQ(chosen.client.size(), 2U);
  EXPECT_EQ(chosen.client[0].key, "sasl.password");
  EXPECT_EQ(chosen.client[0].value, "a=b");
  EXPECT_EQ(chosen.client[1].value, "");
  EXPECT_THAT(printed, HasSubstr(R"(kafka = ["sasl.password=a=b", "client.id="])"));
}

TEST(client_settings, that_have_no_key_are_refused) {
  for (const char* const wrong : {"linger.ms", "=5", ""}) {
    feed_settings chosen;
    EXPECT_THAT(take_flags({"--kafka", wrong}, chosen), HasSubstr("KEY=VALUE")) << wrong;
    EXPECT_THAT(chosen.client, IsEmpty());
  }
}

}  // namespace
}  // namespace spindrift
