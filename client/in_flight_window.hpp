// The points of one connection that have no verdict yet, in the order of their seq, each with its line, so that it can
// be sent again as it was. A ring of fixed size:
//
//   | answered | sent, waiting for a verdict | to be sent (again) | free |
//              begin_                        unsent_              end_
//
// A lost connection only moves unsent_ back to begin_: what the server had applied comes back as a duplicate, the rest
// is applied then, and no point is skipped. Lines keep their memory from lap to lap: no allocation once warm. No I/O,
// no clock; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace spindrift {

struct in_flight_point {
  std::uint64_t seq = 0;
  std::size_t stream = 0;
  std::uint64_t number = 0;   // in its stream, from 1
  std::int64_t since_ns = 0;  // from when its latency counts
  std::uint8_t kind = 0;      // what was injected; see sample::kind
  bool was_sent = false;      // at least once
  std::string line;           // as it goes over the wire, line end included
};

class in_flight_window {
public:
  struct answer {
    const in_flight_point* point = nullptr;  // valid until the next add(); nullptr: no point waits under this seq
    std::uint64_t skipped = 0;               // older points that will never be answered, since replies come in order
  };

  explicit in_flight_window(std::size_t capacity);

  std::size_t size() const { return end_ - begin_; }
  bool is_empty() const { return begin_ == end_; }
  bool is_full() const { return size() == ring_.size(); }
  std::size_t waiting() const { return unsent_ - begin_; }
  bool has_unsent() const { return unsent_ != end_; }

  // A new point at the end, to be filled in; its line is empty. Only while not full.
  in_flight_point& add(std::uint64_t seq);
  // The oldest point not sent on this connection; it now waits. Only while there is one.
  in_flight_point& send();
  // The reply to `seq` came (0: the reply did not say; the oldest one's). The point leaves the ring.
  answer settle(std::uint64_t seq);
  // The oldest point that waits leaves the ring, if its seq is none above this; to be asked until there is none.
  const in_flight_point* settle_up_to(std::uint64_t seq);
  // The connection broke: everything without a verdict is to be sent again.
  void rewind() { unsent_ = begin_; }
  void clear() { begin_ = unsent_ = end_; }

private:
  in_flight_point& at(std::size_t position) { return ring_[position & (ring_.size() - 1)]; }

  std::vector<in_flight_point> ring_;
  std::size_t begin_ = 0;  // positions only grow; a slot is position mod the size, a power of two
  std::size_t unsent_ = 0;
  std::size_t end_ = 0;
};

}  // namespace spindrift
