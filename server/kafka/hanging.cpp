// Writes the abort markers that a coordinator of transactions has left out.
#include "server/kafka/hanging.hpp"

#include <array>
#include <string>
#include <vector>

#include "server/kafka/client_config.hpp"
#include "server/kafka/rights.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

// A call that goes on where it was when it is made again.
template <class Call>
client_error insist(const std::function<bool()>& goes_on, Call call) {
  client_error wrong = error_of(RD_KAFKA_RESP_ERR__TIMED_OUT);
  while (wrong.is == error_class::retriable && goes_on()) wrong = kafka::take(call());
  return wrong;
}

// A record without a key or a value: a partition is the transaction's with the first one.
client_error touch(rd_kafka_t* client, const std::string& topic, std::int32_t partition) {
  std::array<rd_kafka_vu_t, 2> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  parts[0].u.cstr = topic.c_str();
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = partition;
  return kafka::take(rd_kafka_produceva(client, parts.data(), parts.size()));
}

}  // namespace

client_error abort_hanging(const kafka_settings& settings, std::size_t lane, const std::string& transactional_id,
                           std::size_t partitions, const std::function<bool()>& goes_on) {
  std::string refused;
  const client_handle held = make_client(settings, client_role::fence, lane, {}, refused, transactional_id);
  if (!held) return error_of(RD_KAFKA_RESP_ERR__INVALID_ARG, refused.c_str());
  rd_kafka_t* const client = held.get();
  if (auto wrong = insist(goes_on, [&] { return rd_kafka_init_transactions(client, call_slice_ms); })) return wrong;
  if (auto wrong = kafka::take(rd_kafka_begin_transaction(client))) return wrong;
  const std::vector<std::string> topics = output_topics(settings);
  if (auto wrong = learn_topics(client, topics)) return wrong;
  const partition_list offsets(rd_kafka_topic_partition_list_new(static_cast<int>(partitions)));
  for (std::int32_t one = 0; one < static_cast<std::int32_t>(partitions); ++one) {
    rd_kafka_topic_partition_list_add(offsets.get(), settings.topics.points.c_str(), one)->offset = 0;
    for (const std::string& topic : topics) {
      if (auto wrong = touch(client, topic, one)) return wrong;
    }
  }
  while (rd_kafka_outq_len(client) > 0) {
    if (!goes_on()) return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT);
    rd_kafka_flush(client, call_slice_ms);
  }
  const owned<rd_kafka_consumer_group_metadata_t> group(rd_kafka_consumer_group_metadata_new(settings.group.c_str()));
  const auto send_offsets = [&] {
    return rd_kafka_send_offsets_to_transaction(client, offsets.get(), group.get(), call_slice_ms);
  };
  if (auto wrong = insist(goes_on, send_offsets)) return wrong;
  return insist(goes_on, [&] { return rd_kafka_abort_transaction(client, call_slice_ms); });
}

}  // namespace spindrift::kafka
