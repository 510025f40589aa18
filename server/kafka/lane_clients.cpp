// A lane's clients: joining, reading, writing and what is heard of it. Commits are in lane_commit.cpp.
#include "server/kafka/lane_clients.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/log/log.hpp"
#include "common/protocol/error.hpp"
#include "server/kafka/client_config.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

lane_clients& owner_of(void* opaque) {
  return *static_cast<lane_clients*>(opaque);
}

client_error config_error(std::string text) {
  return {error_class::fatal, RD_KAFKA_RESP_ERR__INVALID_ARG, std::move(text)};
}

// What stands behind "fatal error".
client_error underlying(rd_kafka_t* of, client_error told) {
  if (told.code != RD_KAFKA_RESP_ERR__FATAL) return told;
  std::array<char, 512> text{};
  const rd_kafka_resp_err_t code = rd_kafka_fatal_error(of, text.data(), text.size());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return told;
  client_error found = error_of(code, text.data());
  if (found.is == error_class::retriable || found.is == error_class::abortable) found.is = error_class::fatal;
  return found;
}

rd_kafka_vu_t memory(rd_kafka_vtype_t type, std::string_view bytes) {
  rd_kafka_vu_t part{};
  part.vtype = type;
  part.u.mem.ptr = const_cast<char*>(bytes.data());
  part.u.mem.size = bytes.size();
  return part;
}

rd_kafka_vu_t number(rd_kafka_vtype_t type, std::int64_t value) {
  rd_kafka_vu_t part{};
  part.vtype = type;
  if (type == RD_KAFKA_VTYPE_TIMESTAMP) {
    part.u.i64 = value;
  } else if (type == RD_KAFKA_VTYPE_PARTITION) {
    part.u.i32 = static_cast<std::int32_t>(value);
  } else {
    part.u.i = static_cast<int>(value);
  }
  return part;
}

rd_kafka_vu_t topic_part(rd_kafka_topic_t* topic) {
  rd_kafka_vu_t part{};
  part.vtype = RD_KAFKA_VTYPE_RKT;
  part.u.rkt = topic;
  return part;
}

}  // namespace

lane_clients::lane_clients(const kafka_settings& settings, std::size_t lane, worker_figures& figures)
    : settings_(settings), lane_(lane), figures_(figures) {}

// What is not delivered now is not to be delivered any more.
lane_clients::~lane_clients() {
  if (outputs_) rd_kafka_purge(outputs_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  if (chunks_) rd_kafka_purge(chunks_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  // To destroy a consumer that has joined and was told of no partitions yet ends the process: an assertion in the
  // cooperative-sticky assignor of librdkafka 2.0. It happens at most once a lane, at its end.
  if (points_ && (!has_heard_group_ || !leave())) {
    figures_.left_clients.fetch_add(1, std::memory_order_relaxed);
    static_cast<void>(points_.release());
  }
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

progress lane_clients::open(client_error& wrong) {
  std::string refused;
  if (!outputs_) {
    const client_callbacks calls{this, nullptr, &hear_delivery, &hear_error};
    outputs_ = make_client(settings_, client_role::verdicts, lane_, calls, refused);
    if (outputs_) chunks_ = make_client(settings_, client_role::chunks, lane_, calls, refused);
    if (!outputs_ || !chunks_) {
      wrong = config_error(refused);
      return progress::failed;
    }
    const auto topic = [](rd_kafka_t* of, const std::string& name) {
      return owned<rd_kafka_topic_t>(rd_kafka_topic_new(of, name.c_str(), nullptr));
    };
    verdicts_topic_ = topic(outputs_.get(), settings_.topics.verdicts);
    events_topic_ = topic(outputs_.get(), settings_.topics.events);
    dead_letters_topic_ = topic(outputs_.get(), settings_.topics.dead_letters);
    snapshots_topic_ = topic(chunks_.get(), settings_.topics.snapshots);
  }
  if (settings_.exactly_once && !is_initialised_) {
    wrong = kafka::take(rd_kafka_init_transactions(outputs_.get(), static_cast<int>(slice.count())));
    if (wrong && wrong.is == error_class::retriable) return progress::going;
    if (wrong) return progress::failed;
    is_initialised_ = true;
  }
  const client_callbacks calls{this, &hear_rebalance, nullptr, &hear_error};
  points_ = make_client(settings_, client_role::points, lane_, calls, refused);
  if (!points_) {
    wrong = config_error(refused);
    return progress::failed;
  }
  commits_.reset(rd_kafka_queue_new(points_.get()));
  const partition_list wanted(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(wanted.get(), settings_.topics.points.c_str(), RD_KAFKA_PARTITION_UA);
  wrong = error_of(rd_kafka_subscribe(points_.get(), wanted.get()));
  return wrong ? progress::failed : progress::done;
}

void lane_clients::fail(client_error error, std::string denied) {
  client_event told;
  told.is = client_event::kind::failed;
  told.error = std::move(error);
  told.denied = std::move(denied);
  events_.push_back(std::move(told));
}

void lane_clients::hear_error(rd_kafka_t* of, int code, const char* text, void* opaque) {
  lane_clients& self = owner_of(opaque);
  client_error told = underlying(of, error_of(static_cast<rd_kafka_resp_err_t>(code), text));
  self.figures_.count_broker_error(rd_kafka_err2name(told.code));
  log_event(log_level::debug, "kafka_error",
            {{"code", std::string_view(rd_kafka_err2name(told.code))}, {"text", std::string_view(told.text)}});
  // What librdkafka cures by itself is none of ours; what is waited for has a deadline of its own.
  if (told.is == error_class::retriable || told.is == error_class::abortable || told.is == error_class::offset_gone) {
    return;
  }
  std::string asked_for;
  if (of == self.outputs_.get()) asked_for = self.settings_.transactional_prefix();
  if (of == self.chunks_.get()) asked_for = self.settings_.topics.snapshots;
  self.fail(std::move(told), std::move(asked_for));
}

void lane_clients::hear_delivery(rd_kafka_t* /*of*/, const rd_kafka_message_t* message, void* opaque) {
  lane_clients& self = owner_of(opaque);
  client_event told;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (message->_private == nullptr) return;
    told.is = client_event::kind::delivered;
    told.chunk = reinterpret_cast<std::uintptr_t>(message->_private);
    told.offset = message->offset;
  } else {
    told.is = client_event::kind::undelivered;
    told.error = error_of(message->err);
    if (told.error.is == error_class::denied) told.denied = rd_kafka_topic_name(message->rkt);
  }
  self.events_.push_back(std::move(told));
}

void lane_clients::hear_rebalance(rd_kafka_t* /*of*/, rd_kafka_resp_err_t code,
                                  rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  owner_of(opaque).rebalanced(code, *partitions);
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
    // Anywhere but at the committed offset, which would be waited for while a transaction is pending on it; the lane
    // says where it begins.
    for (int i = 0; i < partitions.cnt; ++i) partitions.elems[i].offset = RD_KAFKA_OFFSET_END;
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
  events_.push_back(std::move(told));
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

// Resumed first: to resume begins where it was paused, and the seek has the last word.
bool lane_clients::seek(std::int32_t partition, std::int64_t offset, client_error& wrong) {
  const std::array<std::int32_t, 1> one = {partition};
  resume(one);
  const partition_list all = list_of(one);
  all->elems[0].offset = offset;
  wrong = kafka::take(rd_kafka_seek_partitions(points_.get(), all.get(), static_cast<int>(slice.count())));
  if (!wrong && all->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) wrong = error_of(all->elems[0].err);
  return !wrong;
}

std::int64_t lane_clients::end_of(std::int32_t partition) const {
  std::int64_t low = -1;
  std::int64_t high = -1;
  const auto code =
      rd_kafka_get_watermark_offsets(points_.get(), settings_.topics.points.c_str(), partition, &low, &high);
  return code == RD_KAFKA_RESP_ERR_NO_ERROR ? high : -1;
}

// One by one: the call that takes many at once loses messages of partitions that are kept, on a rebalance (librdkafka
// 2.0, its issues 4062, 4077 and 4117).
void lane_clients::gather(std::chrono::milliseconds patience, message_batch& into) {
  std::size_t bytes = 0;
  int wait_ms = static_cast<int>(patience.count());
  while (into.size() < batch_records_max && bytes < batch_bytes_max) {
    owned<rd_kafka_message_t> message(rd_kafka_consumer_poll(points_.get(), wait_ms));
    if (!message) break;
    wait_ms = 0;
    bytes += message->len + message->key_len;
    take(std::move(message), into);
    // What the group says comes between the messages before it and those behind it.
    if (!events_.empty()) break;
  }
}

void lane_clients::take(owned<rd_kafka_message_t> message, message_batch& into) {
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    into.push_back(std::move(message));
    return;
  }
  if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    client_event told;
    told.is = client_event::kind::at_end;
    told.partition = message->partition;
    told.offset = message->offset;
    events_.push_back(std::move(told));
    return;
  }
  client_error told = underlying(points_.get(), error_of(message->err, rd_kafka_message_errstr(message.get())));
  figures_.count_broker_error(rd_kafka_err2name(told.code));
  if (told.is == error_class::retriable) return;
  std::string denied;
  if (told.is == error_class::denied) {
    denied = told.code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ? settings_.group : settings_.topics.points;
  }
  fail(std::move(told), std::move(denied));
}

void lane_clients::poll() {
  rd_kafka_poll(outputs_.get(), 0);
  rd_kafka_poll(chunks_.get(), 0);
}

rd_kafka_topic_t* lane_clients::topic_of(worker::output_topic to) const {
  switch (to) {
    case worker::output_topic::verdicts:
      return verdicts_topic_.get();
    case worker::output_topic::events:
      return events_topic_.get();
    case worker::output_topic::dead_letters:
      return dead_letters_topic_.get();
  }
  return nullptr;
}

bool lane_clients::produce(rd_kafka_t* by, std::span<rd_kafka_vu_t> parts, std::string_view topic) {
  // No clock is looked at for a record that is taken at once, as nearly all are.
  rd_kafka_error_t* refused = rd_kafka_produceva(by, parts.data(), parts.size());
  if (refused == nullptr) return true;
  const auto until = std::chrono::steady_clock::now() + settings_.transaction_timeout;
  for (;; refused = rd_kafka_produceva(by, parts.data(), parts.size())) {
    client_error wrong = kafka::take(refused);
    if (!wrong) return true;
    const bool is_full = wrong.code == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (!is_full || std::chrono::steady_clock::now() >= until) {
      wrong.text += " (" + std::string(topic) + ")";
      fail(std::move(wrong));
      return false;
    }
    rd_kafka_poll(by, 5);
  }
}

bool lane_clients::send(const worker::step& from, const worker::output_record& one) {
  if (!begin_transaction()) return false;
  rd_kafka_topic_t* const topic = topic_of(one.to);
  std::array<rd_kafka_vu_t, 12> parts;
  std::size_t count = 0;
  parts[count++] = topic_part(topic);
  parts[count++] = number(RD_KAFKA_VTYPE_PARTITION, one.partition);
  parts[count++] = number(RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_MSG_F_COPY);
  parts[count++] = number(RD_KAFKA_VTYPE_TIMESTAMP, one.timestamp_ms);
  parts[count++] = memory(RD_KAFKA_VTYPE_VALUE, from.text(one.value));
  if (one.has_key) parts[count++] = memory(RD_KAFKA_VTYPE_KEY, from.text(one.key));
  std::string partition;
  std::string offset;
  std::string line;
  if (one.to == worker::output_topic::dead_letters) {
    partition = std::to_string(one.partition);
    offset = std::to_string(one.offset);
    line = std::to_string(one.line);
    const auto header = [&](const char* name, std::string_view value) {
      rd_kafka_vu_t part{};
      part.vtype = RD_KAFKA_VTYPE_HEADER;
      part.u.header.name = name;
      part.u.header.val = value.data();
      part.u.header.size = static_cast<ssize_t>(value.size());
      parts[count++] = part;
    };
    header("error", name_of(one.error));
    header("message", from.text(one.message));
    header("topic", settings_.topics.points);
    header("partition", partition);
    header("offset", offset);
    header("line", line);
  }
  return produce(outputs_.get(), std::span(parts).first(count), rd_kafka_topic_name(topic));
}

bool lane_clients::send_chunk(const worker::step& from, const worker::snapshot_chunk& one) {
  std::array<rd_kafka_vu_t, 5> parts;
  parts[0] = topic_part(snapshots_topic_.get());
  parts[1] = number(RD_KAFKA_VTYPE_PARTITION, one.partition);
  parts[2] = number(RD_KAFKA_VTYPE_MSGFLAGS, RD_KAFKA_MSG_F_COPY);
  parts[3] = memory(RD_KAFKA_VTYPE_VALUE, from.text(one.value));
  parts[4] = rd_kafka_vu_t{};
  parts[4].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[4].u.ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(one.id));
  return produce(chunks_.get(), parts, settings_.topics.snapshots);
}

}  // namespace spindrift::kafka
