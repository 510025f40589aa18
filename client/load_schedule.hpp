// Who sends which point, and when. Point i (from 0) belongs to stream i mod K, stream s to connection s mod C, so a
// stream stays on one connection; at a rate, point i is due i / rate seconds after the start, whatever happened before
// it (an open loop: a slow answer does not excuse the next point from being late).
//
// Pure arithmetic, no clock. A schedule is one connection's share, taken by one thread; 10 ns a turn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace spindrift {

struct load_schedule_settings {
  std::uint64_t count = 0;  // points in all
  std::size_t streams = 1;
  std::size_t connections = 1;
  double rate = 0;  // points a second over all connections; 0: all are due at once
};

class load_schedule {
public:
  struct turn {
    std::size_t stream = 0;
    std::uint64_t number = 0;  // in its stream, from 1
    std::int64_t due_ns = 0;   // since the start of the run
  };

  load_schedule(const load_schedule_settings& settings, std::size_t connection);

  // The next turn, until take(); empty when there is none left.
  const std::optional<turn>& next() const { return next_; }
  void take();

private:
  void find();

  load_schedule_settings settings_;
  std::size_t connection_;
  std::size_t stream_;
  std::uint64_t round_ = 0;
  std::optional<turn> next_;
};

}  // namespace spindrift
