// The bytes of all verdicts that are kept for sending again, against their bound. Shared by the producers of one table;
// any thread.
//
// A producer keeps within its share by itself. Beyond the bound for all the table makes room: the producers that are
// not connected lose theirs first, whoever said hello longest ago before the others; then whoever holds more than an
// equal part.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace spindrift {

class producer;

struct kept_account {
  // What 4,096 producers of short verdicts need. A quarter of --max-memory where that is less.
  std::atomic<std::size_t> bytes_max{std::size_t{1} << 30U};
  // What they may take just now, since the streams have the rest: at most bytes_max.
  std::atomic<std::size_t> bound{std::size_t{1} << 30U};
  std::atomic<std::size_t> bytes{0};
  // Called by a producer, under its lock, that has kept a verdict beyond the bound; what is still too much it drops of
  // its own.
  std::function<void(producer&)> make_room{};

  // No name pushes out everybody else's. 64 MiB hold 1,024 verdicts of any kind.
  std::size_t share() const { return bytes_max.load(std::memory_order_relaxed) / 16; }
};

}  // namespace spindrift
