// Shuts our side and waits for the client's end.
#include "server/net/graceful_close.hpp"

#include <utility>

#include "server/clock/clock.hpp"
#include "server/net/socket_option.hpp"

namespace spindrift {

void graceful_close::begin(std::shared_ptr<void> owner, bool client_has_ended, bool is_reading, ended done) {
  owner_ = owner;
  done_ = std::move(done);
  is_reading_ = is_reading;
  in_flight_bytes_ = unacknowledged_bytes(stream_.socket());
  progress_ms_ = steady_ms();
  await_client_end();
  stream_.async_shut_down([this, owner = std::move(owner), client_has_ended] {
    if (client_has_ended) return end("done");
    discard();
  });
}

void graceful_close::await_client_end() {
  timer_.expires_after(settings_.linger);
  timer_.async_wait([this, owner = owner_.lock()](socket_error cancelled) {
    if (cancelled || !done_) return;
    const std::size_t left = unacknowledged_bytes(stream_.socket());
    if (left < std::exchange(in_flight_bytes_, left)) progress_ms_ = steady_ms();
    const std::int64_t stalled = steady_ms() - progress_ms_;
    if (left == 0 || stalled > settings_.unacknowledged_timeout.count()) return end("the client did not close");
    await_client_end();
  });
}

void graceful_close::read_ended(bool failed) {
  is_reading_ = false;
  if (failed) return end("done");
  discard();
}

void graceful_close::discard() {
  if (!done_ || is_reading_) return;
  is_reading_ = true;
  discarded_.resize(4'096);
  stream_.async_read(discarded_, [this, owner = owner_.lock()](socket_error failed, std::size_t /*bytes*/) {
    read_ended(static_cast<bool>(failed));
  });
}

void graceful_close::end(std::string_view reason) {
  if (done_) std::exchange(done_, nullptr)(reason);
}

}  // namespace spindrift
