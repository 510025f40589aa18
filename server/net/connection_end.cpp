// How a connection ends: drained, finished, refused, lingering, cut; and the deadlines that bring it about.
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "common/log/log.hpp"
#include "common/protocol/encode.hpp"
#include "server/net/connection.hpp"
#include "server/net/shard.hpp"

namespace spindrift {

void connection::supersede() {
  if (phase_ != phase::serving) return;
  step& out = home_.scratch();
  out.clear();
  session_.superseded(out);
  carry_out();
}

void connection::check_token() {
  if (phase_ != phase::serving || session_.is_still_admitted()) return;
  step& out = home_.scratch();
  out.clear();
  session_.refuse(error_code::unauthorized, "the token is gone, or has other rights: say hello again", out);
  carry_out();
}

void connection::drain() {
  if (phase_ == phase::opening) return close("shutting down");
  if (phase_ == phase::refusing) return finish("shutting down");
  if (phase_ != phase::serving) return;
  if (session_.awaits_answer()) {
    drain_is_due_ = true;
    return;
  }
  // What was read is answered, as far as a connection may hold unsent replies; what is beyond was not applied. A muted
  // client is owed nothing.
  step& out = home_.scratch();
  do {
    out.clear();
    session_.advance(inbox_, now(), out);
    if (!muted_) replies_ += out.replies;
    if (out.asks) {
      home_.ask_history(*this, *out.asks, session_.who());
      drain_is_due_ = true;
      return write_later();
    }
  } while (out.has_more && !out.closes && out.pause.count() == 0 &&
           replies_.size() < home_.shared().settings.unsent_bytes_max);
  out.clear();
  session_.refuse(error_code::shutting_down, "the server is shutting down", out);
  carry_out();
}

// The last replies go out, then the connection ends.
void connection::finish(std::string_view reason) {
  if (phase_ != phase::serving && phase_ != phase::refusing) return;
  phase_ = phase::finishing;
  end_subscription();
  has_more_ = false;
  timer_.cancel();
  log_event(log_level::debug, "connection_ends", {{"peer", peer_}, {"reason", reason}});
  write();
}

// Nothing is written and nothing that comes is looked at until the delay has passed.
void connection::finish_later(std::string_view reason) {
  phase_ = phase::refusing;
  end_subscription();
  has_more_ = false;
  timer_.expires_after(home_.shared().settings.refusal_delay);
  timer_.async_wait([self = shared_from_this(), reason](socket_error cancelled) {
    if (!cancelled) self->finish(reason);
  });
}

// The cancelled write had got `bytes` further. The line under way is ended and the reason said, so that whoever reads
// on reads whole lines. The send buffer is full, so it is made larger first; where nothing can be written at once
// (TLS), the connection just ends.
void connection::end_slow_feed(std::size_t bytes) {
  sent_ += bytes;
  collect_buffers();
  std::string last;
  for (const asio::const_buffer& each : buffers_) {
    const std::string_view text(static_cast<const char*>(each.data()), each.size());
    const std::size_t line_end = text.find('\n');
    last += text.substr(0, line_end == std::string_view::npos ? line_end : line_end + 1);
    if (line_end != std::string_view::npos) break;
  }
  encode(protocol_error{error_code::slow_consumer, "nothing of the feed was taken for too long"}, 0, last);
  const int room = 2 * static_cast<int>(home_.shared().settings.feed_send_buffer_bytes) + static_cast<int>(last.size());
  const int any_unsent = std::numeric_limits<int>::max();
  const int handle = stream_->socket().native_handle();
  (void)::setsockopt(handle, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  (void)::setsockopt(handle, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &any_unsent, sizeof any_unsent);
  socket_error ignored;
  (void)stream_->write_now(last, ignored);
  close("slow_consumer");
}

// Our side is shut; reading on until the client has closed keeps a reset from destroying replies on their way.
void connection::linger() {
  phase_ = phase::lingering;
  in_flight_bytes_ = unacknowledged_bytes();
  progress_ms_ = steady_ms();
  await_client_end();
  stream_->async_shut_down([self = shared_from_this()] {
    if (self->peer_ended_) return self->close("done");
    self->discard();
  });
}

// A client that has everything and does not close is not waited for; one that still reads is, however slowly it does.
void connection::await_client_end() {
  timer_.expires_after(home_.shared().settings.linger);
  timer_.async_wait([self = shared_from_this()](socket_error cancelled) {
    if (cancelled || self->phase_ != phase::lingering) return;
    const std::size_t left = self->unacknowledged_bytes();
    if (left < std::exchange(self->in_flight_bytes_, left)) self->progress_ms_ = steady_ms();
    const std::int64_t stalled = steady_ms() - self->progress_ms_;
    if (left == 0 || stalled > self->home_.shared().settings.unacknowledged_timeout.count()) {
      return self->close("the client did not close");
    }
    self->await_client_end();
  });
}

// What we have written and the client's machine has not confirmed.
std::size_t connection::unacknowledged_bytes() const {
  int bytes = 0;
  if (::ioctl(stream_->socket().native_handle(), SIOCOUTQ, &bytes) != 0) return 0;
  return static_cast<std::size_t>(bytes);
}

void connection::discard() {
  if (phase_ != phase::lingering || reading_) return;
  reading_ = true;
  discarded_.resize(4'096);
  stream_->async_read(discarded_, [self = shared_from_this()](socket_error failed, std::size_t /*bytes*/) {
    self->reading_ = false;
    if (failed) return self->close("done");
    self->discard();
  });
}

void connection::close(std::string_view reason) {
  if (phase_ == phase::closed) return;
  log_event(log_level::debug, "connection_closed", {{"peer", peer_}, {"reason", reason}});
  phase_ = phase::closed;
  end_subscription();
  timer_.cancel();
  stream_->close();
  home_.closed(*this);
}

void connection::abort() {
  close("cut");
}

void connection::shed() {
  close("too many handshakes at once");
}

void connection::sweep(std::int64_t at) {
  const net_settings& settings = home_.shared().settings;
  if (phase_ == phase::opening && at - opened_ms_ > settings.admission_timeout.count()) {
    return close("no handshake in time");
  }
  if (phase_ == phase::finishing && writing_ && at - progress_ms_ > settings.unacknowledged_timeout.count()) {
    return close("the last replies were not read");
  }
  if (phase_ != phase::serving) return;
  step& out = home_.scratch();
  out.clear();
  if (!session_.is_admitted() && at - opened_ms_ > settings.admission_timeout.count()) {
    session_.refuse(error_code::unauthorized, std::string(session::unauthorized_text), out);
    return carry_out();
  }
  if (reading_ && frame_begun_ms_ != 0 && at - frame_begun_ms_ > settings.frame_timeout.count()) {
    session_.refuse(error_code::idle, "a frame was begun and not ended in time", out);
    return carry_out();
  }
  if (reading_ && !has_unsent_replies() && !advance_is_due_ && session_.wait(inbox_, now(), out)) return carry_out();
  if (!writing_ || too_slow_) return;
  const std::int64_t stalled = at - progress_ms_;
  if (feed_ && stalled > settings.feed_timeout.count()) {
    log_event(log_level::warning, "slow_consumer", {{"peer", peer_}});
    add(home_.shared().environment.counts.errors[static_cast<std::size_t>(error_code::slow_consumer)], 1);
    too_slow_ = true;
    socket_error ignored;
    stream_->socket().cancel(ignored);
    return;
  }
  if (!feed_ && stalled > settings.mute_after.count()) mute();
}

// The client does not read. One that wants every reply simply waits for itself; any other is muted: its points are
// taken, its replies dropped, until it reads again. Either may go on like that for ever, so the timeout of
// unacknowledged data, which would take it for dead, is put off.
void connection::mute() {
  if (!patient_) {
    patient_ = true;
    set_unacknowledged_timeout(std::chrono::milliseconds(0));
  }
  if (muted_ || session_.wants_every_reply()) return;
  muted_ = true;
  log_event(log_level::info, "muted", {{"peer", peer_}});
  add(home_.shared().environment.counts.replies_muted,
      static_cast<std::uint64_t>(std::count(replies_.begin(), replies_.end(), '\n')));
  replies_.clear();
  go_on();
}

}  // namespace spindrift
