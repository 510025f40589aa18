// The settings of each of a lane's clients: what we fix, over what a person gave, over what we would rather have.
//
// make_client() returns null and says why, where librdkafka does not take a setting or its value. Any thread.
// Callbacks come on the thread that polls the client; the log's lines from librdkafka's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/kafka/error_class.hpp"
#include "server/kafka/handle.hpp"

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

enum class client_role : std::uint8_t {
  points,    // consumer: a member of the group, read_committed
  verdicts,  // producer: transactional, or idempotent with at-least-once
  chunks,    // producer of snapshots: idempotent
  restore,   // consumer outside of the group's membership: committed positions at once, and snapshots
  stable,    // the same, but waits for positions that are being committed
  fence,     // producer under somebody else's transactional id
  look,      // producer: metadata and topics
  check,     // producer: transactional under an id of its own, sends nothing that it is given
};

// A call that waits for a broker comes back after so many milliseconds, done or not, so that whoever wants it to stop
// is heard.
inline constexpr int call_slice_ms = 200;

// Null: not heard. The opaque outlives the client, and so do the calls themselves where `answered` is one of them.
struct client_callbacks {
  void* opaque = nullptr;
  void (*rebalance)(rd_kafka_t*, rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*, void*) = nullptr;
  // Deliveries of a producer come as events of its main queue instead. A flush then ends when the last message is
  // delivered: with callbacks it looks every 10 ms.
  bool gives_delivery_events = false;
  void (*error)(rd_kafka_t*, int, const char*, void*) = nullptr;
  // A broker has answered a request of this kind (Kafka's number of it). On threads of librdkafka.
  void (*answered)(std::int16_t request, void*) = nullptr;
  // A consumer's messages, where its queue is served with callbacks.
  void (*message)(rd_kafka_message_t*, void*) = nullptr;
};

client_handle make_client(const kafka_settings& settings, client_role role, std::size_t lane,
                          const client_callbacks& calls, std::string& wrong, std::string_view fenced_id = {});
// What librdkafka thinks of settings that a person gave: the first that it does not take.
std::optional<std::string> judge_client_settings(const kafka_settings& settings);

// A producer hears of these topics, all at once: one that it does not know yet is else asked for within a second, each.
// Waits for up to 2 s.
client_error learn_topics(rd_kafka_t* producer, std::span<const std::string> topics);

}  // namespace spindrift::kafka
