// Looks at the memory in use, and has idle streams make room.
#include "server/app/memory_guard.hpp"

#include <malloc.h>

#include "common/log/log.hpp"
#include "server/app/daemon_info.hpp"
#include "server/net/clock.hpp"

namespace spindrift {

void memory_guard::start() {
  if (ceiling_bytes_ > 0) thread_ = std::thread([this] { run(); });
}

void memory_guard::stop() {
  {
    const std::lock_guard guard(lock_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void memory_guard::run() {
  for (std::unique_lock guard(lock_);
       !wake_.wait_for(guard, std::chrono::milliseconds(100), [&] { return stopping_; });) {
    guard.unlock();
    look(resident_bytes(), now());
    guard.lock();
  }
}

void memory_guard::look(std::uint64_t resident, moment at) {
  const bool was_full = engine_.is_closed_to_new_streams();
  const bool is_full = resident > (was_full ? ceiling_bytes_ - ceiling_bytes_ / 20 : ceiling_bytes_);
  if (is_full != was_full) engine_.close_to_new_streams(is_full);
  say(is_full, resident);
  if (!is_full) return;
  const std::size_t forgotten =
      engine_.forget_idle(at.steady_ms - idle_before_eviction_.count(), forgotten_at_once, at);
  // What is freed stays with the process otherwise, and nothing would ever look less full.
  if (forgotten > 0) ::malloc_trim(0);
}

// Once each time, whichever of the two it is that refuses: what is in use, or what the streams may grow to.
void memory_guard::say(bool is_full, std::uint64_t resident) {
  const bool is_news = (is_full || engine_.is_reckoned_full(was_said_)) != was_said_;
  if (!is_news) return;
  was_said_ = !was_said_;
  log_event(was_said_ ? log_level::warning : log_level::info, was_said_ ? "memory_full" : "memory_recovered",
            {{"resident_bytes", resident}, {"ceiling_bytes", ceiling_bytes_}});
}

}  // namespace spindrift
