// The sockets of a run: one connection a producer, all on the calling thread's io_context. It connects, reconnects with
// a jittered back-off, moves bytes between sockets and producers, and drains when all is answered or a signal comes.
//
// Producers, counters and progress are borrowed for the time of run(). Asio is in sender.cpp alone. SIGINT and SIGTERM
// stop the run: what is outstanding is waited for, for a while; a second signal ends the process at once.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "client/producer_session.hpp"
#include "client/progress.hpp"
#include "client/run_counters.hpp"
#include "common/net/endpoint.hpp"

namespace spindrift {

struct sender_settings {
  endpoint server;
  std::chrono::milliseconds connect_patience{5'000};  // until the first welcome, all attempts together
  std::chrono::milliseconds resume_patience{30'000};  // from a loss until points are answered again
  std::chrono::milliseconds silence_max{15'000};      // without an answer while one is due: the connection is dead
  std::chrono::milliseconds drain_patience{2'000};    // for outstanding verdicts after a signal
};

struct sender_outcome {
  bool was_stopped = false;  // by a signal
  bool gave_up = false;      // at least one connection did, and its points were left
};

class sender {
public:
  using producers = std::vector<std::unique_ptr<producer_session>>;

  sender(sender_settings settings, producers& all, run_counters& counts, progress& news);

  // Blocks until every producer is done or was given up.
  sender_outcome run();

private:
  sender_settings settings_;
  producers& producers_;
  run_counters& counters_;
  progress& progress_;
};

}  // namespace spindrift
