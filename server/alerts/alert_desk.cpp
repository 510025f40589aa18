// The threads of alerts: one that writes the book, and couriers.
#include "server/alerts/alert_desk.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

#include "common/log/log.hpp"
#include "server/alerts/schedule.hpp"

namespace spindrift {
namespace {

using std::chrono::milliseconds;

// How often it is looked for what is due by the clock, and tried again where the disk is full.
constexpr milliseconds tick_interval{1'000};
// A message that its receiver refuses so often for what it is does not get better.
constexpr unsigned refusals_max = 5;

std::string id_of(const alert_settings& alert, const alert_book::message& made) {
  // The book may be a new one, whose numbers begin again.
  return alert.name + "-" + std::to_string(made.id) + "-" + std::to_string(made.notices.front().what.told);
}

}  // namespace

alert_desk::alert_desk(alerts_settings chosen, surroundings around) : around_(std::move(around)) {
  is_listening_ = !chosen.all().empty();
  if (is_listening_) chosen_ = std::move(chosen);
}

storage_status alert_desk::open(const std::string& path, bool is_synced) {
  path_ = path;
  is_synced_ = is_synced;
  const std::lock_guard guard(lock_);
  is_opened_ = true;
  if (!chosen_) return {};
  // Here and not on the thread, so that a server that cannot keep alerts does not start.
  storage_status opened = open_book();
  if (opened.ok()) begin();
  return opened;
}

storage_status alert_desk::open_book() {
  if (is_book_open_) return {};
  storage_status opened = book_.open(path_, is_synced_);
  is_book_open_ = opened.ok();
  return opened;
}

void alert_desk::begin() {
  if (thread_.joinable() || stops_) return;
  thread_ = std::thread([this] { run(); });
}

void alert_desk::stop() {
  {
    const std::lock_guard guard(lock_);
    stops_ = true;
  }
  work_.notify_all();
  progress_.notify_all();
  if (thread_.joinable()) thread_.join();
  is_listening_ = false;
}

void alert_desk::set(alerts_settings chosen, chosen_alert by_stream) {
  {
    const std::lock_guard guard(lock_);
    is_listening_ = !chosen.all().empty();
    chosen_ = std::move(chosen);
    by_stream_ = std::move(by_stream);
    if (is_opened_ && is_listening_) begin();
  }
  work_.notify_all();
}

void alert_desk::offer(notice said) {
  {
    const std::lock_guard guard(lock_);
    if (stops_ || queue_.size() >= queue_events_max) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    queue_.push_back(std::move(said));
    ++offered_;
    if (queue_.size() != 1) return;
  }
  work_.notify_one();
}

void alert_desk::offer_again(notice said) {
  {
    std::unique_lock guard(lock_);
    progress_.wait(guard, [this] { return stops_ || !status_.ok() || queue_.size() < queue_events_max; });
  }
  offer(std::move(said));
}

storage_status alert_desk::flush() {
  std::unique_lock guard(lock_);
  if (!thread_.joinable()) return {};
  const std::uint64_t wanted = offered_;
  progress_.wait(guard, [&] { return stops_ || !status_.ok() || written_ >= wanted; });
  return written_ >= wanted ? storage_status{} : status_;
}

alert_desk::figures alert_desk::now() const {
  return {sent_.load(std::memory_order_relaxed),    failed_.load(std::memory_order_relaxed),
          held_.load(std::memory_order_relaxed),    silenced_.load(std::memory_order_relaxed),
          dropped_.load(std::memory_order_relaxed), queued_.load(std::memory_order_relaxed)};
}

void alert_desk::run() {
  std::unique_lock guard(lock_);
  for (;;) {
    work_.wait_for(guard, tick_interval, [this] { return stops_ || chosen_ || !queue_.empty(); });
    if (stops_ && queue_.empty()) break;
    auto fresh = std::exchange(chosen_, std::nullopt);
    const auto by_stream = by_stream_;
    const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), batch_events));
    std::deque<notice> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(queue_.begin() + count));
    queue_.erase(queue_.begin(), queue_.begin() + count);
    guard.unlock();
    if (fresh) adopt(std::move(*fresh), by_stream);
    storage_status written = write(batch);
    guard.lock();
    if (written.ok()) {
      written_ += batch.size();
    } else {
      if (status_.ok()) log_event(log_level::warning, "alerts_unwritable", {{"reason", written.text()}});
      queue_.insert(queue_.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
    }
    status_ = std::move(written);
    progress_.notify_all();
    if (status_.ok()) continue;
    if (stops_) break;
    work_.wait_for(guard, tick_interval, [this] { return stops_; });
  }
  guard.unlock();
  end_couriers();
  const std::lock_guard book_guard(book_lock_);
  book_.close();
}

void alert_desk::adopt(alerts_settings chosen, chosen_alert by_stream) {
  end_couriers();
  {
    const std::lock_guard guard(book_lock_);
    (void)open_book();  // said by write(), which tries again
    log_notes();
    clerk_ = std::make_unique<alert_clerk>(book_, alert_routes(std::move(chosen), std::move(by_stream)));
    std::vector<std::string> names;
    for (const alert_settings& alert : clerk_->routes().alerts()) names.push_back(alert.name);
    if (book_.begin().ok()) {
      const std::uint64_t gone = book_.drop_others(names);
      if (book_.commit().ok()) dropped_.fetch_add(gone, std::memory_order_relaxed);
    }
    queued_ = book_.queued();
  }
  for (const alert_settings& alert : clerk_->routes().alerts()) {
    courier& made = *couriers_.emplace_back(std::make_unique<courier>());
    made.alert = alert;
    made.thread = std::thread([this, &made] { serve(made); });
  }
}

storage_status alert_desk::write(const std::deque<notice>& batch) {
  std::vector<alert_clerk::held_mark> marks;
  {
    const std::lock_guard guard(book_lock_);
    storage_status status = open_book();
    if (status.ok()) status = book_.begin();
    if (!status.ok()) return status;
    const std::int64_t now_ms = around_.clock();
    for (const notice& said : batch) clerk_->take(said, now_ms);
    clerk_->tick(now_ms);
    clerk_->save();
    status = book_.commit();
    const alert_clerk::tally counted = clerk_->take_tally();
    marks = clerk_->take_marks();
    queued_ = book_.queued();
    if (!status.ok()) {
      // A book that stays broken would keep snapshots from being finished.
      if (status.fault == storage_fault::damaged) is_book_open_ = book_.replace(status, is_synced_).ok();
      log_notes();
      clerk_->load();
      return status;
    }
    held_.fetch_add(counted.held, std::memory_order_relaxed);
    silenced_.fetch_add(counted.silenced, std::memory_order_relaxed);
    dropped_.fetch_add(counted.dropped, std::memory_order_relaxed);
  }
  book_news_.notify_all();
  if (around_.mark) {
    for (const alert_clerk::held_mark& mark : marks) around_.mark(mark);
  }
  return {};
}

void alert_desk::log_notes() {
  for (const storage_note& note : book_.take_notes()) {
    log_event(log_level::warning, note.event, {{"file", note.file}, {"reason", note.reason}});
  }
}

void alert_desk::end_couriers() {
  {
    const std::lock_guard guard(book_lock_);
    for (const auto& one : couriers_) one->stops = true;
  }
  book_news_.notify_all();
  for (const auto& one : couriers_) one->thread.join();
  couriers_.clear();
}

void alert_desk::serve(courier& own) {
  const std::unique_ptr<alert_sender> sender = around_.sender(own.alert);
  std::minstd_rand random(std::random_device{}());
  minute_limit limit(own.alert.per_minute);
  unsigned failures = 0;
  unsigned refusals = 0;
  while (auto message = await(own)) {
    if (!pause(own, limit.wait_ms(around_.clock()))) return;
    message->now_ms = around_.clock();
    limit.sent(message->now_ms);
    const delivery ended = sender->send(own.alert, *message, own.stops);
    refusals = ended.as == delivery::end::refused ? refusals + 1 : 0;
    if (ended.as != delivery::end::acknowledged) {
      if (own.stops) return;
      failed_.fetch_add(1, std::memory_order_relaxed);
      log_finding("alert_failed", {{"alert", std::string_view(own.alert.name)},
                                   {"id", std::string_view(message->id)},
                                   {"events", std::uint64_t{message->notices.size()}},
                                   {"reason", std::string_view(ended.reason)}});
      if (refusals < refusals_max) {
        const double chance = static_cast<double>(random()) / static_cast<double>(std::minstd_rand::max());
        if (!pause(own, retry_delay_ms(++failures, chance))) return;
        continue;
      }
      dropped_.fetch_add(message->notices.size(), std::memory_order_relaxed);
      log_event(log_level::error, "alert_dropped", {{"alert", own.alert.name}, {"id", message->id}});
    } else {
      sent_.fetch_add(1, std::memory_order_relaxed);
      log_finding("alert_sent", {{"alert", std::string_view(own.alert.name)},
                                 {"id", std::string_view(message->id)},
                                 {"events", std::uint64_t{message->notices.size()}}});
    }
    failures = refusals = 0;
    if (!settle(own, *message)) return;
  }
}

std::optional<outgoing> alert_desk::await(courier& own) {
  std::unique_lock guard(book_lock_);
  while (!own.stops) {
    alert_book::message found;
    const std::int64_t now_ms = around_.clock();
    if (book_.begin().ok()) {
      found = book_.next(own.alert.name, now_ms);
      if (!book_.commit().ok()) found = {};
    }
    if (!found.notices.empty()) return outgoing{id_of(own.alert, found), std::move(found.notices), now_ms};
    const std::int64_t wait_ms = found.next_due == 0 ? tick_interval.count() * 60 : found.next_due - now_ms;
    book_news_.wait_for(guard, milliseconds(std::clamp<std::int64_t>(wait_ms, 1, tick_interval.count() * 60)));
  }
  return std::nullopt;
}

bool alert_desk::pause(courier& own, std::int64_t ms) {
  std::unique_lock guard(book_lock_);
  return !book_news_.wait_for(guard, milliseconds(std::max<std::int64_t>(ms, 0)), [&own] { return own.stops.load(); });
}

// What was acknowledged is not sent again while the disk is full: it is crossed out as soon as that is possible.
bool alert_desk::settle(courier& own, const outgoing& message) {
  for (;;) {
    {
      const std::lock_guard guard(book_lock_);
      if (book_.begin().ok()) {
        book_.acknowledge(own.alert.name, message.notices.front().id);
        const bool is_settled = book_.commit().ok();
        queued_ = book_.queued();
        if (is_settled) return !own.stops;
      }
    }
    if (!pause(own, tick_interval.count())) return false;
  }
}

}  // namespace spindrift
