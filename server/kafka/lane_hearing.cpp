// What a lane's thread hears, from its clients and from its errands, and what of it ends a life, or the program.
#include <algorithm>

#include "common/cli/terminal.hpp"
#include "common/log/log.hpp"
#include "server/kafka/lane_thread.hpp"
#include "server/kafka/rights.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

// Whoever was taken for dead is fenced, by each of those that have a partition that was his: after an outage of the
// broker that may be many in a few seconds. Two live workers of one id fence each other in turn, each as it starts
// anew, without end.
constexpr int fencings_max = 4;
// For so many sessions being fenced, or after being told of another of one's name, it is no accident.
constexpr int patience_sessions = 3;

worker::failure failure_of(const client_error& error) {
  switch (error.is) {
    case error_class::fenced:
    case error_class::usurped:
      return worker::failure::fenced;
    case error_class::abortable:
      return worker::failure::abortable;
    case error_class::retriable:
      return worker::failure::timed_out;
    default:
      return worker::failure::fatal;
  }
}

}  // namespace

void lane_thread::take_events() {
  std::vector<client_event> told;
  told.swap(clients_->events());
  for (client_event& one : told) {
    if (!clients_ || is_over_) return;
    take_event(one);
  }
}

void lane_thread::take_event(client_event& told) {
  switch (told.is) {
    case client_event::kind::assigned:
      own_.is_member.store(true, std::memory_order_relaxed);
      for (const std::int32_t one : told.partitions) {
        assigned_.insert(one);
        taken_over_[one] = clock::now();
        partition_figures& row = figures_.partitions[static_cast<std::size_t>(one)];
        row.is_ready = false;
        row.snapshot_ms = 0;
        row.lag_records = 0;
        row.is_assigned = true;
      }
      if (!told.partitions.empty()) lane_.assigned(told.partitions, step_);
      break;
    case client_event::kind::revoked:
      if (told.partitions.empty()) return;
      lane_.revoked(told.partitions, step_);
      break;
    case client_event::kind::lost:
      lane_.lost(told.partitions, step_);
      break;
    case client_event::kind::delivered:
      lane_.delivered(told.chunk, told.offset, step_);
      break;
    case client_event::kind::at_end:
      if (lane_.takes_records()) lane_.caught_up(told.partition, told.offset, step_);
      break;
    case client_event::kind::undelivered:
      if (told.error.is == error_class::denied) return take_failure(told.error, told.denied);
      lane_.failed(worker::failure::undelivered, told.error.text, step_);
      break;
    case client_event::kind::failed:
      return take_failure(told.error, told.denied);
  }
  perform();
}

void lane_thread::take_answers() {
  answers_.clear();
  errands_.take(answers_);
  for (errand_answer& one : answers_) {
    if (!clients_ || is_over_) return;
    take_answer(one);
  }
}

void lane_thread::take_answer(errand_answer& told) {
  switch (told.is) {
    case errand_answer::kind::position: {
      worker::found_position found;
      found.committed = told.offset;
      found.metadata = told.bytes;
      found.begin = told.begin;
      found.end = told.end;
      lane_.positioned(told.of, found, step_);
      break;
    }
    case errand_answer::kind::fenced:
      lane_.fenced(told.of, step_);
      break;
    case errand_answer::kind::chunk:
      lane_.chunk(told.of, told.offset, told.bytes, step_);
      break;
    case errand_answer::kind::chunks_end:
      lane_.chunks_ended(told.of, step_);
      break;
    case errand_answer::kind::failed:
      return take_failure(told.error, told.denied);
  }
  perform();
}

bool lane_thread::takes_turns() {
  const clock::time_point now = clock::now();
  if (now - fenced_ > settings_.session_timeout) {
    fenced_since_ = now;
    fencings_ = 0;
  }
  fenced_ = now;
  return ++fencings_ >= fencings_max && now - fenced_since_ >= settings_.session_timeout * patience_sessions;
}

// Seen without another worker of the name: a broker was begun again, then the process stood still for longer than its
// session. Most likely it was itself, the answer to whose joining was never heard. Two live ones take the name from
// each other in turn.
bool lane_thread::is_usurped_again() {
  const clock::time_point now = clock::now();
  const bool is_again = now - usurped_ <= settings_.session_timeout * patience_sessions;
  usurped_ = now;
  return is_again;
}

void lane_thread::take_failure(const client_error& error, const std::string& denied) {
  if ((error.is == error_class::usurped && is_usurped_again()) || (error.is == error_class::fenced && takes_turns())) {
    return end(exit_bad_config, "another live worker of the group " + settings_.group + " has the --worker-id " +
                                    settings_.worker_id + " as well: give each its own");
  }
  if (error.is == error_class::denied) {
    return end(exit_bad_config, denial_text(settings_, right_missing(settings_, error.code, denied), error.text));
  }
  const std::string detail = std::string(rd_kafka_err2name(error.code)) + ": " + error.text;
  lane_.failed(failure_of(error), detail, step_);
  // A rebalance is under way. A static member that comes anew in the middle of it is told what its place was to have,
  // without having had what it was to give up: nobody would be given that. So the group has to miss it first.
  if (error.code == RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION) {
    rests_until_ = clock::now() + settings_.session_timeout + std::chrono::seconds(1);
  }
  const bool had_clients = clients_ != nullptr;
  perform();
  // A lane that had nothing to lose may have nothing to say; its clients are of no more use all the same.
  if (had_clients && clients_ && !is_joined_) end_life(detail);
}

}  // namespace spindrift::kafka
