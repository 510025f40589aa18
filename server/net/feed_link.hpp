// A connection's subscription: what it hears of the feed, and how that ends.
//
// One subscription at a time; another takes its place, and what waits of the one before is still sent: each point once
// is what its client counts on. Owned by its connection, on its thread; the host, the stream and the writer outlive it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "server/feed/hub.hpp"
#include "server/net/connection_host.hpp"
#include "server/net/transport.hpp"
#include "server/net/writer.hpp"

namespace spindrift {

class feed_link {
public:
  feed_link(connection_host& home, transport& stream, writer& out) : home_(home), stream_(stream), writer_(out) {}

  void begin(filter wanted, subscriber& bell);
  // Nothing more is heard; what waits already is still sent.
  void end();
  // The same, and what waits is dropped.
  void drop();
  // The write that was cut had got `bytes` further: the line under way is ended and the reason said, so that whoever
  // reads on reads whole lines. Where nothing can be written at once (TLS), nothing is.
  void tell_too_slow(std::size_t bytes);

private:
  connection_host& home_;
  transport& stream_;
  writer& writer_;
  std::uint64_t number_ = 0;  // 0: none, or it has ended and the rest of its feed is to be sent
};

}  // namespace spindrift
