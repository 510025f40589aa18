// Holds the process to --max-memory: beyond it new streams are refused and streams that have been idle for as long as
// --evict-after go, the longest idle first, until a twentieth of the ceiling is free again. (A limit without play would
// be said and taken back every second.)
//
// Streams are taken in by what they may grow to (engine_settings::grown_bytes_max), so this is for what no reckoning
// sees: replies, subscribers, fragmentation. A thread of its own looks ten times a second, since a client that invents
// streams makes tens of MiB in a second, and giving pages back to the system may take tens of milliseconds, which no
// thread that serves clients has. The engine outlives it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

#include "server/engine/engine.hpp"

namespace spindrift {

class memory_guard {
public:
  // So many go in one look; each costs a write to the journal.
  static constexpr std::size_t forgotten_at_once = 2'000;

  // 0: no ceiling.
  memory_guard(engine& of, std::uint64_t ceiling_bytes, std::chrono::milliseconds idle_before_eviction)
      : engine_(of), ceiling_bytes_(ceiling_bytes), idle_before_eviction_(idle_before_eviction) {}
  ~memory_guard() { stop(); }
  memory_guard(const memory_guard&) = delete;
  memory_guard& operator=(const memory_guard&) = delete;

  void start();
  void stop();
  // One look; for whoever runs it without a thread.
  void look(std::uint64_t resident_bytes, moment at);

private:
  void run();
  void say(bool is_full, std::uint64_t resident);

  engine& engine_;
  const std::uint64_t ceiling_bytes_;
  const std::chrono::milliseconds idle_before_eviction_;
  std::mutex lock_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool was_said_ = false;  // that memory is full
  std::thread thread_;
};

}  // namespace spindrift
