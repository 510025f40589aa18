// The clients of librdkafka that a lane lives on, from one start to the next: the consumer of points, a member of the
// group; the producer of outputs, transactional unless --delivery at-least-once; and one of snapshot chunks, which is
// neither in the transaction nor waits for it.
//
// One life long: after any failure the whole object goes and another is made. Owned and used by the lane's thread; all
// callbacks of librdkafka come within poll() and gather(), and only note down what happened: events() has it, in order.
// No call waits for longer than `slice`, but for the destructor (librdkafka's threads end, some 100 ms; a consumer that
// does not end within leave_patience is left behind).
// Limits: what librdkafka reads ahead (32 MiB) and holds to be sent (1 GiB, 1 M messages).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/kafka/error_class.hpp"
#include "server/kafka/figures.hpp"
#include "server/kafka/handle.hpp"
#include "server/kafka/message_batch.hpp"
#include "server/worker/step.hpp"

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

struct client_event {
  enum class kind : std::uint8_t { assigned, revoked, lost, delivered, undelivered, failed, at_end };
  kind is = kind::failed;
  std::vector<std::int32_t> partitions{};  // of a rebalance
  std::int32_t partition = -1;             // at_end
  worker::ticket chunk = 0;                // delivered
  std::int64_t offset = 0;                 // delivered: its; at_end: the next there will be
  client_error error{};                    // undelivered, failed
  std::string denied{};                    // the topic, group or prefix that a right is missing for
};

enum class progress : std::uint8_t { going, done, failed };

class lane_clients {
public:
  // librdkafka tells of brokers that are all away when each has refused a connection, which may be never where one of
  // them was not needed yet. What is not answered for so long says it as well.
  static constexpr std::chrono::seconds answer_patience{5};
  static constexpr std::chrono::milliseconds slice{200};
  static constexpr std::chrono::seconds leave_patience{3};
  static constexpr std::size_t batch_records_max = 2'000;
  static constexpr std::size_t batch_bytes_max = 4U << 20U;

  // All outlive the clients.
  lane_clients(const kafka_settings& settings, std::size_t lane, worker_figures& figures);
  ~lane_clients();
  lane_clients(const lane_clients&) = delete;
  lane_clients& operator=(const lane_clients&) = delete;

  // To be called until it is done: fences what had this transactional id before, and joins the group.
  progress open(client_error& wrong);

  // False: it could not be taken, events() says why.
  bool send(const worker::step& from, const worker::output_record& one);
  bool send_chunk(const worker::step& from, const worker::snapshot_chunk& one);

  // The order is kept; to be called until it is done or has failed.
  void begin_commit(worker::commit_order order);
  progress go_on_committing(client_error& wrong);
  worker::ticket committing() const { return order_ ? order_->id : 0; }
  // At-least-once: outputs of before the order are with the broker, its offsets on their way.
  bool is_flushed() const;

  // Waits so long for the first message, then takes what is there.
  // In bulk a message costs a third less (145 ns in place of 220 on this thread), and ends of partitions are not told.
  void gather(std::chrono::milliseconds patience, bool in_bulk, message_batch& into);
  // Deliveries and errors of the producers.
  void poll();
  std::vector<client_event>& events() { return events_; }

  void pause(std::span<const std::int32_t> partitions);
  void resume(std::span<const std::int32_t> partitions);
  // False: not yet, the partition is only just being begun.
  bool seek(std::int32_t partition, std::int64_t offset, client_error& wrong);
  // The lane has let go of it; when all that were revoked together are let go of, the group hears of it.
  void release(std::int32_t partition);
  // Behind the newest record, as the last fetch has said; -1: unknown.
  std::int64_t end_of(std::int32_t partition) const;

private:
  static void hear_rebalance(rd_kafka_t* of, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions,
                             void* opaque);
  // What a producer has to say. Waits so long for the first.
  void hear(rd_kafka_t* producer, std::chrono::milliseconds patience);
  void take_delivery(const rd_kafka_message_t& message);
  static void hear_error(rd_kafka_t* of, int code, const char* text, void* opaque);
  static void hear_commit(rd_kafka_t* of, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* offsets,
                          void* opaque);
  static void hear_message(rd_kafka_message_t* message, void* opaque);

  void rebalanced(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t& partitions);
  // False: the consumer does not end, so it must not be waited for.
  bool leave();
  void fail(client_error error, std::string denied = {});
  // What the group says comes between the messages before it and those behind it.
  void tell(client_event told);
  // The log's lines of an outage, one at its begin and one at its end, whichever lane sees it first.
  void tell_of_outage(const client_error& error);
  // Once an outage; the reason is the last trouble with a connection, or this where there was none.
  void say_away(const std::string& without_trouble);
  void tell_of_return();
  void take(const rd_kafka_message_t& message, message_batch& into);
  void take_error(client_error told);
  partition_list list_of(std::span<const std::int32_t> partitions) const;
  partition_list offsets_of(const worker::commit_order& order) const;
  bool begin_transaction();
  bool produce(rd_kafka_t* by, std::span<const rd_kafka_vu_t> parts, std::string_view topic);
  rd_kafka_topic_t* topic_of(worker::output_topic to) const;
  progress commit_transaction(client_error& wrong);
  progress commit_offsets(client_error& wrong);

  const kafka_settings& settings_;
  std::size_t lane_;
  worker_figures& figures_;
  std::vector<client_event> events_;

  client_handle outputs_;
  client_handle chunks_;
  client_handle points_;
  owned<rd_kafka_queue_t> points_heard_;
  message_batch* in_bulk_ = nullptr;       // where messages go just now; null: not by callbacks
  owned<rd_kafka_queue_t> outputs_heard_;  // of the producers: deliveries and errors
  owned<rd_kafka_queue_t> chunks_heard_;
  owned<rd_kafka_queue_t> commits_;  // answers to commits of offsets
  owned<rd_kafka_topic_t> verdicts_topic_;
  owned<rd_kafka_topic_t> events_topic_;
  owned<rd_kafka_topic_t> dead_letters_topic_;
  owned<rd_kafka_topic_t> snapshots_topic_;

  std::string last_trouble_;  // of a connection: what an outage comes from
  bool has_heard_group_ = false;
  bool is_leaving_ = false;
  bool is_initialised_ = false;  // the transactions
  bool is_open_ = false;         // a transaction
  std::optional<worker::commit_order> order_;
  std::chrono::steady_clock::time_point ordered_{};  // when it was
  bool are_outputs_flushed_ = false;                 // at-least-once: those of before the order
  bool are_offsets_sent_ = false;
  std::optional<client_error> offsets_answer_;  // at-least-once
  std::set<std::int32_t> revoking_;             // revoked and not let go of
  std::vector<std::int32_t> revoked_;           // all of that rebalance
};

// The log's line of an outage: once, whoever sees it first, until a commit was answered.
void say_broker_away(const kafka_settings& settings, worker_figures& figures, std::string_view reason);

}  // namespace spindrift::kafka
