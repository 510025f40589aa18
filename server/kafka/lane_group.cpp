// A lane's clients as a member of the group: what it is given and gives up, where its partitions stand, how it leaves.
#include <array>
#include <utility>

#include "common/log/log.hpp"
#include "server/kafka/lane_clients.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {

void lane_clients::hear_rebalance(rd_kafka_t* /*of*/, rd_kafka_resp_err_t code,
                                  rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  static_cast<lane_clients*>(opaque)->rebalanced(code, *partitions);
}

// Nothing is restored or committed in here: that would hold up all other partitions of the lane.
void lane_clients::rebalanced(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t& partitions) {
  has_heard_group_ = true;
  if (is_leaving_) {
    const bool is_given = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
    kafka::take(is_given ? rd_kafka_incremental_assign(points_.get(), &partitions)
                         : rd_kafka_incremental_unassign(points_.get(), &partitions));
    return;
  }
  client_event told;
  for (int i = 0; i < partitions.cnt; ++i) told.partitions.push_back(partitions.elems[i].partition);
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    // Not at the committed offset, which would be waited for while a transaction is pending on it; the lane says where
    // it begins. And at no offset that a broker has to be asked for, as the end is: an answer that comes behind the
    // seek is taken for outdated, asked for again half a second later (librdkafka 2.0), and then takes the place of
    // what was sought: all records up to the end would be passed over. Paused before as well, or offset 0 might be
    // fetched, which the topic may not have any more.
    pause(told.partitions);
    for (int i = 0; i < partitions.cnt; ++i) partitions.elems[i].offset = 0;
    client_error wrong = kafka::take(rd_kafka_incremental_assign(points_.get(), &partitions));
    if (wrong) return fail(std::move(wrong));
    pause(told.partitions);
    told.is = client_event::kind::assigned;
  } else if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS && rd_kafka_assignment_lost(points_.get()) == 0) {
    revoked_ = told.partitions;
    revoking_ = std::set<std::int32_t>(told.partitions.begin(), told.partitions.end());
    told.is = client_event::kind::revoked;
  } else {
    client_error wrong = kafka::take(rd_kafka_incremental_unassign(points_.get(), &partitions));
    told.is = client_event::kind::lost;
    if (wrong) log_event(log_level::debug, "unassign_failed", {{"reason", std::string_view(wrong.text)}});
  }
  tell(std::move(told));
}

void lane_clients::release(std::int32_t partition) {
  if (revoking_.erase(partition) == 0 || !revoking_.empty()) return;
  const partition_list all = list_of(revoked_);
  revoked_.clear();
  client_error wrong = kafka::take(rd_kafka_incremental_unassign(points_.get(), all.get()));
  if (wrong) fail(std::move(wrong));
}

partition_list lane_clients::list_of(std::span<const std::int32_t> partitions) const {
  partition_list all(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const std::int32_t one : partitions) {
    rd_kafka_topic_partition_list_add(all.get(), settings_.topics.points.c_str(), one);
  }
  return all;
}

void lane_clients::pause(std::span<const std::int32_t> partitions) {
  if (!partitions.empty()) rd_kafka_pause_partitions(points_.get(), list_of(partitions).get());
}

void lane_clients::resume(std::span<const std::int32_t> partitions) {
  if (!partitions.empty()) rd_kafka_resume_partitions(points_.get(), list_of(partitions).get());
}

// Paused until it stands where it should: else the place before might be fetched.
bool lane_clients::seek(std::int32_t partition, std::int64_t offset, client_error& wrong) {
  const std::array<std::int32_t, 1> one = {partition};
  const partition_list all = list_of(one);
  all->elems[0].offset = offset;
  wrong = kafka::take(rd_kafka_seek_partitions(points_.get(), all.get(), static_cast<int>(slice.count())));
  if (!wrong && all->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) wrong = error_of(all->elems[0].err);
  if (!wrong) resume(one);
  return !wrong;
}

std::int64_t lane_clients::end_of(std::int32_t partition) const {
  std::int64_t low = -1;
  std::int64_t high = -1;
  const auto code =
      rd_kafka_get_watermark_offsets(points_.get(), settings_.topics.points.c_str(), partition, &low, &high);
  return code == RD_KAFKA_RESP_ERR_NO_ERROR ? high : -1;
}

// A consumer that the group has something to say to, and that nobody hears out, does not end: librdkafka waits for an
// answer for ever, and turns in a circle over it. A static member keeps its place all the same.
bool lane_clients::leave() {
  is_leaving_ = true;
  // The group waits for an answer that the lane would have given.
  if (!revoking_.empty()) kafka::take(rd_kafka_incremental_unassign(points_.get(), list_of(revoked_).get()));
  const owned<rd_kafka_queue_t> told(rd_kafka_queue_new(points_.get()));
  const client_error wrong = kafka::take(rd_kafka_consumer_close_queue(points_.get(), told.get()));
  const auto until = std::chrono::steady_clock::now() + leave_patience;
  if (wrong) {
    // After a fatal error it cannot be closed; what was said before is heard out.
    while (owned<rd_kafka_message_t>(rd_kafka_consumer_poll(points_.get(), 0)) &&
           std::chrono::steady_clock::now() < until) {
    }
    return true;
  }
  while (rd_kafka_consumer_closed(points_.get()) == 0) {
    if (std::chrono::steady_clock::now() >= until) return false;
    const owned<rd_kafka_event_t> one(rd_kafka_queue_poll(told.get(), 10));
    if (!one || rd_kafka_event_type(one.get()) != RD_KAFKA_EVENT_REBALANCE) continue;
    rebalanced(rd_kafka_event_error(one.get()), *rd_kafka_event_topic_partition_list(one.get()));
  }
  return true;
}

}  // namespace spindrift::kafka
