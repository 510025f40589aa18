#include "server/net/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "common/log/log.hpp"
#include "common/protocol/encode.hpp"
#include "server/net/shard.hpp"

namespace spindrift {
namespace {

// Pieces of one gathered write: enough to drain a burst with few calls, below every platform's limit of buffers a call.
constexpr std::size_t pieces_max = 32;

void set_option(tcp::socket& socket, int level, int name, int value) {
  // An option that the kernel refuses costs precision, not correctness: nothing to be done about it.
  (void)::setsockopt(socket.native_handle(), level, name, &value, sizeof value);
}

void set_options(tcp::socket& socket, const net_settings& settings) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(settings.keepalive_idle.count()));
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(settings.keepalive_interval.count()));
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, settings.keepalive_probes);
}

std::string peer_of(tcp::socket& socket) {
  socket_error failed;
  const auto remote = socket.remote_endpoint(failed);
  return failed ? "unknown" : remote.address().to_string() + ":" + std::to_string(remote.port());
}

}  // namespace

connection::connection(shard& home, std::unique_ptr<transport> stream, std::uint64_t number)
    : home_(home),
      stream_(std::move(stream)),
      number_(number),
      peer_(peer_of(stream_->socket())),
      inbox_(home.whole().environment.admission != nullptr ? limits::frame_bytes_max_unauthorized
                                                           : home.whole().settings.frame_bytes_max),
      session_(home.whole().environment, home.workspace(), number),
      timer_(stream_->socket().get_executor()),
      opened_ms_(steady_ms()) {
  set_options(stream_->socket(), home.whole().settings);
  set_unacknowledged_timeout(home.whole().settings.unacknowledged_timeout);
}

connection::~connection() = default;

void connection::set_unacknowledged_timeout(std::chrono::milliseconds timeout) {
  set_option(stream_->socket(), IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timeout.count()));
}

void connection::start() {
  stream_->async_open([self = shared_from_this()](socket_error failed) {
    if (self->phase_ != phase::opening) return;
    if (failed) return self->close("no handshake: " + failed.message());
    self->phase_ = phase::serving;
    self->read();
  });
}

void connection::start_refused(error_code code, std::string message) {
  stream_->async_open([self = shared_from_this(), code, message = std::move(message)](socket_error failed) {
    if (self->phase_ != phase::opening) return;
    if (failed) return self->close("no handshake");
    self->phase_ = phase::serving;
    step& out = self->home_.scratch();
    out.clear();
    self->session_.refuse(code, message, out);
    self->carry_out();
  });
}

void connection::read() {
  if (reading_ || phase_ != phase::serving || peer_ended_) return;
  reading_ = true;
  stream_->async_read(inbox_.space(), [self = shared_from_this()](socket_error failed, std::size_t bytes) {
    self->on_read(failed, bytes);
  });
}

void connection::on_read(socket_error failed, std::size_t bytes) {
  reading_ = false;
  timer_.cancel();
  if (phase_ == phase::finishing || phase_ == phase::closed) return;  // what came now is past the end
  if (phase_ == phase::lingering) return linger();
  if (failed == asio::error::eof) {
    peer_ended_ = true;
    inbox_.finish();
  } else if (failed) {
    return close(failed.message());
  }
  add(home_.whole().environment.counts.bytes_received, bytes);
  inbox_.received(bytes);
  if (peer_ended_) inbox_.finish();
  advance();
}

void connection::advance() {
  if (phase_ != phase::serving) return;
  step& out = home_.scratch();
  out.clear();
  session_.advance(inbox_, now(), out);
  carry_out();
}

// Does what the step asks, in the order that its fields must take effect.
void connection::carry_out() {
  step& out = home_.scratch();
  home_.publish(out);
  has_more_ = out.has_more;
  if (muted_) {
    add(home_.whole().environment.counts.replies_muted,
        static_cast<std::uint64_t>(std::count(out.replies.begin(), out.replies.end(), '\n')));
  } else if (replies_.empty()) {
    std::swap(replies_, out.replies);
  } else {
    replies_ += out.replies;
  }
  if (out.unsubscribes) unsubscribe();
  if (out.supersedes != 0) home_.supersede(out.supersedes);
  if (out.pause.count() > 0) paused_until_ms_ = steady_ms() + out.pause.count();
  const auto closes = out.closes;
  std::optional<filter> wanted;
  std::swap(wanted, out.subscribes);
  if (session_.is_admitted()) inbox_.set_frame_bytes_max(home_.whole().settings.frame_bytes_max);
  if (home_.whole().written_to && !replies_.empty()) durable_at_ = home_.whole().written_to();
  // A guesser of tokens shall have to wait for each answer.
  if (closes == error_code::unauthorized) return finish_later(name_of(*closes));
  if (closes) return finish(name_of(*closes));
  watch_unfinished_frame();
  if (wanted) subscribe(std::move(*wanted));
  write();
}

// The clock of an unfinished frame runs from its first byte; finishing one and beginning the next starts it anew.
void connection::watch_unfinished_frame() {
  if (has_more_ || !inbox_.holds_partial()) {
    frame_begun_ms_ = 0;
  } else if (frame_begun_ms_ == 0 || inbox_.frames_cut() != frames_seen_) {
    frame_begun_ms_ = steady_ms();
  }
  frames_seen_ = inbox_.frames_cut();
}

void connection::await_silence() {
  timer_.expires_after(home_.whole().settings.object_silence);
  timer_.async_wait([self = shared_from_this()](socket_error cancelled) {
    if (cancelled || self->phase_ != phase::serving || !self->inbox_.holds_complete_object()) return;
    self->inbox_.finish();
    self->advance();
  });
}

// One write at a time. What the kernel takes at once needs no handler at all, which is the usual case.
void connection::write() {
  if (writing_ || phase_ == phase::closed || phase_ == phase::lingering) return;
  while (gather()) {
    if (pieces_.empty() && sent_ == 0) {
      socket_error failed;
      const std::size_t bytes = stream_->write_now(sending_, failed);
      if (failed) return close(failed.message());
      add(home_.whole().environment.counts.bytes_sent, bytes);
      if (bytes == sending_.size()) {
        sending_.clear();
        continue;
      }
      sent_ = bytes;
    }
    writing_ = true;
    progress_ms_ = steady_ms();
    collect_buffers();
    return stream_->async_write(buffers_, [self = shared_from_this()](socket_error failed, std::size_t bytes) {
      self->writing_ = false;
      if (self->phase_ == phase::closed) return;
      if (failed) return self->close(failed.message());
      self->on_written(bytes);
    });
  }
  after_write();
}

// Fills sending_ and pieces_ with the next things to write. False: there is nothing.
bool connection::gather() {
  if (!sending_.empty() || !pieces_.empty()) return true;
  sent_ = 0;
  if (!waits_for_disk()) std::swap(sending_, replies_);
  while (sending_.empty() && feed_ && pieces_.size() < pieces_max) {
    outbox::piece next = feed_->take();
    if (next.bytes.empty()) break;
    pieces_.push_back(std::move(next));
  }
  return !sending_.empty() || !pieces_.empty();
}

// With durability fsync a verdict is an acknowledgement only once its point is on the disk.
bool connection::waits_for_disk() {
  if (replies_.empty() || !home_.whole().durable_to || durable_at_ <= home_.whole().durable_to()) return false;
  home_.await_durable(*this);
  return true;
}

void connection::collect_buffers() {
  buffers_.clear();
  std::size_t skip = sent_;
  const auto put = [&](std::string_view bytes) {
    const std::size_t gone = std::min(skip, bytes.size());
    skip -= gone;
    if (gone < bytes.size()) buffers_.emplace_back(bytes.data() + gone, bytes.size() - gone);
  };
  put(sending_);
  for (const outbox::piece& each : pieces_) put(each.bytes);
}

void connection::on_written(std::size_t bytes) {
  add(home_.whole().environment.counts.bytes_sent, bytes);
  sent_ += bytes;
  std::size_t total = sending_.size();
  std::size_t lines = 0;
  for (const outbox::piece& each : pieces_) {
    total += each.bytes.size();
    lines += each.lines;
  }
  if (sent_ == total) {
    add(home_.whole().environment.counts.feed_lines_sent, lines);
    sending_.clear();
    pieces_.clear();
    muted_ = false;
    if (patient_) {
      patient_ = false;
      set_unacknowledged_timeout(home_.whole().settings.unacknowledged_timeout);
    }
  }
  write();
}

// Nothing is left to be written, or not yet.
void connection::after_write() {
  if (!replies_.empty()) return;
  if (phase_ == phase::finishing) return linger();
  if (phase_ != phase::serving) return;
  if (has_more_) {
    if (paused_until_ms_ > steady_ms()) return;  // the sweep goes on with it
    // From the io_context, so that other connections get their turn between two steps.
    has_more_ = false;
    return asio::post(timer_.get_executor(), [self = shared_from_this()] { self->advance(); });
  }
  if (peer_ended_) return finish("the client ended");
  if (inbox_.holds_complete_object()) await_silence();
  read();
}

void connection::deliver(const shared_bulletin& what) {
  if (!feed_ || phase_ != phase::serving) return;
  const std::size_t dropped = feed_->put(what);
  if (dropped > 0) add(home_.whole().environment.counts.feed_lines_dropped, dropped);
  if (!writing_) write_feed();
}

void connection::write_feed() {
  // Only what stands alone may be begun here; replies under way bring the feed along when they are done.
  if (!has_unsent_replies() && pieces_.empty() && !feed_->is_empty()) write();
}

void connection::subscribe(filter wanted) {
  set_option(stream_->socket(), SOL_SOCKET, SO_SNDBUF, home_.whole().settings.feed_send_buffer_bytes);
  feed_.emplace(std::move(wanted), home_.whole().settings.feed_bytes_max);
  home_.subscriber_came(*this);
}

void connection::unsubscribe() {
  home_.subscriber_went(*this);
  feed_.reset();
}

void connection::supersede() {
  if (phase_ != phase::serving) return;
  step& out = home_.scratch();
  out.clear();
  session_.superseded(out);
  carry_out();
}

void connection::drain() {
  if (phase_ == phase::opening) return close("shutting down");
  if (phase_ != phase::serving) return;
  // What was read is answered; a muted client is owed nothing.
  step& out = home_.scratch();
  do {
    out.clear();
    session_.advance(inbox_, now(), out);
    home_.publish(out);
    if (!muted_) replies_ += out.replies;
  } while (out.has_more && !out.closes);
  out.clear();
  session_.refuse(error_code::shutting_down, "the server is shutting down", out);
  carry_out();
}

// The last replies go out, then the connection ends.
void connection::finish(std::string_view reason) {
  if (phase_ != phase::serving) return;
  phase_ = phase::finishing;
  has_more_ = false;
  log_event(log_level::debug, "connection_ends", {{"peer", peer_}, {"reason", reason}});
  write();
}

void connection::finish_later(std::string_view reason) {
  timer_.expires_after(home_.whole().settings.refusal_delay);
  timer_.async_wait([self = shared_from_this(), reason](socket_error cancelled) {
    if (!cancelled) self->finish(reason);
  });
}

// Our side is shut; reading on until the client has closed keeps a reset from destroying replies on their way.
void connection::linger() {
  if (phase_ == phase::closed) return;
  if (phase_ == phase::lingering) return discard();
  phase_ = phase::lingering;
  home_.subscriber_went(*this);
  timer_.expires_after(home_.whole().settings.linger);
  timer_.async_wait([self = shared_from_this()](socket_error cancelled) {
    if (!cancelled) self->close("the client did not close");
  });
  stream_->async_shut_down([self = shared_from_this()] {
    if (self->peer_ended_) return self->close("done");
    self->discard();
  });
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
  timer_.cancel();
  stream_->close();
  home_.closed(*this);
}

void connection::abort() {
  close("cut");
}

void connection::sweep(std::int64_t at) {
  const net_settings& settings = home_.whole().settings;
  if (phase_ == phase::opening && at - opened_ms_ > settings.admission_timeout.count())
    return close("no handshake in time");
  if (phase_ != phase::serving) return;
  step& out = home_.scratch();
  out.clear();
  if (!session_.is_admitted() && at - opened_ms_ > settings.admission_timeout.count()) {
    session_.refuse(error_code::unauthorized, "no token was shown in time", out);
    return carry_out();
  }
  if (frame_begun_ms_ != 0 && at - frame_begun_ms_ > settings.frame_timeout.count()) {
    session_.refuse(error_code::idle, "a frame was begun and not ended in time", out);
    return carry_out();
  }
  if (has_more_ && !writing_ && paused_until_ms_ != 0 && paused_until_ms_ <= at) {
    paused_until_ms_ = 0;
    return after_write();
  }
  if (!writing_) return;
  const std::int64_t stalled = at - progress_ms_;
  if (feed_ && stalled > settings.feed_timeout.count()) {
    log_event(log_level::warning, "slow_consumer", {{"peer", peer_}});
    add(home_.whole().environment.counts.errors[static_cast<std::size_t>(error_code::slow_consumer)], 1);
    return close("slow_consumer");
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
  add(home_.whole().environment.counts.replies_muted,
      static_cast<std::uint64_t>(std::count(replies_.begin(), replies_.end(), '\n')));
  replies_.clear();
  if (has_more_) {
    advance();
  } else {
    read();
  }
}

}  // namespace spindrift
