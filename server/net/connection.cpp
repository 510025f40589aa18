// A connection while it is served: reading, advancing, carrying out steps, writing.
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
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(settings.keepalive_idle_s));
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(settings.keepalive_interval_s));
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(settings.keepalive_probes));
  set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, static_cast<int>(settings.unsent_bytes_max));
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
      inbox_(home.shared().environment.admission != nullptr ? limits::frame_bytes_max_unauthorized
                                                            : home.shared().settings.frame_bytes_max),
      session_(home.shared().environment, home.workspace(), number),
      timer_(stream_->socket().get_executor()),
      opened_ms_(steady_ms()) {
  set_options(stream_->socket(), home.shared().settings);
  set_unacknowledged_timeout(home.shared().settings.unacknowledged_timeout);
}

connection::~connection() = default;

void connection::set_unacknowledged_timeout(std::chrono::milliseconds timeout) {
  set_option(stream_->socket(), IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timeout.count()));
}

void connection::start() {
  stream_->async_open([self = shared_from_this()](socket_error failed) {
    if (self->phase_ != phase::opening) return;
    self->home_.handshake_ended(*self);
    if (failed) return self->close("no handshake: " + failed.message());
    self->phase_ = phase::serving;
    self->read();
  });
}

void connection::start_refused(error_code code, std::string message) {
  refused_with_ = code;
  stream_->async_open([self = shared_from_this(), code, message = std::move(message)](socket_error failed) {
    if (self->phase_ != phase::opening) return;
    self->home_.handshake_ended(*self);
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
  if (phase_ == phase::lingering) return failed ? close("done") : discard();
  if (phase_ != phase::serving || too_slow_) {
    // What came now is past the end; but an end is told only once, and whoever lingers must know of it.
    peer_ended_ = peer_ended_ || failed;
    return;
  }
  timer_.cancel();
  if (failed == asio::error::eof) {
    peer_ended_ = true;
    inbox_.finish();
  } else if (failed) {
    return close(failed.message());
  }
  add(home_.shared().environment.counts.bytes_received, bytes);
  inbox_.received(bytes);
  if (peer_ended_) inbox_.finish();
  advance_later();
}

// At the end of this round of events, with all others: connections get their turns one after the other.
void connection::advance_later() {
  if (!std::exchange(advance_is_due_, true)) home_.advance_later(*this);
}

bool connection::gather_points() {
  advance_is_due_ = false;
  return phase_ == phase::serving && session_.gather(inbox_);
}

void connection::answer_points() {
  step& out = home_.scratch();
  out.clear();
  session_.answer_gathered(out);
  carry_out();
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
  has_more_ = out.has_more;
  if (!out.unread_cause.empty()) {
    log_event(log_level::info, "unread_line",
              {{"peer", peer_}, {"cause", out.unread_cause}, {"line", out.unread_line}});
  }
  if (muted_) {
    add(home_.shared().environment.counts.replies_muted,
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
  if (session_.is_admitted()) inbox_.set_frame_bytes_max(home_.shared().settings.frame_bytes_max);
  if (!replies_.empty()) durable_at_ = home_.way().acknowledged_at();
  if (out.asks) home_.ask_history(*this, *out.asks, session_.who());
  // A guesser of tokens shall have to wait for each answer.
  if (closes == error_code::unauthorized) return finish_later(name_of(*closes));
  if (closes) return finish(name_of(*closes));
  watch_unfinished_frame();
  if (wanted) subscribe(std::move(*wanted));
  if (muted_ && writing_) return go_on();  // the write may stand still for ever
  write_later();
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

// The client sends too many bad frames: neither what it has sent nor what it will send is looked at for a while.
void connection::await_pause() {
  timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(0, paused_until_ms_ - steady_ms())));
  timer_.async_wait([self = shared_from_this()](socket_error cancelled) {
    if (cancelled || self->phase_ != phase::serving) return;
    self->paused_until_ms_ = 0;
    self->go_on();
  });
}

void connection::await_silence() {
  timer_.expires_after(home_.shared().settings.object_silence);
  timer_.async_wait([self = shared_from_this()](socket_error cancelled) {
    if (cancelled || self->phase_ != phase::serving || !self->session_.holds_complete_object(self->inbox_)) return;
    // Bytes came while this handler was under way; the silence is waited for again when they are done with.
    if (self->has_more_ || (self->has_unsent_replies() && !self->muted_)) return;
    self->inbox_.finish();
    self->advance();
  });
}

void connection::write_later() {
  if (!writing_ && !std::exchange(flush_is_due_, true)) home_.flush_later(*this);
}

void connection::flush() {
  flush_is_due_ = false;
  write();
}

// One write at a time. What the kernel takes at once needs no handler at all, which is the usual case.
void connection::write() {
  if (writing_ || phase_ == phase::refusing || phase_ == phase::lingering || phase_ == phase::closed) return;
  while (gather()) {
    if (pieces_.empty() && sent_ == 0) {
      socket_error failed;
      const std::size_t bytes = stream_->write_now(sending_, failed);
      if (failed) return close(failed.message());
      add(home_.shared().environment.counts.bytes_sent, bytes);
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
      if (self->too_slow_) return self->end_slow_feed(bytes);
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
  // Replies first; but the goodbye of a subscriber is the last thing that it hears.
  const bool feed_first = phase_ == phase::finishing && feed_ && !feed_->is_empty();
  if (!feed_first && !waits_for_disk()) std::swap(sending_, replies_);
  while (sending_.empty() && feed_ && pieces_.size() < pieces_max) {
    outbox::piece next = feed_->take();
    if (next.bytes.empty()) break;
    pieces_.push_back(std::move(next));
  }
  return !sending_.empty() || !pieces_.empty();
}

// With durability fsync a verdict is an acknowledgement only once its point is on the disk. Where the disk has failed
// it never will be, and nothing that waits for it may be said.
bool connection::waits_for_disk() {
  if (replies_.empty() || home_.way().is_durable(durable_at_)) return false;
  if (home_.way().is_disk_lost()) {
    replies_.clear();
    return false;
  }
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
  add(home_.shared().environment.counts.bytes_sent, bytes);
  sent_ += bytes;
  std::size_t total = sending_.size();
  std::size_t lines = 0;
  for (const outbox::piece& each : pieces_) {
    total += each.bytes.size();
    lines += each.lines;
  }
  // The rest of a frame could not come as long as nothing was read.
  if (!reading_ && frame_begun_ms_ != 0) frame_begun_ms_ = steady_ms();
  if (sent_ == total) {
    add(home_.shared().environment.counts.feed_lines_sent, lines);
    sending_.clear();
    pieces_.clear();
    muted_ = false;
    if (patient_) {
      patient_ = false;
      set_unacknowledged_timeout(home_.shared().settings.unacknowledged_timeout);
    }
  }
  write();
}

// Nothing is left to be written, or not yet.
void connection::after_write() {
  if (!replies_.empty()) return;
  if (phase_ == phase::finishing) return linger();
  if (phase_ == phase::serving) go_on();
}

// The next frames: of those in the inbox, or the next bytes.
void connection::go_on() {
  if (session_.awaits_answer()) return;
  if (paused_until_ms_ != 0) return await_pause();
  if (has_more_) return advance_later();
  if (peer_ended_) return finish("the client ended");
  if (session_.holds_complete_object(inbox_)) await_silence();
  read();
}

void connection::feed_came(std::size_t dropped_lines) {
  if (dropped_lines > 0) add(home_.shared().environment.counts.feed_lines_dropped, dropped_lines);
  if (phase_ == phase::serving && !feed_->is_empty()) write_later();
}

void connection::take_history(std::string_view events) {
  if (phase_ != phase::serving || !session_.awaits_answer()) return;
  step& out = home_.scratch();
  out.clear();
  session_.answer_history(events, out);
  carry_out();
  if (std::exchange(drain_is_due_, false)) drain();
}

void connection::subscribe(filter wanted) {
  set_option(stream_->socket(), SOL_SOCKET, SO_SNDBUF,
             static_cast<int>(home_.shared().settings.feed_send_buffer_bytes));
  unsubscribe();
  feed_.emplace(home_.shared().settings.feed_bytes_max);
  subscription_ = home_.subscribe(*this, std::move(wanted), *feed_);
}

void connection::unsubscribe() {
  end_subscription();
  feed_.reset();
}

// What waits already is still sent.
void connection::end_subscription() {
  if (subscription_ != 0) home_.unsubscribe(std::exchange(subscription_, 0));
}

}  // namespace spindrift
