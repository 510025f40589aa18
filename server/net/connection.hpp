// One client: its socket, its inbox, its session, and what waits to be sent to it.
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

#include "common/protocol/inbox.hpp"
#include "server/feed/hub.hpp"
#include "server/feed/outbox.hpp"
#include "server/net/settings.hpp"
#include "server/net/transport.hpp"
#include "server/session/session.hpp"

namespace spindrift {

class shard;

class connection final : public std::enable_shared_from_this<connection>, public subscriber {
public:
  connection(shard& home, std::unique_ptr<transport> stream, std::uint64_t number);
  ~connection() override;
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void start();
  // Greets with one error and ends: for a connection beyond the limit.
  void start_refused(error_code code, std::string message);
  void feed_came(std::size_t dropped_lines) override;
  // The answer to what its session asked.
  void take_history(std::string_view events);
  bool is_subscriber() const { return feed_.has_value(); }
  void supersede();
  // Ends when the token that let it in is no longer known.
  void check_token();
  // The shard's, in a round. gather_points(): see session. Where it says true answer_points() completes the step, once
  // the batch was observed, else advance() does. Last, flush() sends what there is.
  bool gather_points();
  void answer_points();
  void advance();
  void flush();
  // The journal has been synced further: replies that wait for it may go.
  void resume_durable() { write(); }
  // The server stops: answer what was read, say goodbye, close.
  void drain();
  // Once a second: deadlines. `now` is the monotonic time in milliseconds.
  void sweep(std::int64_t now);
  // Cuts the connection as it is.
  void abort();
  // Its handshake takes too long for how many wait.
  void shed();
  bool shakes_hands() const { return phase_ == phase::opening && stream_->shakes_hands(); }
  std::uint64_t number() const { return number_; }
  // What start_refused() was told; nothing for a connection that is served.
  std::optional<error_code> refused_with() const { return refused_with_; }

private:
  enum class phase { opening, serving, refusing, finishing, lingering, closed };

  void read();
  void on_read(socket_error failed, std::size_t bytes);
  void carry_out();
  void watch_unfinished_frame();
  void await_silence();
  void await_pause();
  void advance_later();
  void write_later();
  void write();
  void on_written(std::size_t bytes);
  void after_write();
  void go_on();
  bool gather();
  void collect_buffers();
  void finish(std::string_view reason);
  void finish_later(std::string_view reason);
  bool waits_for_disk();
  void end_slow_feed(std::size_t bytes);
  void linger();
  void await_client_end();
  std::size_t unacknowledged_bytes() const;
  void discard();
  void close(std::string_view reason);
  void subscribe(filter wanted);
  void unsubscribe();
  void end_subscription();
  void mute();
  void set_unacknowledged_timeout(std::chrono::milliseconds timeout);
  bool has_unsent_replies() const { return !sending_.empty() || !replies_.empty(); }

  shard& home_;
  std::unique_ptr<transport> stream_;
  std::uint64_t number_;
  std::string peer_;
  std::optional<error_code> refused_with_;
  phase phase_ = phase::opening;
  inbox inbox_;
  session session_;
  bool reading_ = false;
  bool writing_ = false;
  bool peer_ended_ = false;    // FIN was read: nothing more will come
  bool drain_is_due_ = false;  // once an answer has come that is waited for
  bool has_more_ = false;      // frames wait in the inbox until the replies are sent
  bool advance_is_due_ = false;
  bool flush_is_due_ = false;
  bool muted_ = false;     // replies are dropped until the client reads again
  bool too_slow_ = false;  // a subscriber without progress: its write is being cancelled, for the goodbye
  bool patient_ = false;   // the unacknowledged-data timeout is off, for a client known not to read

  // Replies are gathered in replies_ and move to sending_ for the write; pieces_ are the feed's share of it.
  std::string replies_;
  std::string sending_;
  std::vector<outbox::piece> pieces_;
  std::vector<asio::const_buffer> buffers_;
  std::size_t sent_ = 0;  // bytes of sending_ and pieces_ that are through
  std::optional<outbox> feed_;
  std::uint64_t subscription_ = 0;  // 0: none, or it has ended and the rest of feed_ is to be sent
  std::uint64_t durable_at_ = 0;    // replies_ may be sent once the journal is on the disk up to here

  asio::steady_timer timer_;  // one at a time: silence after an object, a pause, a late refusal, the linger
  std::int64_t opened_ms_ = 0;
  std::int64_t frame_begun_ms_ = 0;   // 0: no unfinished frame
  std::int64_t progress_ms_ = 0;      // of the write under way, or of what is in flight while lingering
  std::int64_t paused_until_ms_ = 0;  // 0: not paused
  std::size_t in_flight_bytes_ = 0;   // unacknowledged when the linger last looked
  std::uint64_t frames_seen_ = 0;     // cut from the inbox when frame_begun_ms_ was last looked at
  std::vector<char> discarded_;       // what is read while lingering
};

}  // namespace spindrift
