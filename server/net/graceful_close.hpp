// The end of a connection after our last byte: our side is shut, and what comes is read and discarded until the client
// has closed, so that no reset destroys replies on their way.
//
// A client that has everything and does not close is not waited for longer than `linger`; one that still reads is,
// however slowly it does. Owned by its connection, on its thread; handlers hold the owner.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "server/net/settings.hpp"
#include "server/net/transport.hpp"

namespace spindrift {

class graceful_close {
public:
  // `done` is called once, with the reason: now close the socket.
  using ended = std::function<void(std::string_view reason)>;

  graceful_close(transport& stream, asio::steady_timer& timer, const net_settings& settings)
      : stream_(stream), timer_(timer), settings_(settings) {}

  // `is_reading`: a read is under way; its end is told by read_ended(). `owner` keeps all of this alive.
  void begin(std::shared_ptr<void> owner, bool client_has_ended, bool is_reading, ended done);
  void read_ended(bool failed);
  // Nothing more is waited for: handlers that come do nothing.
  void stop() { done_ = nullptr; }

private:
  void await_client_end();
  void discard();
  void end(std::string_view reason);

  transport& stream_;
  asio::steady_timer& timer_;
  const net_settings& settings_;
  std::weak_ptr<void> owner_;
  ended done_;
  bool is_reading_ = false;
  std::size_t in_flight_bytes_ = 0;  // unacknowledged at the last look
  std::int64_t progress_ms_ = 0;     // when they last became fewer
  std::vector<char> discarded_;
};

}  // namespace spindrift
