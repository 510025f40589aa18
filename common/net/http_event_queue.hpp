// What an event stream sends next: events that were pushed to it, or those of a source of its own. A machine without
// sockets.
//
// One write at a time: next() says whether there is one, front() is what it writes, written() that it is through.
// Bounded: pushed events by `queued_max`, the oldest goes first; a source keeps its own. Owned by its connection, on
// the server's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "common/net/http_exchange.hpp"

namespace spindrift {

class http_event_queue {
public:
  using event = std::shared_ptr<const std::string>;
  enum class action : std::uint8_t {
    nothing,  // a write is under way, or there is nothing to send
    write,    // front()
    end,      // no more will come
  };

  // `first` is sent before all else; empty: nothing is.
  void open(std::string first, std::shared_ptr<http_event_source> source);
  // Before the header is written: who has read it hears of all that comes after.
  void start(std::function<void()> ring);
  bool has_source() const { return source_ != nullptr; }
  bool is_over() const { return source_ && source_->is_over(); }

  // Returns whether an older one had to go. No effect where there is a source.
  bool push(const event& pushed, std::size_t queued_max);
  // A line that says nothing, for those who cut what is silent. None while something is being written.
  void push_comment();

  // After `write`, a write is under way until written().
  action next();
  const std::string& front() const { return *events_.front(); }
  void written();
  bool is_writing() const { return is_writing_; }

private:
  std::deque<event> events_;  // the front one is in flight while is_writing_
  std::shared_ptr<http_event_source> source_;
  bool is_writing_ = false;
};

}  // namespace spindrift
