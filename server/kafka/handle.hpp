// Handles of librdkafka that end with their scope. Whoever holds one owns it; librdkafka's own threads stand behind a
// client, and to destroy one waits for them (some ms; what is not delivered by then is dropped).
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>

namespace spindrift::kafka {

struct deleter {
  // Without a farewell to the group: who leaves in order closes the consumer before.
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); }
  void operator()(rd_kafka_conf_t* of) const { rd_kafka_conf_destroy(of); }
  void operator()(rd_kafka_topic_t* of) const { rd_kafka_topic_destroy(of); }
  void operator()(rd_kafka_topic_partition_list_t* of) const { rd_kafka_topic_partition_list_destroy(of); }
  void operator()(rd_kafka_error_t* of) const { rd_kafka_error_destroy(of); }
  void operator()(rd_kafka_message_t* of) const { rd_kafka_message_destroy(of); }
  void operator()(rd_kafka_queue_t* of) const { rd_kafka_queue_destroy(of); }
  void operator()(rd_kafka_event_t* of) const { rd_kafka_event_destroy(of); }
  void operator()(rd_kafka_headers_t* of) const { rd_kafka_headers_destroy(of); }
  void operator()(rd_kafka_NewTopic_t* of) const { rd_kafka_NewTopic_destroy(of); }
  void operator()(rd_kafka_DeleteRecords_t* of) const { rd_kafka_DeleteRecords_destroy(of); }
  void operator()(rd_kafka_AdminOptions_t* of) const { rd_kafka_AdminOptions_destroy(of); }
  void operator()(rd_kafka_consumer_group_metadata_t* of) const { rd_kafka_consumer_group_metadata_destroy(of); }
};

template <class Handle>
using owned = std::unique_ptr<Handle, deleter>;

using client_handle = owned<rd_kafka_t>;
using partition_list = owned<rd_kafka_topic_partition_list_t>;

}  // namespace spindrift::kafka
