// What an aborted transaction over all partitions leaves behind, and what it says where it cannot be: librdkafka's own
// mock of a cluster.
#include "server/kafka/hanging.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "server/kafka/client_config.hpp"
#include "server/kafka/settings.hpp"
#include "tests/unit/kafka/mock_cluster.hpp"

namespace spindrift::kafka {
namespace {

kafka_settings settings_on(const mock_cluster& cluster) {
  kafka_settings made;
  made.brokers = cluster.address();
  made.group = "hanging";
  made.worker_id = "a";
  return made;
}

std::int64_t end_of(const kafka_settings& settings, const std::string& topic) {
  std::string wrong;
  const client_handle looks = make_client(settings, client_role::look, 0, {}, wrong);
  std::int64_t low = -1;
  std::int64_t high = -1;
  rd_kafka_query_watermark_offsets(looks.get(), topic.c_str(), 0, &low, &high, 5'000);
  return high;
}

// One mock for all of it: the first transaction on each takes a second.
TEST(abort_hanging, takes_in_each_partition_of_the_outputs_and_says_who_came_later) {
  mock_cluster cluster;
  kafka_settings settings = settings_on(cluster);
  settings.topics.events = "off";
  const client_error wrong = abort_hanging(settings, 0, "hanging.b.0", 1, [] { return true; });
  EXPECT_FALSE(wrong) << wrong.text;
  EXPECT_EQ(end_of(settings, "verdicts"), 1);
  EXPECT_EQ(end_of(settings, "dead-letters"), 1);
  EXPECT_EQ(end_of(settings, "events"), 0);
  EXPECT_EQ(end_of(settings, "spindrift-snapshots"), 0);

  EXPECT_EQ(abort_hanging(settings, 0, "hanging.b.0", 1, [] { return false; }).is, error_class::retriable);
  cluster.refuse(request_end_txn, {RD_KAFKA_RESP_ERR_PRODUCER_FENCED});
  EXPECT_EQ(abort_hanging(settings, 0, "hanging.b.0", 1, [] { return true; }).is, error_class::fenced);
}

}  // namespace
}  // namespace spindrift::kafka
