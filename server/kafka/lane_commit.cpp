// How a lane's clients commit: in a transaction, or outputs first and then their offsets.
#include <chrono>
#include <utility>

#include "server/kafka/lane_clients.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {

bool lane_clients::begin_transaction() {
  if (!settings_.exactly_once || is_open_) return true;
  client_error wrong = kafka::take(rd_kafka_begin_transaction(outputs_.get()));
  if (wrong) {
    fail(std::move(wrong));
    return false;
  }
  is_open_ = true;
  return true;
}

partition_list lane_clients::offsets_of(const worker::commit_order& order) const {
  partition_list all(rd_kafka_topic_partition_list_new(static_cast<int>(order.offsets.size())));
  for (const worker::committed_offset& one : order.offsets) {
    rd_kafka_topic_partition_t* const added =
        rd_kafka_topic_partition_list_add(all.get(), settings_.topics.points.c_str(), one.partition);
    added->offset = one.offset;
    // librdkafka's to free.
    added->metadata = ::strndup(one.metadata.data(), one.metadata.size());
    added->metadata_size = one.metadata.size();
  }
  return all;
}

void lane_clients::begin_commit(worker::commit_order order) {
  ordered_ = std::chrono::steady_clock::now();
  order_ = std::move(order);
  are_outputs_flushed_ = false;
  are_offsets_sent_ = false;
  offsets_answer_.reset();
  static_cast<void>(begin_transaction());
}

progress lane_clients::go_on_committing(client_error& wrong) {
  const progress now = settings_.exactly_once ? commit_transaction(wrong) : commit_offsets(wrong);
  if (now != progress::going) order_.reset();
  if (now == progress::done) tell_of_return();
  if (now == progress::going && std::chrono::steady_clock::now() - ordered_ > answer_patience) {
    say_away("a commit is not answered");
  }
  return now;
}

// Both calls go on where they were when they are made again after their time was over.
progress lane_clients::commit_transaction(client_error& wrong) {
  const int slice_ms = static_cast<int>(slice.count());
  if (!is_open_) {
    wrong = {error_class::fatal, RD_KAFKA_RESP_ERR__STATE, "no transaction could be begun"};
    return progress::failed;
  }
  if (!are_offsets_sent_) {
    const owned<rd_kafka_consumer_group_metadata_t> group(rd_kafka_consumer_group_metadata(points_.get()));
    wrong = kafka::take(
        rd_kafka_send_offsets_to_transaction(outputs_.get(), offsets_of(*order_).get(), group.get(), slice_ms));
    if (wrong) return wrong.is == error_class::retriable ? progress::going : progress::failed;
    are_offsets_sent_ = true;
  }
  wrong = kafka::take(rd_kafka_commit_transaction(outputs_.get(), slice_ms));
  if (wrong) return wrong.is == error_class::retriable ? progress::going : progress::failed;
  is_open_ = false;
  return progress::done;
}

progress lane_clients::commit_offsets(client_error& wrong) {
  if (!are_offsets_sent_) {
    if (!are_outputs_flushed_ && rd_kafka_outq_len(outputs_.get()) > 0) {
      rd_kafka_flush(outputs_.get(), static_cast<int>(slice.count()));
      if (rd_kafka_outq_len(outputs_.get()) > 0) return progress::going;
    }
    are_outputs_flushed_ = true;
    wrong =
        error_of(rd_kafka_commit_queue(points_.get(), offsets_of(*order_).get(), commits_.get(), &hear_commit, this));
    if (wrong) return wrong.is == error_class::retriable ? progress::going : progress::failed;
    are_offsets_sent_ = true;
  }
  // Not waited for: the lane judges meanwhile, and waits for its points.
  rd_kafka_queue_poll_callback(commits_.get(), 0);
  if (!offsets_answer_) return progress::going;
  wrong = *offsets_answer_;
  if (!wrong) return progress::done;
  if (wrong.is != error_class::retriable) return progress::failed;
  are_offsets_sent_ = false;
  offsets_answer_.reset();
  return progress::going;
}

bool lane_clients::is_flushed() const {
  return !settings_.exactly_once && order_ && are_outputs_flushed_;
}

void lane_clients::hear_commit(rd_kafka_t* /*of*/, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* offsets,
                               void* opaque) {
  auto& self = *static_cast<lane_clients*>(opaque);
  client_error told = error_of(code);
  for (int i = 0; !told && offsets != nullptr && i < offsets->cnt; ++i) told = error_of(offsets->elems[i].err);
  self.offsets_answer_ = std::move(told);
}

}  // namespace spindrift::kafka
