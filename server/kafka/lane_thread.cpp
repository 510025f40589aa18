// The loop of a lane: events, answers, records and time in, steps performed.
#include "server/kafka/lane_thread.hpp"

#include <algorithm>
#include <span>

#include "common/log/log.hpp"
#include "server/kafka/hanging.hpp"
#include "server/kafka/lane_settings.hpp"
#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

using std::chrono::milliseconds;

// How long the loop waits for a record when there is nothing else to do.
constexpr milliseconds idle_wait{5};
constexpr milliseconds pause_min{50};
constexpr milliseconds pause_max{1'000};
// A partition that was only just assigned cannot be sought in for some ms.
constexpr std::chrono::seconds seek_patience{10};

log_level level_of(worker::notice_level told) {
  switch (told) {
    case worker::notice_level::info:
      return log_level::info;
    case worker::notice_level::warning:
      return log_level::warning;
    case worker::notice_level::error:
      return log_level::error;
  }
  return log_level::info;
}

}  // namespace

lane_thread::lane_thread(const kafka_settings& settings, std::size_t lane, std::uint32_t partitions,
                         worker_figures& figures, const std::atomic<bool>& stops, ended_call ended)
    : settings_(settings),
      index_(lane),
      figures_(figures),
      stops_(stops),
      ended_(std::move(ended)),
      own_(figures.lanes[lane]),
      lane_(lane_settings_of(settings, lane, partitions), figures.engine, own_.counts),
      errands_(settings, lane, figures) {}

lane_thread::~lane_thread() {
  join();
}

void lane_thread::start() {
  thread_ = std::thread([this] { run(); });
}

void lane_thread::join() {
  if (thread_.joinable()) thread_.join();
}

std::int64_t lane_thread::now_ms() const {
  return std::chrono::duration_cast<milliseconds>(clock::now().time_since_epoch()).count();
}

void lane_thread::end(int exit_code, std::string reason) {
  if (is_over_) return;
  is_over_ = true;
  exit_code_ = exit_code;
  reason_ = std::move(reason);
}

void lane_thread::run() {
  while (!is_over_) {
    own_.turned_ms.store(now_ms(), std::memory_order_relaxed);
    bury();
    if (!clients_ || !is_joined_) {
      if (stops_) break;
      if (!begin_life()) std::this_thread::sleep_for(pause_);
      continue;
    }
    turn();
    if (stops_ && says_farewell()) break;
  }
  errands_.forget();
  clients_.reset();
  dying_.reset();
  for (const std::int32_t one : assigned_) figures_.partitions[static_cast<std::size_t>(one)].is_assigned = false;
  own_.turned_ms.store(0, std::memory_order_relaxed);
  ended_(exit_code_, std::move(reason_));
}

// Where its end is decided, callers further up are still in the middle of it.
void lane_thread::bury() {
  dying_.reset();
}

// False: not yet, or not at all this time.
bool lane_thread::begin_life() {
  if (clock::now() < rests_until_) {
    pause_ = pause_min;
    return false;
  }
  client_error wrong;
  if (!ends_what_hangs(wrong)) {
    if (wrong.is != error_class::retriable) take_failure(wrong, settings_.group + '.');
    return false;
  }
  if (!clients_) clients_ = std::make_unique<lane_clients>(settings_, index_, figures_);
  const progress now = clients_->open(wrong);
  clients_->poll();
  take_events();
  if (!clients_ || is_over_) return false;
  if (now == progress::going) {
    pause_ = milliseconds(0);  // it has waited itself
    return false;
  }
  if (now == progress::done) {
    is_joined_ = true;
    pause_ = milliseconds(0);
    return true;
  }
  take_failure(wrong, settings_.group + '.');
  return false;
}

// True: nothing under our id is pending any more, in this life. Waits; there is nothing else to be done yet.
bool lane_thread::ends_what_hangs(client_error& wrong) {
  if (!settings_.exactly_once || has_ended_hanging_) return true;
  const auto began = clock::now();
  wrong = abort_hanging(settings_, index_, settings_.transactional_id(index_), figures_.partition_count, [&] {
    own_.turned_ms.store(now_ms(), std::memory_order_relaxed);
    // A commit that failed at once, with its broker, leaves nobody else who would say so.
    if (clock::now() - began > lane_clients::answer_patience) {
      say_broker_away(settings_, figures_, "a lane that begins is not answered");
    }
    return !stops_ && clock::now() - began < errand_runner::patience;
  });
  // Another has it for its part: to be heard of by what comes next.
  has_ended_hanging_ = !wrong || wrong.is == error_class::fenced;
  return has_ended_hanging_;
}

void lane_thread::end_life(std::string_view why) {
  has_ended_hanging_ = false;
  log_event(log_level::debug, "clients_end", {{"lane", static_cast<std::int64_t>(index_)}, {"reason", why}});
  errands_.forget();
  dying_ = std::move(clients_);
  is_joined_ = false;
  own_.is_member.store(false, std::memory_order_relaxed);
  for (const std::int32_t one : assigned_) figures_.partitions[static_cast<std::size_t>(one)].is_assigned = false;
  assigned_.clear();
  seeks_.clear();
  moved_.clear();
  taken_over_.clear();
  restoring_.clear();
  snapshotting_.clear();
  pause_ = std::clamp(pause_ * 2, pause_min, pause_max);
}

void lane_thread::turn() {
  lane_.tick(now_ms(), step_);
  perform();
  if (!clients_) return;
  clients_->poll();
  take_events();
  if (!clients_) return;
  take_answers();
  if (!clients_) return;
  seek_pending();
  if (clients_ && lane_.is_committing()) go_on_committing();
  // The lane takes none while a transaction ends; what comes meanwhile waits in librdkafka.
  if (clients_ && lane_.takes_records()) take_records();
  if (clients_) look_after_figures();
}

// True: all is said. What the lane has is committed with a snapshot and marked as nobody's.
bool lane_thread::says_farewell() {
  if (!clients_ || is_over_) return true;
  if (!says_farewell_) {
    says_farewell_ = true;
    farewell_until_ = clock::now() + farewell_max;
    const std::vector<std::int32_t> all(assigned_.begin(), assigned_.end());
    if (!all.empty()) lane_.revoked(all, step_);
    perform();
  }
  return !clients_ || lane_.is_empty() || clock::now() >= farewell_until_;
}

void lane_thread::perform() {
  if (step_.stops) {
    end(step_.stops->exit_code, step_.stops->message);
    say_notices();
    step_.clear();
    return;
  }
  if (step_.starts_anew) {
    say_notices();
    const std::string why = *step_.starts_anew;
    step_.clear();
    end_life(why);
    return;
  }
  say_notices();
  send_all();
  if (step_.commit) {
    commit_began_ = clock::now();
    clients_->begin_commit(std::move(*step_.commit));
  }
  perform_offsets();
  ask_all();
  for (const std::int32_t one : step_.released) {
    clients_->release(one);
    if (assigned_.erase(one) != 0) figures_.partitions[static_cast<std::size_t>(one)].is_assigned = false;
    taken_over_.erase(one);
    seeks_.erase(one);
    moved_.erase(one);
  }
  step_.clear();
}

// What cannot be sent is told as an event, and fails the lane.
void lane_thread::send_all() {
  for (const worker::output_record& one : step_.sends) {
    if (!clients_->send(step_, one)) return;
  }
  for (const worker::snapshot_chunk& one : step_.chunks) {
    if (!clients_->send_chunk(step_, one)) return;
    snapshotting_.try_emplace(one.partition, clock::now(), std::int64_t{-1});
  }
}

void lane_thread::perform_offsets() {
  for (const worker::deletion& one : step_.deletions) errands_.ask(one);
  clients_->pause(step_.pauses);
  clients_->resume(step_.resumes);
  for (const worker::seek_order& one : step_.seeks) {
    seeks_[one.partition] = {one.offset, clock::now() + seek_patience};
  }
}

void lane_thread::ask_all() {
  for (const worker::position_ask& one : step_.positions) errands_.ask(one);
  for (const worker::fence_ask& one : step_.fences) errands_.ask(one);
  for (const worker::snapshot_ask& one : step_.snapshots) {
    restoring_[one.partition] = clock::now();
    errands_.ask(one);
  }
}

void lane_thread::say_notices() {
  for (const worker::notice& one : step_.notices) {
    log_event(level_of(one.level), one.event,
              {{"lane", static_cast<std::int64_t>(index_)},
               {"partition", std::int64_t{one.partition}},
               {"text", std::string_view(one.text)}});
  }
}

void lane_thread::seek_pending() {
  for (auto at = seeks_.begin(); at != seeks_.end();) {
    client_error wrong;
    if (clients_->seek(at->first, at->second.first, wrong)) {
      // Which has resumed it.
      if (is_memory_full_) clients_->pause(std::span(&at->first, 1));
      at = seeks_.erase(at);
      continue;
    }
    if (clock::now() >= at->second.second) {
      lane_.failed(worker::failure::timed_out, "cannot seek: " + wrong.text, step_);
      return perform();
    }
    ++at;
  }
}

void lane_thread::go_on_committing() {
  client_error wrong;
  const worker::ticket order = clients_->committing();
  const progress now = clients_->go_on_committing(wrong);
  if (now == progress::going) {
    if (clients_->is_flushed()) lane_.flushed(order);
    return;
  }
  if (now == progress::done) {
    figures_.commit.take(clock::now() - commit_began_);
    pause_ = milliseconds(0);
    lane_.committed(order, step_);
    return perform();
  }
  take_failure(wrong, settings_.group + '.');
}

void lane_thread::take_records() {
  batch_.clear();
  // A replay may be over with the end of its partition.
  clients_->gather(says_farewell_ ? milliseconds(1) : idle_wait, lane_.is_ready(), batch_);
  if (!batch_.empty()) give_records(batch_);
  if (clients_) take_events();
  batch_.clear();
}

// Runs of one partition, as librdkafka hands them out.
void lane_thread::give_records(const message_batch& batch) {
  for (std::size_t begin = 0; begin < batch.size() && clients_ && !is_over_;) {
    const std::int32_t partition = batch.partition_of(begin);
    records_.clear();
    std::size_t end = begin;
    // As many as the lane takes without standing still for what else it has to do.
    const std::size_t limit = std::min(batch.size(), begin + lane_.records_max());
    for (; end < limit && batch.partition_of(end) == partition; ++end) records_.push_back(batch.record(end));
    // A step may order a commit, with which the lane takes no more: the rest waits for it.
    while (clients_ && !is_over_ && !lane_.takes_records()) {
      own_.turned_ms.store(now_ms(), std::memory_order_relaxed);
      lane_.tick(now_ms(), step_);
      perform();
      if (clients_) clients_->poll();
      if (clients_ && lane_.is_committing()) go_on_committing();
    }
    if (!clients_ || is_over_) return;
    lane_.records(partition, records_, step_);
    perform();
    begin = end;
  }
}

}  // namespace spindrift::kafka
