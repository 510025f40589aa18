// A lane's clients: how they begin, what they read and write, and what is heard of it. Commits are in lane_commit.cpp,
// the group in lane_group.cpp.
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

// The parts of a message, put where they are handed over from: each is a union of 72 bytes, which to clear and to copy
// cost a quarter of what a lane did for a record.
class message_parts {
public:
  void topic(rd_kafka_topic_t* to) { next(RD_KAFKA_VTYPE_RKT).rkt = to; }
  void partition(std::int32_t number) { next(RD_KAFKA_VTYPE_PARTITION).i32 = number; }
  void copied() { next(RD_KAFKA_VTYPE_MSGFLAGS).i = RD_KAFKA_MSG_F_COPY; }
  void timestamp(std::int64_t ms) { next(RD_KAFKA_VTYPE_TIMESTAMP).i64 = ms; }
  void value(std::string_view bytes) { memory(RD_KAFKA_VTYPE_VALUE, bytes); }
  void key(std::string_view bytes) { memory(RD_KAFKA_VTYPE_KEY, bytes); }
  void opaque(std::uint64_t id) {
    next(RD_KAFKA_VTYPE_OPAQUE).ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(id));
  }
  void header(const char* name, std::string_view bytes) {
    auto& part = next(RD_KAFKA_VTYPE_HEADER).header;
    part.name = name;
    part.val = bytes.data();
    part.size = static_cast<ssize_t>(bytes.size());
  }
  std::span<const rd_kafka_vu_t> all() const { return std::span(parts_).first(count_); }

private:
  decltype(rd_kafka_vu_t::u)& next(rd_kafka_vtype_t type) {
    rd_kafka_vu_t& part = parts_[count_++];
    part.vtype = type;
    return part.u;
  }
  void memory(rd_kafka_vtype_t type, std::string_view bytes) {
    auto& part = next(type).mem;
    part.ptr = const_cast<char*>(bytes.data());
    part.size = bytes.size();
  }

  std::array<rd_kafka_vu_t, 12> parts_;  // as many as a dead letter has
  std::size_t count_ = 0;
};

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

progress lane_clients::open(client_error& wrong) {
  std::string refused;
  if (!outputs_) {
    const client_callbacks calls{this, nullptr, true, &hear_error, nullptr};
    outputs_ = make_client(settings_, client_role::verdicts, lane_, calls, refused);
    if (outputs_) chunks_ = make_client(settings_, client_role::chunks, lane_, calls, refused);
    if (!outputs_ || !chunks_) {
      wrong = config_error(refused);
      return progress::failed;
    }
    outputs_heard_.reset(rd_kafka_queue_get_main(outputs_.get()));
    chunks_heard_.reset(rd_kafka_queue_get_main(chunks_.get()));
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
  const client_callbacks calls{this, &hear_rebalance, false, &hear_error, nullptr, &hear_message};
  points_ = make_client(settings_, client_role::points, lane_, calls, refused);
  if (!points_) {
    wrong = config_error(refused);
    return progress::failed;
  }
  points_heard_.reset(rd_kafka_queue_get_consumer(points_.get()));
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
  tell(std::move(told));
}

void lane_clients::tell_of_outage(const client_error& error) {
  if (error.code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    last_trouble_ = error.text;
    return;
  }
  say_away(error.text);
}

void lane_clients::say_away(const std::string& without_trouble) {
  if (!is_leaving_) say_broker_away(settings_, figures_, last_trouble_.empty() ? without_trouble : last_trouble_);
}

void say_broker_away(const kafka_settings& settings, worker_figures& figures, std::string_view reason) {
  if (figures.is_broker_away.exchange(true)) return;
  log_event(log_level::warning, "broker_away",
            {{"brokers", settings.brokers},
             {"reason", reason},
             {"text", "nothing is judged until one is back; nothing is lost by it"}});
}

void lane_clients::tell_of_return() {
  if (!figures_.is_broker_away.load(std::memory_order_relaxed) || !figures_.is_broker_away.exchange(false)) return;
  log_event(log_level::info, "broker_back", {{"brokers", settings_.brokers}});
}

void lane_clients::hear_error(rd_kafka_t* of, int code, const char* text, void* opaque) {
  lane_clients& self = owner_of(opaque);
  if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) return;  // in bulk; nobody waits for it
  client_error told = underlying(of, error_of(static_cast<rd_kafka_resp_err_t>(code), text));
  self.figures_.count_broker_error(rd_kafka_err2name(told.code));
  log_event(log_level::debug, "kafka_error",
            {{"code", std::string_view(rd_kafka_err2name(told.code))}, {"text", std::string_view(told.text)}});
  // Not of who has nothing to do: an idle connection that a broker has closed is no broker that is away. While there is
  // something to be committed the consumer is not heard.
  const bool is_in_use = of == self.points_.get() || (of == self.outputs_.get() && (self.is_open_ || self.order_));
  if (is_in_use) self.tell_of_outage(told);
  // In bulk a partition's errors come here, among the client's own.
  const bool is_of_points = told.is == error_class::abortable || told.is == error_class::offset_gone ||
                            told.code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
                            told.code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
  if (self.in_bulk_ != nullptr && of == self.points_.get() && is_of_points) return self.take_error(std::move(told));
  // What librdkafka cures by itself is none of ours; what is waited for has a deadline of its own.
  if (told.is == error_class::retriable || told.is == error_class::abortable || told.is == error_class::offset_gone) {
    return;
  }
  std::string asked_for;
  if (of == self.outputs_.get()) asked_for = self.settings_.transactional_prefix();
  if (of == self.chunks_.get()) asked_for = self.settings_.topics.snapshots;
  self.fail(std::move(told), std::move(asked_for));
}

void lane_clients::take_delivery(const rd_kafka_message_t& message) {
  client_event told;
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (message._private == nullptr) return;
    told.is = client_event::kind::delivered;
    told.chunk = reinterpret_cast<std::uintptr_t>(message._private);
    told.offset = message.offset;
  } else {
    told.is = client_event::kind::undelivered;
    told.error = error_of(message.err);
    if (told.error.is == error_class::denied) told.denied = rd_kafka_topic_name(message.rkt);
  }
  events_.push_back(std::move(told));
}

void lane_clients::hear(rd_kafka_t* producer, std::chrono::milliseconds patience) {
  rd_kafka_queue_t* const heard = producer == outputs_.get() ? outputs_heard_.get() : chunks_heard_.get();
  int wait_ms = static_cast<int>(patience.count());
  while (const owned<rd_kafka_event_t> told{rd_kafka_queue_poll(heard, wait_ms)}) {
    wait_ms = 0;
    const rd_kafka_event_type_t is = rd_kafka_event_type(told.get());
    if (is == RD_KAFKA_EVENT_DR) {
      while (const rd_kafka_message_t* const one = rd_kafka_event_message_next(told.get())) take_delivery(*one);
    } else if (is == RD_KAFKA_EVENT_ERROR) {
      const bool is_fatal = rd_kafka_event_error_is_fatal(told.get()) != 0;
      const rd_kafka_resp_err_t code = is_fatal ? RD_KAFKA_RESP_ERR__FATAL : rd_kafka_event_error(told.get());
      hear_error(producer, code, rd_kafka_event_error_string(told.get()), this);
    }
  }
}

// One by one, or by callbacks: the call that takes many at once loses messages of partitions that are kept, on a
// rebalance (librdkafka 2.0, its issues 4062, 4077 and 4117). With callbacks the queue is locked once and no clock is
// looked at for each, but its errors and ends come without their partition.
void lane_clients::gather(std::chrono::milliseconds patience, bool in_bulk, message_batch& into) {
  int wait_ms = static_cast<int>(patience.count());
  if (in_bulk) {
    in_bulk_ = &into;
    rd_kafka_queue_poll_callback(points_heard_.get(), wait_ms);
    in_bulk_ = nullptr;
    return;
  }
  while (into.size() < batch_records_max && into.bytes() < batch_bytes_max) {
    const owned<rd_kafka_message_t> message(rd_kafka_consumer_poll(points_.get(), wait_ms));
    if (!message) break;
    wait_ms = 0;
    take(*message, into);
    if (!events_.empty()) break;
  }
}

// What comes after a yield is put back to where it was.
void lane_clients::hear_message(rd_kafka_message_t* message, void* opaque) {
  lane_clients& self = owner_of(opaque);
  if (self.in_bulk_ == nullptr) return;  // the consumer ends
  self.take(*message, *self.in_bulk_);
  if (self.in_bulk_->size() < batch_records_max && self.in_bulk_->bytes() < batch_bytes_max) return;
  rd_kafka_yield(self.points_.get());
}

void lane_clients::tell(client_event told) {
  events_.push_back(std::move(told));
  if (in_bulk_ != nullptr) rd_kafka_yield(points_.get());
}

void lane_clients::take(const rd_kafka_message_t& message, message_batch& into) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return into.add(message);
  if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    client_event told;
    told.is = client_event::kind::at_end;
    told.partition = message.partition;
    told.offset = message.offset;
    return tell(std::move(told));
  }
  client_error told = underlying(points_.get(), error_of(message.err, rd_kafka_message_errstr(&message)));
  figures_.count_broker_error(rd_kafka_err2name(told.code));
  take_error(std::move(told));
}

void lane_clients::take_error(client_error told) {
  if (told.is == error_class::retriable) return;
  std::string denied;
  if (told.is == error_class::denied) {
    denied = told.code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ? settings_.group : settings_.topics.points;
  }
  fail(std::move(told), std::move(denied));
}

void lane_clients::poll() {
  hear(outputs_.get(), std::chrono::milliseconds(0));
  hear(chunks_.get(), std::chrono::milliseconds(0));
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

bool lane_clients::produce(rd_kafka_t* by, std::span<const rd_kafka_vu_t> parts, std::string_view topic) {
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
    hear(by, std::chrono::milliseconds(5));
  }
}

bool lane_clients::send(const worker::step& from, const worker::output_record& one) {
  if (!begin_transaction()) return false;
  rd_kafka_topic_t* const topic = topic_of(one.to);
  message_parts parts;
  parts.topic(topic);
  parts.partition(one.partition);
  parts.copied();
  parts.timestamp(one.timestamp_ms);
  parts.value(from.text(one.value));
  if (one.has_key) parts.key(from.text(one.key));
  if (one.to != worker::output_topic::dead_letters) {
    return produce(outputs_.get(), parts.all(), rd_kafka_topic_name(topic));
  }
  const std::string partition = std::to_string(one.partition);
  const std::string offset = std::to_string(one.offset);
  const std::string line = std::to_string(one.line);
  parts.header("error", name_of(one.error));
  parts.header("message", from.text(one.message));
  parts.header("topic", settings_.topics.points);
  parts.header("partition", partition);
  parts.header("offset", offset);
  parts.header("line", line);
  return produce(outputs_.get(), parts.all(), rd_kafka_topic_name(topic));
}

bool lane_clients::send_chunk(const worker::step& from, const worker::snapshot_chunk& one) {
  message_parts parts;
  parts.topic(snapshots_topic_.get());
  parts.partition(one.partition);
  parts.copied();
  parts.value(from.text(one.value));
  parts.opaque(one.id);
  return produce(chunks_.get(), parts.all(), settings_.topics.snapshots);
}

}  // namespace spindrift::kafka
