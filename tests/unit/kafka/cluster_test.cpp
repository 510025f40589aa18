// Which right is missing, and the command that gives it.
#include "server/kafka/cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

using testing::HasSubstr;

TEST(rights, are_told_by_the_brokers_code_whatever_was_asked_for) {
  const kafka_settings settings;
  EXPECT_EQ(right_missing(settings, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ""), "spindrift.");
  EXPECT_EQ(right_missing(settings, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, "points"), "spindrift");
  EXPECT_EQ(right_missing(settings, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "verdicts"), "verdicts");
  EXPECT_EQ(right_missing(settings, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ""), "points");
}

TEST(rights, to_the_topics_of_a_transaction_are_named_together) {
  kafka_settings settings;
  const auto code = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
  EXPECT_EQ(right_missing(settings, code, "spindrift."), "verdicts, events, dead-letters");
  EXPECT_THAT(acl_cure(settings, right_missing(settings, code, "spindrift.")),
              HasSubstr("--operation Write --operation Describe --topic verdicts --topic events --topic dead-letters"));
  settings.topics.verdicts = kafka_settings::off;
  EXPECT_EQ(right_missing(settings, code, "spindrift."), "events, dead-letters");
}

TEST(rights, come_with_the_command_that_gives_them) {
  const kafka_settings settings;
  EXPECT_THAT(acl_cure(settings, "spindrift"), HasSubstr("--operation Read --group spindrift"));
  EXPECT_THAT(acl_cure(settings, "spindrift."), HasSubstr("prefixed --transactional-id spindrift."));
  EXPECT_THAT(acl_cure(settings, "spindrift-snapshots"), HasSubstr("--operation Delete"));
}

}  // namespace
}  // namespace spindrift::kafka
