// One client: its socket, its session, and the two machines that say what to read and what to send next.
//
// Read some bytes, advance the session, write the replies, read again: nothing is read while replies are unsent, which
// is the back-pressure for producers. A subscriber's outbox is sent whenever no reply waits. Completion handlers rather
// than a coroutine, because reading, writing, muting and closing overlap freely here; each handler holds the connection
// by shared_ptr, its shard holds it while it is open, and it dies when both have let go. All on its shard's thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/feed/hub.hpp"
#include "server/net/connection_host.hpp"
#include "server/net/feed_link.hpp"
#include "server/net/graceful_close.hpp"
#include "server/net/reader.hpp"
#include "server/net/settings.hpp"
#include "server/net/transport.hpp"
#include "server/net/unread_replies.hpp"
#include "server/net/writer.hpp"
#include "server/session/session.hpp"

namespace spindrift {

class connection final : public std::enable_shared_from_this<connection>, public subscriber {
public:
  // `formats`: what its client may speak.
  connection(connection_host& home, std::unique_ptr<transport> stream, std::uint64_t number,
             const format_choice& formats);
  ~connection() override;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void start();
  // Greets with one error and ends: for a connection beyond the limit.
  void start_refused(error_code code, std::string message);
  // The shard's, in a round. gather_points(): see session. Where it says true answer_points() completes the step, once
  // the batch was ingested, else advance() does. Last, flush() sends what there is.
  bool gather_points();
  void answer_points();
  void advance();
  void flush();
  void feed_came(std::size_t dropped_lines) override;
  // The answer to what its session asked.
  void take_answer(const desk_answer& given);
  // The journal has been synced further: replies that wait for it may go.
  void resume() { write(); }
  void supersede();
  // Ends when the token that let it in is no longer known.
  void check_token();
  // The server stops: answer what was read, say goodbye, close.
  void drain();
  // Once a second: deadlines. `at` is the monotonic time in milliseconds.
  void sweep(std::int64_t at);
  // Cuts the connection as it is.
  void abort() { close("cut"); }
  // Its handshake takes too long for how many wait.
  void shed() { close("too many handshakes at once"); }
  bool shakes_hands() const { return phase_ == phase::opening && stream_->shakes_hands(); }

  bool is_subscriber() const { return writer_.has_feed(); }
  std::uint64_t number() const { return number_; }
  // What start_refused() was told; nothing for a connection that is served.
  std::optional<error_code> refused_with() const { return refused_with_; }

private:
  enum class phase { opening, serving, refusing, finishing, lingering, closed };

  void open(std::optional<std::string> refusal);
  void read();
  void on_read(socket_error failed, std::size_t bytes);
  step& fresh_step();
  void carry_out();
  void go_on();
  void await_silence();
  void await_pause();
  void advance_later();
  void write_later();
  void write();
  void begin_write();
  void on_write_failed(socket_error failed);
  bool may_be_muted() const;
  bool reads_on();
  void on_written(std::size_t bytes);
  bool waits_for_disk();
  void refuse(error_code code, std::string message);
  void finish(std::string_view reason);
  void finish_later(std::string_view reason);
  void mute();
  void watch_unread();
  void close(std::string_view reason);
  counters& counts() const { return home_.environment.counts; }

  connection_host& home_;
  std::unique_ptr<transport> stream_;
  asio::steady_timer timer_;  // one at a time: silence after an object, a pause, a late refusal, the linger
  std::uint64_t number_;
  std::string peer_;
  std::optional<error_code> refused_with_;
  phase phase_ = phase::opening;
  session session_;
  reader reader_;
  writer writer_;
  unread_replies unread_;
  feed_link feed_;
  graceful_close goodbye_;
  std::vector<asio::const_buffer> buffers_;
  std::int64_t opened_ms_;
  bool advance_is_due_ = false;
  bool flush_is_due_ = false;
  bool drain_is_due_ = false;  // once an answer has come that is waited for
  bool too_slow_ = false;      // a subscriber without progress: its write is being cancelled, for the goodbye
};

}  // namespace spindrift
