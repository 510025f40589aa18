// Runs a lane's errands: positions, fences, snapshots, deletions.
#include "server/kafka/errand.hpp"

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"
#include "server/kafka/client_config.hpp"
#include "server/kafka/hanging.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_tries{50};
constexpr int errand_slice_ms = static_cast<int>(errand_runner::slice.count());

partition_list one_partition(const std::string& topic, std::int32_t partition, std::int64_t offset) {
  partition_list list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

bool is_worth_another_try(const client_error& error) {
  return error.is == error_class::retriable || error.is == error_class::abortable;
}

}  // namespace

errand_runner::errand_runner(const kafka_settings& settings, std::size_t lane, worker_figures& figures)
    : settings_(settings), lane_(lane), figures_(figures), thread_([this] { run(); }) {}

errand_runner::~errand_runner() {
  {
    const std::lock_guard guard(lock_);
    ends_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void errand_runner::ask(errand wanted) {
  {
    const std::lock_guard guard(lock_);
    errands_.push_back({std::move(wanted), life_});
  }
  wake_.notify_all();
}

void errand_runner::forget() {
  {
    const std::lock_guard guard(lock_);
    ++life_;
    errands_.clear();
    answers_.clear();
    waiting_bytes_ = 0;
  }
  wake_.notify_all();
}

void errand_runner::take(std::vector<errand_answer>& into) {
  {
    const std::lock_guard guard(lock_);
    if (answers_.empty()) return;
    for (errand_answer& one : answers_) into.push_back(std::move(one));
    answers_.clear();
    waiting_bytes_ = 0;
  }
  wake_.notify_all();
}

void errand_runner::answer(errand_answer given, std::uint64_t life) {
  std::unique_lock guard(lock_);
  wake_.wait(guard, [this, life] { return ends_ || life != life_ || waiting_bytes_ < waiting_bytes_max; });
  if (ends_ || life != life_) return;
  waiting_bytes_ += given.bytes.size();
  answers_.push_back(std::move(given));
}

void errand_runner::fail(worker::ticket of, client_error error, std::string denied, std::uint64_t life) {
  errand_answer given;
  given.is = errand_answer::kind::failed;
  given.of = of;
  given.error = std::move(error);
  if (given.error.is == error_class::denied) given.denied = std::move(denied);
  answer(std::move(given), life);
}

bool errand_runner::goes_on(std::uint64_t life, clock::time_point until) const {
  return !ends_ && life == life_ && clock::now() < until;
}

void errand_runner::run() {
  std::unique_lock guard(lock_);
  while (!ends_) {
    wake_.wait(guard, [this] { return ends_ || !errands_.empty(); });
    if (ends_) return;
    const kept next = std::move(errands_.front());
    errands_.pop_front();
    guard.unlock();
    perform(next);
    guard.lock();
  }
}

void errand_runner::perform(const kept& one) {
  if (const auto* const asked = std::get_if<worker::position_ask>(&one.wanted)) position(*asked, one.life);
  if (const auto* const asked = std::get_if<worker::fence_ask>(&one.wanted)) fence(*asked, one.life);
  if (const auto* const asked = std::get_if<worker::snapshot_ask>(&one.wanted)) read_snapshot(*asked, one.life);
  if (const auto* const asked = std::get_if<worker::deletion>(&one.wanted)) remove(*asked);
}

rd_kafka_t* errand_runner::client(client_handle& held, bool is_stable) {
  if (held) return held.get();
  std::string wrong;
  held = make_client(settings_, is_stable ? client_role::stable : client_role::restore, lane_, {}, wrong);
  if (!held) log_event(log_level::error, "no_client", {{"reason", std::string_view(wrong)}});
  return held.get();
}

client_error errand_runner::find_position(const worker::position_ask& wanted, errand_answer& found) {
  rd_kafka_t* const reader = wanted.stable ? client(stable_, true) : client(restore_, false);
  if (reader == nullptr) return error_of(RD_KAFKA_RESP_ERR__INVALID_ARG);
  const partition_list list = one_partition(settings_.topics.points, wanted.partition, RD_KAFKA_OFFSET_INVALID);
  if (auto wrong = error_of(rd_kafka_committed(reader, list.get(), errand_slice_ms))) return wrong;
  const rd_kafka_topic_partition_t& told = list->elems[0];
  if (auto wrong = error_of(told.err)) return wrong;
  found.offset = told.offset >= 0 ? told.offset : -1;
  if (told.metadata != nullptr) found.bytes.assign(static_cast<const char*>(told.metadata), told.metadata_size);
  return error_of(rd_kafka_query_watermark_offsets(reader, settings_.topics.points.c_str(), wanted.partition,
                                                   &found.begin, &found.end, errand_slice_ms));
}

void errand_runner::position(const worker::position_ask& wanted, std::uint64_t life) {
  const auto until = clock::now() + patience;
  client_error wrong;
  do {
    errand_answer found;
    found.is = errand_answer::kind::position;
    found.of = wanted.id;
    wrong = find_position(wanted, found);
    if (!wrong) return answer(std::move(found), life);
    if (!is_worth_another_try(wrong)) break;
    std::this_thread::sleep_for(between_tries);
  } while (goes_on(life, until));
  if (wanted.stable && wrong.is == error_class::retriable) say_pending(wanted);
  const bool is_group = wrong.code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
  fail(wanted.id, std::move(wrong), is_group ? settings_.group : settings_.topics.points, life);
}

// Nobody else would tell: the broker may know of no transaction that is open.
void errand_runner::say_pending(const worker::position_ask& wanted) {
  errand_answer unused;
  if (find_position({wanted.id, wanted.partition, false}, unused)) return;  // it answers nobody
  log_event(log_level::error, "position_pending",
            {{"lane", static_cast<std::int64_t>(lane_)},
             {"topic", settings_.topics.points},
             {"partition", std::int64_t{wanted.partition}},
             {"group", settings_.group},
             {"seconds", std::int64_t{patience.count()}},
             {"text",
              "a transaction over its position does not end; the lane starts anew. Where this goes on for longer than "
              "--transaction-timeout: kafka-transactions.sh find-hanging, and abort"}});
}

// Whoever has the id after this: the one before can commit nothing any more, and what it had open is aborted, also what
// the broker knows nothing of any more.
void errand_runner::fence(const worker::fence_ask& wanted, std::uint64_t life) {
  const auto began = clock::now();
  errand_answer done;
  done.is = errand_answer::kind::fenced;
  done.of = wanted.id;
  // Whom this lane has fenced only just now has nothing left from before. Lanes that begin anew at the same time, each
  // with a partition that was another's, would else fence each other again with each start.
  const auto before = fenced_.find(wanted.owner);
  if (before != fenced_.end() && began - before->second < settings_.session_timeout / 2) {
    return answer(std::move(done), life);
  }
  const auto count = figures_.partition_count.load(std::memory_order_acquire);
  const client_error wrong =
      abort_hanging(settings_, lane_, wanted.owner, count, [&] { return goes_on(life, began + patience); });
  // Two successors may fence the same one at the same time: whoever came first has done it for both.
  if (wrong && wrong.is != error_class::fenced) {
    return fail(wanted.id, wrong, settings_.transactional_prefix(), life);
  }
  fenced_[wanted.owner] = clock::now();
  answer(std::move(done), life);
}

void errand_runner::read_snapshot(const worker::snapshot_ask& wanted, std::uint64_t life) {
  client_error wrong = read_chunks(wanted, life);
  if (restore_) rd_kafka_assign(restore_.get(), nullptr);
  if (wrong) return fail(wanted.id, std::move(wrong), settings_.topics.snapshots, life);
  errand_answer done;
  done.is = errand_answer::kind::chunks_end;
  done.of = wanted.id;
  answer(std::move(done), life);
}

client_error errand_runner::read_chunks(const worker::snapshot_ask& wanted, std::uint64_t life) {
  auto until = clock::now() + patience;
  rd_kafka_t* const reader = client(restore_, false);
  if (reader == nullptr) return error_of(RD_KAFKA_RESP_ERR__INVALID_ARG);
  const partition_list from = one_partition(settings_.topics.snapshots, wanted.partition, wanted.first);
  if (auto wrong = error_of(rd_kafka_assign(reader, from.get()))) return wrong;
  constexpr int poll_ms = 100;
  while (goes_on(life, until)) {
    const owned<rd_kafka_message_t> message(rd_kafka_consumer_poll(reader, poll_ms));
    if (!message) continue;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      if (message->offset > wanted.last) return {};
      continue;  // a broker that has just come back tells of its end before it knows it
    }
    if (auto wrong = error_of(message->err)) {
      if (is_worth_another_try(wrong)) continue;
      return wrong;
    }
    if (message->partition != wanted.partition || message->offset < wanted.first) continue;
    if (message->offset > wanted.last) return {};
    errand_answer one;
    one.is = errand_answer::kind::chunk;
    one.of = wanted.id;
    one.offset = message->offset;
    one.bytes.assign(static_cast<const char*>(message->payload), message->len);
    answer(std::move(one), life);
    if (message->offset == wanted.last) return {};
    until = clock::now() + patience;  // it moves on
  }
  return error_of(RD_KAFKA_RESP_ERR__TIMED_OUT);
}

// Best effort: what is left over goes with the next one.
void errand_runner::remove(const worker::deletion& wanted) {
  std::string refused;
  if (!admin_) admin_ = make_client(settings_, client_role::look, lane_, {}, refused);
  if (!admin_) return;
  const partition_list before = one_partition(settings_.topics.snapshots, wanted.partition, wanted.before);
  const owned<rd_kafka_DeleteRecords_t> order(rd_kafka_DeleteRecords_new(before.get()));
  const owned<rd_kafka_queue_t> answers(rd_kafka_queue_new(admin_.get()));
  rd_kafka_DeleteRecords_t* all[] = {order.get()};
  rd_kafka_DeleteRecords(admin_.get(), all, 1, nullptr, answers.get());
  const owned<rd_kafka_event_t> told(rd_kafka_queue_poll(answers.get(), errand_slice_ms));
  client_error wrong = told ? error_of(rd_kafka_event_error(told.get())) : error_of(RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (!wrong) {
    const rd_kafka_topic_partition_list_t* const each =
        rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(told.get()));
    for (int i = 0; i < each->cnt && !wrong; ++i) wrong = error_of(each->elems[i].err);
  }
  if (!wrong) return;
  add(figures_.records_deleted_failed, 1);
  log_event(log_level::warning, "snapshots_not_deleted",
            {{"topic", settings_.topics.snapshots},
             {"partition", std::int64_t{wanted.partition}},
             {"reason", std::string_view(wrong.text)}});
}

}  // namespace spindrift::kafka
