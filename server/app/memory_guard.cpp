// Looks at the memory in use, and has idle streams make room.
#include "server/app/memory_guard.hpp"

#include <algorithm>

#include "common/log/log.hpp"
#include "server/app/free_pages.hpp"
#include "server/app/process_metrics.hpp"
#include "server/clock/clock.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/producer_table.hpp"

namespace spindrift {

void memory_guard::start() {
  thread_ = std::thread([this] { run(); });
}

void memory_guard::stop() {
  {
    const std::lock_guard guard(lock_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// Without its thread, so that a look sees one ceiling.
void memory_guard::hold_to(std::uint64_t ceiling_bytes, std::chrono::milliseconds idle_before_eviction) {
  if (ceiling_bytes == ceiling_bytes_ && idle_before_eviction == idle_before_eviction_) return;
  stop();
  stopping_ = false;
  ceiling_bytes_ = ceiling_bytes;
  idle_before_eviction_ = idle_before_eviction;
  if (ceiling_bytes == 0) {
    engine_.bound_grown_bytes(0);
    engine_.limit_growth(growth::unlimited);
  }
  start();
}

void memory_guard::run() {
  const std::chrono::milliseconds interval = ceiling_bytes_ > 0 ? look_interval : free_pages_interval;
  std::chrono::milliseconds since_given{0};
  for (std::unique_lock guard(lock_); !wake_.wait_for(guard, interval, [&] { return stopping_; });) {
    guard.unlock();
    since_given += interval;
    if (since_given >= free_pages_interval) {
      give_free_pages_back();
      since_given = std::chrono::milliseconds(0);
    }
    if (ceiling_bytes_ > 0) {
      const std::uint64_t resident = resident_bytes();
      look(resident - std::min(resident, besides_bytes_.load(std::memory_order_relaxed)), now());
    }
    guard.lock();
  }
}

void memory_guard::look(std::uint64_t resident, moment at) {
  share_out();
  const growth now = allowed(resident);
  if (now != engine_.allowed_growth()) engine_.limit_growth(now);
  say(now != growth::unlimited, resident);
  say_growth(now == growth::none, resident);
  if (now == growth::unlimited) return;
  const std::size_t forgotten =
      engine_.forget_idle(at.steady_ms - idle_before_eviction_.count(), forgotten_at_once, at);
  // What is freed stays with the process otherwise, and nothing would ever look less full.
  if (forgotten > 0) give_free_pages_back();
}

// What the verdicts do not take the streams may, beyond what is always theirs; and the other way round.
void memory_guard::share_out() {
  const std::uint64_t both = ceiling_bytes_ / 8 * 7;
  const std::uint64_t kept_always = kept_of(ceiling_bytes_) / 2;
  const std::uint64_t kept = producers_.kept_bytes();
  engine_.bound_grown_bytes(static_cast<std::size_t>(both - std::clamp(kept, kept_always, both)));
  const std::uint64_t left = both - std::min<std::uint64_t>(engine_.grown_bytes(), both);
  producers_.bound_kept(std::min<std::size_t>(producers_.kept_bytes_max(), std::max(left, kept_always)));
}

growth memory_guard::allowed(std::uint64_t resident) const {
  const growth before = engine_.allowed_growth();
  const std::uint64_t twentieth = ceiling_bytes_ / 20;
  if (resident > ceiling_bytes_ + (before == growth::none ? 0 : twentieth)) return growth::none;
  const bool is_full = resident > ceiling_bytes_ - (before == growth::unlimited ? 0 : twentieth);
  return is_full ? growth::of_known_streams : growth::unlimited;
}

// Once each time, whichever of the two it is that refuses: what is in use, or what the streams may grow to.
void memory_guard::say(bool is_full, std::uint64_t resident) {
  const bool is_news = (is_full || engine_.is_reckoned_full(was_said_)) != was_said_;
  if (!is_news) return;
  was_said_ = !was_said_;
  log_event(was_said_ ? log_level::warning : log_level::info, was_said_ ? "memory_full" : "memory_recovered",
            {{"resident_bytes", resident}, {"ceiling_bytes", ceiling_bytes_}});
}

void memory_guard::say_growth(bool is_stopped, std::uint64_t resident) {
  if (is_stopped == was_stopped_said_) return;
  was_stopped_said_ = is_stopped;
  log_event(is_stopped ? log_level::error : log_level::info, is_stopped ? "growth_stopped" : "growth_goes_on",
            {{"resident_bytes", resident}, {"ceiling_bytes", ceiling_bytes_}});
}

}  // namespace spindrift
