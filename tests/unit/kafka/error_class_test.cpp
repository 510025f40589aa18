// What each kind of error makes a lane do.
#include "server/kafka/error_class.hpp"

#include <gtest/gtest.h>

namespace spindrift::kafka {
namespace {

TEST(error_class, a_generation_that_is_over_costs_the_transaction_and_no_more) {
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION), error_class::abortable);
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS), error_class::abortable);
}

TEST(error_class, who_was_fenced_writes_no_more) {
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR_PRODUCER_FENCED), error_class::fenced);
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR__FENCED), error_class::fenced);
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH), error_class::fenced);
}

TEST(error_class, a_second_one_of_the_same_name_is_told_from_a_successor) {
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID), error_class::usurped);
}

TEST(error_class, a_broker_that_is_away_is_asked_again) {
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR__TRANSPORT), error_class::retriable);
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR__TIMED_OUT), error_class::retriable);
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS), error_class::retriable);
}

TEST(error_class, rights_are_a_persons_to_mend) {
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED), error_class::denied);
  EXPECT_EQ(class_of(RD_KAFKA_RESP_ERR__AUTHENTICATION), error_class::denied);
}

TEST(error_class, no_error_is_none) {
  EXPECT_FALSE(take(nullptr));
  EXPECT_FALSE(error_of(RD_KAFKA_RESP_ERR_NO_ERROR));
  EXPECT_EQ(error_of(RD_KAFKA_RESP_ERR__TRANSPORT).text, rd_kafka_err2str(RD_KAFKA_RESP_ERR__TRANSPORT));
}

}  // namespace
}  // namespace spindrift::kafka
