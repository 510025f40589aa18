// Events on their way to SQLite: the queue, and the thread that writes.
#include "server/store/history.hpp"

#include <algorithm>
#include <utility>

namespace spindrift {

namespace {

constexpr std::size_t event_overhead_bytes = 128;
// Between two looks at its size the database may grow; beyond this many times its size it takes no more until then.
constexpr std::uint64_t hard_limit_factor = 2;

std::size_t bytes_of(const history_event& event) {
  return event_overhead_bytes + event.stream.size() + event.line.size() + event.evidence.size() + event.picture.size() +
         event.mark.size();
}

std::int64_t wall_clock_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

history::~history() {
  close();
}

storage_status history::open(const store_settings& settings) {
  settings_ = settings;
  const bool in_memory = settings.durability_level == durability::off;
  storage_status status;
  {
    const std::lock_guard using_table(table_mutex_);
    table_.limit_bytes(settings.history_bytes * hard_limit_factor);
    status = table_.open(in_memory ? memory_path : settings.directory + "/history.db");
  }
  if (!status.ok()) return status;
  {
    const std::lock_guard lock(queue_mutex_);
    stops_ = false;
  }
  thread_ = std::thread([this] { run(); });
  return status;
}

void history::close() {
  {
    const std::lock_guard lock(queue_mutex_);
    stops_ = true;
  }
  work_.notify_all();
  if (thread_.joinable()) thread_.join();
  dropped_.fetch_add(waiting_events_, std::memory_order_relaxed);
  queue_ = {};
  taken_ = {};
  batch_ = {};
  waiting_events_ = waiting_bytes_ = 0;
  const std::lock_guard using_table(table_mutex_);
  if (table_.is_open()) table_.checkpoint();
  table_.close();
}

storage_status history::status() const {
  const std::lock_guard lock(queue_mutex_);
  return status_;
}

std::vector<storage_note> history::take_notes() {
  const std::lock_guard using_table(table_mutex_);
  return table_.take_notes();
}

// With queue_mutex_ held.
bool history::has_room_for(std::size_t bytes) const {
  return waiting_events_ < queue_events_max && waiting_bytes_ + bytes <= queue_bytes_max;
}

void history::record(const history_event& event) {
  const std::size_t bytes = bytes_of(event);
  const byte_buffer packed = event_backlog::packed(event);
  bool is_awaited = false;
  {
    const std::lock_guard lock(queue_mutex_);
    if (stops_ || !has_room_for(bytes)) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    queue_.put(packed);
    ++waiting_events_;
    waiting_bytes_ += bytes;
    ++queued_count_;
    is_awaited = waiting_events_ == 1 || waiting_events_ == batch_events;
  }
  recorded_.fetch_add(1, std::memory_order_relaxed);
  if (is_awaited) work_.notify_one();
}

void history::record_again(const history_event& event) {
  const std::size_t bytes = bytes_of(event);
  {
    std::unique_lock lock(queue_mutex_);
    const auto may_go_on = [&] { return waiting_events_ == 0 || has_room_for(bytes); };
    if (!may_go_on()) {
      ++waiting_;
      work_.notify_one();
      progress_.wait(lock, [&] { return may_go_on() || stops_ || !status_.ok(); });
      --waiting_;
    }
  }
  record(event);
}

void history::run() {
  std::unique_lock lock(queue_mutex_);
  while (!stops_ || (waiting_events_ > 0 && status_.ok())) {
    if (waiting_events_ == 0) work_.wait_for(lock, retention_interval, [&] { return stops_ || waiting_events_ > 0; });
    if (waiting_events_ > 0) {
      work_.wait_for(lock, gathering_time, [&] { return stops_ || waiting_ > 0 || waiting_events_ >= batch_events; });
      write_batch(lock);
    }
    if (stops_) continue;
    lock.unlock();
    retain_if_due();
    lock.lock();
    // A full disk: the events wait here for it, others come in behind them.
    if (!status_.ok()) work_.wait_for(lock, retry_interval, [&] { return stops_; });
  }
  progress_.notify_all();
}

// The events stay in the accounts until they are in the database.
void history::write_batch(std::unique_lock<std::mutex>& lock) {
  if (batch_.empty() && taken_.empty()) std::swap(taken_, queue_);
  lock.unlock();
  if (batch_.empty()) taken_.take(batch_events, batch_);
  auto status = insert(batch_);
  lock.lock();
  status_ = status;
  if (status.ok()) {
    for (const auto& event : batch_) waiting_bytes_ -= bytes_of(event);
    waiting_events_ -= batch_.size();
    written_count_ += batch_.size();
    batch_ = {};
  }
  progress_.notify_all();
}

storage_status history::insert(const std::vector<history_event>& events) {
  const std::lock_guard using_table(table_mutex_);
  if (!table_.is_open()) {
    if (auto status = table_.reopen(); !status.ok()) return status;
  }
  auto status = table_.insert(events, wall_clock_ms());
  if (status.fault != storage_fault::damaged) return status;
  status = table_.set_aside_and_reopen(status);
  return status.ok() ? table_.insert(events, wall_clock_ms()) : status;
}

// By the clock for the age, and whenever the size asks for it.
void history::retain_if_due() {
  const auto now = std::chrono::steady_clock::now();
  const bool is_time = retained_ == std::chrono::steady_clock::time_point{} || now - retained_ >= retention_interval;
  const std::lock_guard using_table(table_mutex_);
  if (!table_.is_open()) return;
  const bool is_large = settings_.history_bytes != 0 && table_.bytes_used() > settings_.history_bytes;
  if (!is_time && !is_large) return;
  retained_ = now;
  const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(settings_.history_age).count();
  table_.retain(age == 0 ? INT64_MIN : wall_clock_ms() - age, settings_.history_bytes);
}

storage_status history::flush(bool durable) {
  {
    std::unique_lock lock(queue_mutex_);
    const std::uint64_t wanted = queued_count_;
    ++waiting_;
    work_.notify_one();
    // Once a batch has failed, waiting on would be waiting for the disk.
    progress_.wait(lock, [&] { return written_count_ >= wanted || stops_ || !status_.ok(); });
    --waiting_;
    if (written_count_ < wanted) {
      return status_.ok() ? storage_status{storage_fault::failed, {}, 0, "the history is closed"} : status_;
    }
  }
  if (!durable) return {};
  const std::lock_guard using_table(table_mutex_);
  return table_.checkpoint();
}

storage_status history::find(const history_query& query, std::vector<history_event>& found) {
  // What cannot be written now is missing from the answer; the answer itself is still good.
  flush(false);
  const std::lock_guard using_table(table_mutex_);
  return table_.find(query, found);
}

storage_status history::find_event(const std::string& stream, std::uint64_t number,
                                   std::optional<history_event>& found) {
  flush(false);
  const std::lock_guard using_table(table_mutex_);
  return table_.find_event(stream, number, found);
}

}  // namespace spindrift
