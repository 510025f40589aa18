// Performs what reader, writer and session ask for, and brings a connection to its end.
#include "server/net/connection.hpp"

#include <utility>

#include "common/log/log.hpp"
#include "common/protocol/frame_limits.hpp"
#include "server/clock/clock.hpp"
#include "server/net/socket_option.hpp"

namespace spindrift {

namespace {

session_environment speaking(session_environment shared, const format_choice& formats) {
  shared.formats = formats;
  return shared;
}

}  // namespace

connection::connection(connection_host& home, std::unique_ptr<transport> stream, std::uint64_t number,
                       const format_choice& formats)
    : home_(home),
      stream_(std::move(stream)),
      timer_(stream_->socket().get_executor()),
      number_(number),
      peer_(peer_of(stream_->socket())),
      session_(speaking(home.environment, formats), home.workspace, number),
      reader_(home.environment.admission != nullptr ? limits::frame_bytes_max_unauthorized
                                                    : home.settings.frame_bytes_max),
      unread_(home, *stream_, writer_),
      feed_(home, *stream_, writer_),
      goodbye_(*stream_, timer_, home.settings),
      opened_ms_(steady_ms()) {
  set_options(stream_->socket(), home.settings);
}

connection::~connection() = default;

void connection::start() {
  open(std::nullopt);
}

void connection::start_refused(error_code code, std::string message) {
  refused_with_ = code;
  open(std::move(message));
}

void connection::open(std::optional<std::string> refusal) {
  stream_->async_open([self = shared_from_this(), refusal = std::move(refusal)](socket_error failed) {
    if (self->phase_ != phase::opening) return;
    self->home_.handshake_ended(*self);
    if (failed) return self->close("no handshake: " + failed.message());
    if (std::string named = self->stream_->named_peer(); !named.empty()) self->peer_ = std::move(named);
    self->phase_ = phase::serving;
    if (refusal) return self->refuse(*self->refused_with_, *refusal);
    self->read();
  });
}

void connection::read() {
  if (phase_ != phase::serving || !reader_.begin_read()) return;
  stream_->async_read(reader_.space(), [self = shared_from_this()](socket_error failed, std::size_t bytes) {
    self->on_read(failed, bytes);
  });
}

void connection::on_read(socket_error failed, std::size_t bytes) {
  if (phase_ == phase::lingering) return goodbye_.read_ended(static_cast<bool>(failed));
  if (phase_ != phase::serving || too_slow_) {
    // What came now is past the end; but an end is told only once, and whoever lingers must know of it.
    return failed ? reader_.ended() : reader_.stopped_reading();
  }
  timer_.cancel();
  if (failed && failed != asio::error::eof) return close(failed.message());
  add(counts().bytes_received, bytes);
  reader_.came(bytes);
  if (failed) reader_.ended();
  advance_later();
}

// At the end of this round of events, with all others: connections get their turns one after the other.
void connection::advance_later() {
  if (!std::exchange(advance_is_due_, true)) home_.advance_later(*this);
}

step& connection::fresh_step() {
  home_.scratch.clear();
  return home_.scratch;
}

bool connection::gather_points() {
  advance_is_due_ = false;
  flush_is_due_ = true;  // the round ends with it
  return phase_ == phase::serving && session_.gather(reader_.received());
}

void connection::answer_points() {
  session_.answer_gathered(fresh_step());
  carry_out();
}

void connection::advance() {
  if (phase_ != phase::serving) return;
  session_.advance(reader_.received(), now(), fresh_step());
  carry_out();
  if (drain_is_due_ && !session_.is_listing()) {
    drain_is_due_ = false;
    drain();
  }
}

void connection::take_answer(const desk_answer& given) {
  if (phase_ != phase::serving || !session_.awaits_answer()) return;
  session_.take_answer(given, fresh_step());
  carry_out();
  if (std::exchange(drain_is_due_, false)) drain();
}

void connection::supersede() {
  if (phase_ != phase::serving) return;
  session_.superseded(fresh_step());
  carry_out();
}

void connection::check_token() {
  if (phase_ != phase::serving || session_.is_still_admitted()) return;
  refuse(error_code::unauthorized, "the token is gone, or has other rights: say hello again");
}

void connection::refuse(error_code code, std::string message) {
  session_.refuse(code, std::move(message), fresh_step());
  carry_out();
}

// Does what the step asks, in the order that its fields must take effect.
void connection::carry_out() {
  step& out = home_.scratch;
  if (!out.unread_cause.empty()) {
    log_event(log_level::info, "unread_line",
              {{"peer", peer_}, {"cause", out.unread_cause}, {"line", out.unread_line}});
  }
  const std::uint64_t unheard = writer_.put(out.replies, home_.workspace.way.acknowledged_at());
  if (unheard > 0) add(counts().replies_muted, unheard);
  if (out.unsubscribes) feed_.drop();
  if (out.supersedes != 0) home_.supersede(out.supersedes);
  reader_.advanced(out.has_more, out.pause, session_.awaits_answer(), steady_ms());
  if (session_.is_admitted()) reader_.received().set_frame_bytes_max(home_.settings.frame_bytes_max);
  if (out.asks) home_.ask(*this, *out.asks, session_.who());
  const auto closes = out.closes;
  std::optional<filter> wanted;
  std::swap(wanted, out.subscribes);
  // A guesser of tokens shall have to wait for each answer.
  if (closes == error_code::unauthorized) return finish_later(name_of(*closes));
  if (closes) return finish(name_of(*closes));
  if (wanted) feed_.begin(std::move(*wanted), *this);
  if (writer_.is_writing() && reads_on()) return go_on();  // the write may stand still for ever
  if (writer_.is_writing()) watch_unread();
  write_later();
}

// Nothing of the replies is left: what the reader says comes next.
void connection::go_on() {
  switch (reader_.next(session_.holds_complete_object(reader_.received()))) {
    case reader::action::nothing:
      return;
    case reader::action::advance:
      return advance_later();
    case reader::action::wait:
      return await_pause();
    case reader::action::end:
      return finish("the client ended");
    case reader::action::read_until_silence:
      await_silence();
      return read();
    case reader::action::read:
      return read();
  }
}

// The client sends too many bad frames: neither what it has sent nor what it will send is looked at for a while.
void connection::await_pause() {
  timer_.expires_after(std::chrono::milliseconds(reader_.wait_ms(steady_ms())));
  timer_.async_wait([self = shared_from_this()](socket_error cancelled) {
    if (cancelled || self->phase_ != phase::serving) return;
    self->reader_.paused();
    self->go_on();
  });
}

void connection::await_silence() {
  timer_.expires_after(home_.settings.object_silence);
  timer_.async_wait([self = shared_from_this()](socket_error cancelled) {
    if (cancelled || self->phase_ != phase::serving) return;
    // Bytes came while this handler was under way; the silence is waited for again when they are done with.
    if (self->writer_.has_unsent_replies() && !self->reads_on()) return;
    if (self->reader_.silence(self->session_.holds_complete_object(self->reader_.received()))) self->advance();
  });
}

void connection::write_later() {
  if (!writer_.is_writing() && !std::exchange(flush_is_due_, true)) home_.flush_later(*this);
}

void connection::flush() {
  flush_is_due_ = false;
  const bool has_next_turn = phase_ == phase::serving && !writer_.is_writing() && reader_.goes_on();
  if (has_next_turn && writer_.unsent_bytes() < home_.settings.write_bytes_min && !writer_.has_feed_waiting()) {
    return go_on();
  }
  write();
}

// One write at a time. What the kernel takes at once needs no handler at all, which is the usual case.
void connection::write() {
  if (writer_.is_writing() || phase_ == phase::refusing || phase_ == phase::lingering || phase_ == phase::closed)
    return;
  for (;;) {
    const writer::action wanted = writer_.next(waits_for_disk(), phase_ == phase::finishing);
    if (wanted == writer::action::nothing) break;
    if (wanted == writer::action::write) return begin_write();
    socket_error failed;
    const std::size_t bytes = stream_->write_now(writer_.front(), failed);
    if (failed) return on_write_failed(failed);
    add(counts().bytes_sent, bytes);
    if (!writer_.sent_at_once(bytes)) return begin_write();
  }
  if (writer_.has_replies()) return;  // they wait for the disk
  if (phase_ == phase::serving) return go_on();
  if (phase_ != phase::finishing) return;
  phase_ = phase::lingering;
  goodbye_.begin(shared_from_this(), reader_.has_ended(), reader_.is_reading(),
                 [this](std::string_view reason) { close(reason); });
}

void connection::begin_write() {
  writer_.begin(steady_ms());
  buffers_.clear();
  for (const std::string_view part : writer_.buffers()) buffers_.emplace_back(part.data(), part.size());
  stream_->async_write(buffers_, [self = shared_from_this()](socket_error failed, std::size_t bytes) {
    if (self->phase_ == phase::closed) return;
    if (self->too_slow_) {
      self->feed_.tell_too_slow(bytes);
      return self->close("slow_consumer");
    }
    if (failed) return self->on_write_failed(failed);
    self->on_written(bytes);
  });
  watch_unread();
  if (phase_ == phase::serving && reads_on()) go_on();
}

void connection::watch_unread() {
  const auto overdue = [self = shared_from_this()] {
    if (self->may_be_muted()) self->mute();
  };
  if (may_be_muted()) unread_.watch(overdue);
}

bool connection::may_be_muted() const {
  return phase_ == phase::serving && !session_.wants_every_reply() && !writer_.has_feed();
}

bool connection::reads_on() {
  return writer_.is_muted() || (may_be_muted() && unread_.have_room());
}

// It cannot hear, but what it has sent stands in the socket and is read to its end.
void connection::on_write_failed(socket_error failed) {
  if (!may_be_muted()) return close(failed.message());
  add(counts().replies_muted, writer_.give_up());
  unread_.release();
  go_on();
}

void connection::on_written(std::size_t bytes) {
  add(counts().bytes_sent, bytes);
  reader_.replies_sent(steady_ms());
  const std::size_t lines = writer_.written(bytes);
  if (lines > 0) add(counts().feed_lines_sent, lines);
  if (!writer_.has_unsent_replies()) unread_.release();
  if (writer_.is_idle()) unread_.all_taken();
  write();
}

// With durability fsync a verdict is an acknowledgement only once its point is on the disk. Where the disk has failed
// it never will be, and nothing that waits for it may be said.
bool connection::waits_for_disk() {
  const pipeline& way = home_.workspace.way;
  if (!writer_.has_replies() || way.is_durable(writer_.durable_at())) return false;
  if (way.is_disk_lost()) {
    writer_.drop_replies();
    return false;
  }
  home_.await_durable(*this);
  return true;
}

void connection::feed_came(std::size_t dropped_lines) {
  if (dropped_lines > 0) add(counts().feed_lines_dropped, dropped_lines);
  if (phase_ == phase::serving && writer_.has_feed_waiting()) write_later();
}

void connection::drain() {
  if (phase_ == phase::opening) return close("shutting down");
  if (phase_ == phase::refusing) return finish("shutting down");
  if (phase_ != phase::serving) return;
  // What was read is answered, as far as a connection may hold unsent replies; what is beyond was not applied. A muted
  // client is owed nothing.
  step& out = home_.scratch;
  do {
    drain_is_due_ = session_.awaits_answer() || session_.is_listing();
    if (drain_is_due_ && session_.is_listing()) advance_later();
    if (drain_is_due_) return;
    session_.advance(reader_.received(), now(), fresh_step());
    (void)writer_.put(out.replies, home_.workspace.way.acknowledged_at());
    if (out.asks) home_.ask(*this, *out.asks, session_.who());
  } while (session_.awaits_answer() || session_.is_listing() ||
           (out.has_more && !out.closes && out.pause.count() == 0 &&
            writer_.waiting_bytes() < home_.settings.unsent_bytes_max));
  refuse(error_code::shutting_down, "the server is shutting down");
}

// The last replies go out, then the connection ends.
void connection::finish(std::string_view reason) {
  if (phase_ != phase::serving && phase_ != phase::refusing) return;
  phase_ = phase::finishing;
  feed_.end();
  timer_.cancel();
  log_event(log_level::debug, "connection_ends", {{"peer", peer_}, {"reason", reason}});
  write();
}

// Nothing is written and nothing that comes is looked at until the delay has passed.
void connection::finish_later(std::string_view reason) {
  phase_ = phase::refusing;
  feed_.end();
  timer_.expires_after(home_.settings.refusal_delay);
  timer_.async_wait([self = shared_from_this(), reason](socket_error cancelled) {
    if (!cancelled) self->finish(reason);
  });
}

void connection::close(std::string_view reason) {
  if (phase_ == phase::closed) return;
  log_event(log_level::debug, "connection_closed", {{"peer", peer_}, {"reason", reason}});
  phase_ = phase::closed;
  feed_.end();
  unread_.stop();
  goodbye_.stop();
  timer_.cancel();
  stream_->close();
  home_.closed(*this);
}

void connection::sweep(std::int64_t at) {
  const net_settings& settings = home_.settings;
  const bool is_admission_over = at - opened_ms_ > settings.admission_timeout.count();
  if (phase_ == phase::opening && is_admission_over) return close("no handshake in time");
  const std::int64_t stalled = writer_.is_writing() ? at - writer_.progress_ms() : 0;
  if (phase_ == phase::finishing && stalled > settings.unacknowledged_timeout.count()) {
    return close("the last replies were not read");
  }
  if (phase_ != phase::serving) return;
  if (!session_.is_admitted() && is_admission_over) {
    return refuse(error_code::unauthorized, std::string(session::unauthorized_text));
  }
  if (reader_.is_frame_overdue(at, settings.frame_timeout)) {
    return refuse(error_code::idle, "a frame was begun and not ended in time");
  }
  const bool is_quiet = reader_.is_reading() && !writer_.has_unsent_replies() && !advance_is_due_;
  if (is_quiet && session_.wait(reader_.received(), now(), fresh_step())) return carry_out();
  if (!writer_.is_writing() || too_slow_) return;
  if (writer_.has_feed() && stalled > settings.feed_timeout.count()) {
    log_event(log_level::warning, "slow_consumer", {{"peer", peer_}});
    add(counts().errors[static_cast<std::size_t>(error_code::slow_consumer)], 1);
    too_slow_ = true;
    socket_error ignored;
    stream_->socket().cancel(ignored);
    return;
  }
  if (writer_.has_feed() || stalled < std::min(settings.mute_after, settings.standstill_max).count()) return;
  unread_.be_patient();
  if (unread_.is_overdue()) mute();
}

// The client does not read. One that wants every reply simply waits for itself; any other is muted: its points are
// taken, its replies dropped, until it reads again. Either may go on like that for ever.
void connection::mute() {
  unread_.be_patient();
  if (writer_.is_muted() || session_.wants_every_reply()) return;
  log_event(log_level::info, "muted", {{"peer", peer_}});
  add(counts().replies_muted, writer_.mute());
  unread_.release();
  go_on();
}

}  // namespace spindrift
