// What a connection sends next: replies, the feed of a subscriber, in what order and when.
//
// A machine without sockets or a clock: replies are put in, next() says what is to be written, and written() how far
// that went. One write at a time; replies before the feed, but the last words of a subscriber behind it. Replies that
// acknowledge what is not on the disk yet wait, the feed does not. Bounded: the session makes no replies while some are
// unsent, and the outbox drops the oldest lines. Owned by its connection, on its thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/feed/outbox.hpp"
#include "server/store/record.hpp"

namespace spindrift {

class writer {
public:
  // Pieces of one gathered write: enough to drain a burst with few calls, below every platform's limit of buffers a
  // call.
  static constexpr std::size_t pieces_max = 32;

  enum class action : std::uint8_t {
    nothing,      // all is sent, or a write is under way, or the replies wait for the disk: has_replies() tells
    try_at_once,  // front() is all there is: what the kernel takes at once needs no handler
    write,        // buffers(), with a handler
  };

  // Takes the replies; `durable_at` is where the journal must be on the disk before they go. Returns how many were
  // dropped, because the client does not read.
  std::uint64_t put(std::string& replies, journal_position durable_at);
  journal_position durable_at() const { return durable_at_; }
  // Forgets replies that must not be said, since the disk has failed.
  void drop_replies() { replies_.clear(); }

  void open_feed(std::size_t bytes_max) { feed_.emplace(bytes_max); }
  // What waits goes, what is under way stays.
  void close_feed() { feed_.reset(); }
  bool has_feed() const { return feed_.has_value(); }
  outbox& feed() { return *feed_; }
  bool has_feed_waiting() const { return feed_ && !feed_->is_empty(); }

  // `waits`: the replies wait for the disk; `is_last`: no more replies come, so they are what is heard last.
  action next(bool waits, bool is_last);
  std::string_view front() const { return sending_; }
  // What is left of the write, in its order; views live until written() says that all of it went.
  const std::vector<std::string_view>& buffers();
  // So many bytes of front() went at once. False: not all, the rest needs a handler.
  bool sent_at_once(std::size_t bytes);
  // A handler's write begins / has brought it so much further.
  void begin(std::int64_t now_ms);
  // Returns the verdict lines of the feed that are through by it.
  std::size_t written(std::size_t bytes);
  // The write was cut after so many bytes: the rest of the line that they end in.
  std::string line_under_way(std::size_t bytes);

  bool is_writing() const { return is_writing_; }
  // Nothing has been taken for a write that is not through.
  bool is_idle() const { return sending_.empty() && pieces_.empty(); }
  // Since when the write under way has not got further.
  std::int64_t progress_ms() const { return progress_ms_; }
  bool has_replies() const { return !replies_.empty(); }
  bool has_unsent_replies() const { return !sending_.empty() || !replies_.empty(); }
  std::size_t waiting_bytes() const { return replies_.size(); }
  // Of replies, those under way included.
  std::size_t unsent_bytes() const { return replies_.size() + sending_.size() - std::min(sent_, sending_.size()); }

  // Replies are dropped until the client reads again. Returns how many were waiting.
  std::uint64_t mute();
  // The socket takes nothing more: all is dropped, now and from now on. Returns how many lines of replies were waiting.
  std::uint64_t give_up();
  bool is_muted() const { return is_muted_; }

private:
  std::string replies_;  // gathered here, moved to sending_ for the write
  std::string sending_;
  std::vector<outbox::piece> pieces_;  // the feed's share of the write
  std::vector<std::string_view> buffers_;
  std::size_t sent_ = 0;  // bytes of sending_ and pieces_ that are through
  std::optional<outbox> feed_;
  journal_position durable_at_ = 0;
  std::int64_t progress_ms_ = 0;
  bool is_writing_ = false;
  bool is_muted_ = false;
};

}  // namespace spindrift
