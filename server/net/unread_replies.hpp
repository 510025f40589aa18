// What becomes of replies that a client does not take: how much of them is held while it is read on, and when it is
// given up.
//
// An anonymous producer that does not take its replies is not made to wait for itself: it is read on, and what it does
// not take is kept up to a limit. Beyond it waits if it has taken some of late; if not, its connection mutes it, as it
// does in any case once nothing was taken for settings.mute_after. Owned by its connection, on its thread; the writer,
// the stream and the host outlive it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>

#include "server/net/connection_host.hpp"
#include "server/net/transport.hpp"
#include "server/net/writer.hpp"

namespace spindrift {

class unread_replies {
public:
  unread_replies(connection_host& home, transport& stream, const writer& out);

  // Whether there is room for more of them. Past what each connection may have, this takes one of the few places of
  // the thread for connections that may have more, until release().
  bool have_room();
  void release();
  // Whether the client has taken nothing for as long as makes it mute.
  bool is_overdue() const;
  // A write has begun, or there is no room any more: `overdue` is called where there is none and the write gets no
  // further. One watch at a time; the function keeps its owner alive.
  void watch(std::function<void()> overdue);
  // Its client may not read for ever and is no less alive for it: the timeout of unacknowledged data is put off, until
  // all has been taken.
  void be_patient();
  void all_taken();
  void stop();

private:
  bool is_within_room() const;

  connection_host& home_;
  transport& stream_;
  const writer& writer_;
  asio::steady_timer timer_;
  bool is_watching_ = false;
  bool holds_much_ = false;  // has one of the places
  bool is_patient_ = false;
};

}  // namespace spindrift
