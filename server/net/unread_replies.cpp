// Counts what is held, and waits for a write that gets no further.
#include "server/net/unread_replies.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/clock/clock.hpp"
#include "server/net/socket_option.hpp"

namespace spindrift {

unread_replies::unread_replies(connection_host& home, transport& stream, const writer& out)
    : home_(home), stream_(stream), writer_(out), timer_(stream.socket().get_executor()) {}

bool unread_replies::is_within_room() const {
  const net_settings& settings = home_.settings;
  return writer_.unsent_bytes() < (holds_much_ ? settings.held_bytes_max : settings.unsent_bytes_max);
}

bool unread_replies::have_room() {
  const net_settings& settings = home_.settings;
  if (is_within_room()) return true;
  if (holds_much_ || writer_.unsent_bytes() >= settings.held_bytes_max) return false;
  if (home_.holders >= settings.holders_max) return false;
  holds_much_ = true;
  ++home_.holders;
  return true;
}

bool unread_replies::is_overdue() const {
  const net_settings& settings = home_.settings;
  const auto patience = is_within_room() ? settings.mute_after : std::min(settings.mute_after, settings.standstill_max);
  return writer_.is_writing() && steady_ms() - writer_.progress_ms() >= patience.count();
}

void unread_replies::release() {
  if (std::exchange(holds_much_, false)) --home_.holders;
}

void unread_replies::watch(std::function<void()> overdue) {
  if (std::exchange(is_watching_, true)) return;
  const net_settings& settings = home_.settings;
  const auto patience = std::min(settings.mute_after, settings.standstill_max);
  const std::int64_t left = patience.count() - (steady_ms() - writer_.progress_ms());
  timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(left, 1)));
  timer_.async_wait([this, overdue = std::move(overdue)](boost::system::error_code cancelled) mutable {
    is_watching_ = false;
    if (cancelled || !writer_.is_writing() || writer_.is_muted()) return;
    if (is_overdue()) return overdue();
    // While there is room the sweep sees to it.
    if (!is_within_room()) watch(std::move(overdue));
  });
}

void unread_replies::be_patient() {
  if (!std::exchange(is_patient_, true)) {
    set_unacknowledged_timeout(stream_.socket(), std::chrono::milliseconds(0));
  }
}

void unread_replies::all_taken() {
  if (std::exchange(is_patient_, false)) {
    set_unacknowledged_timeout(stream_.socket(), home_.settings.unacknowledged_timeout);
  }
}

void unread_replies::stop() {
  release();
  timer_.cancel();
}

}  // namespace spindrift
