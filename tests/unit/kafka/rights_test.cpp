// Which rights are missing, and the commands that give them.
#include "server/kafka/rights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using names = std::vector<std::string>;

TEST(rights, are_told_by_the_brokers_code_whatever_was_asked_for) {
  const kafka_settings settings;
  EXPECT_THAT(right_missing(settings, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, ""),
              ElementsAre("spindrift."));
  EXPECT_THAT(right_missing(settings, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, "points"),
              ElementsAre("spindrift"));
  EXPECT_THAT(right_missing(settings, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "verdicts"),
              ElementsAre("verdicts"));
  EXPECT_THAT(right_missing(settings, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ""), ElementsAre("points"));
}

TEST(rights, to_the_topics_of_a_transaction_are_named_together) {
  kafka_settings settings;
  const auto code = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
  const names all = right_missing(settings, code, "spindrift.");
  EXPECT_THAT(all, ElementsAre("verdicts", "events", "dead-letters"));
  EXPECT_THAT(acl_cure(settings, all),
              HasSubstr("--operation Write --operation Describe --topic verdicts --topic events --topic dead-letters"));
  settings.topics.verdicts = kafka_settings::off;
  EXPECT_THAT(right_missing(settings, code, "spindrift."), ElementsAre("events", "dead-letters"));
}

TEST(rights, come_with_the_command_that_gives_them) {
  const kafka_settings settings;
  EXPECT_THAT(acl_cure(settings, names{"spindrift"}), HasSubstr("--operation Read --group spindrift"));
  EXPECT_THAT(acl_cure(settings, names{"spindrift."}), HasSubstr("prefixed --transactional-id spindrift."));
  EXPECT_THAT(acl_cure(settings, names{"spindrift-snapshots"}), HasSubstr("--operation Delete"));
  EXPECT_THAT(denial_text(settings, names{"events", "spindrift-snapshots"}, "refused"),
              AllOf(HasSubstr("no right to events, spindrift-snapshots (refused): kafka-acls.sh"),
                    HasSubstr("--operation Describe --topic events; kafka-acls.sh"),
                    HasSubstr("--operation Delete --operation Describe --topic spindrift-snapshots")));
}

}  // namespace
}  // namespace spindrift::kafka
