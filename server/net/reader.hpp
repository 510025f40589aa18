// What a connection does next with what it receives: read, advance its session, wait, or end.
//
// A machine without sockets, timers or a clock: the connection tells it what has happened and when, and performs the
// action it answers. It owns the inbox. The order of things: bytes come -> advance -> the replies are sent -> next().
// Nothing is read while replies are unsent, so next() is not asked before, unless the client may be deaf. Owned by its
// connection, on its thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/protocol/inbox.hpp"

namespace spindrift {

class reader {
public:
  enum class action : std::uint8_t {
    nothing,             // an answer is waited for; answered() comes
    advance,             // the session goes on with what is in the inbox
    wait,                // for wait_ms() milliseconds, then paused()
    end,                 // the client has ended and everything it sent was taken
    read,                // into space()
    read_until_silence,  // read, and when nothing has come for the silence of an object, silence()
  };

  explicit reader(std::size_t frame_bytes_max) : inbox_(frame_bytes_max) {}

  inbox& received() { return inbox_; }

  // A read is under way / has brought so many bytes. False: one is under way already, or nothing more will come.
  bool begin_read();
  std::span<char> space() { return inbox_.space(); }
  void came(std::size_t bytes);
  // The client has sent its last byte.
  void ended();
  // A read ended with bytes that nobody will look at.
  void stopped_reading() { is_reading_ = false; }
  bool is_reading() const { return is_reading_; }
  bool has_ended() const { return has_ended_; }

  // The session was advanced at this time: frames are left, it asked for a pause, it awaits an answer.
  void advanced(bool has_more, std::chrono::milliseconds pause, bool awaits_answer, std::int64_t now_ms);
  void paused() { paused_until_ms_ = 0; }
  // Frames are there that can be taken at once: next() will say `advance`.
  bool goes_on() const { return has_more_ && !awaits_answer_ && paused_until_ms_ == 0; }
  // Replies are through; the rest of a frame could not come as long as nothing was read.
  void replies_sent(std::int64_t now_ms);
  // `is_complete`: what stands in the inbox is a frame, but for its line end.
  action next(bool is_complete) const;
  std::int64_t wait_ms(std::int64_t now_ms) const { return paused_until_ms_ > now_ms ? paused_until_ms_ - now_ms : 0; }
  // Nothing came for a while. True: what is there counts as a frame now, so advance.
  bool silence(bool is_complete);

  // A frame was begun at least so long ago, was not ended, and bytes could have come.
  bool is_frame_overdue(std::int64_t now_ms, std::chrono::milliseconds timeout) const;

private:
  inbox inbox_;
  bool is_reading_ = false;
  bool has_ended_ = false;
  bool has_more_ = false;  // frames wait in the inbox until the replies are sent
  bool awaits_answer_ = false;
  std::int64_t paused_until_ms_ = 0;  // 0: not paused
  std::int64_t frame_begun_ms_ = 0;   // 0: no unfinished frame
  std::uint64_t frames_seen_ = 0;     // cut from the inbox when frame_begun_ms_ was last looked at
};

}  // namespace spindrift
