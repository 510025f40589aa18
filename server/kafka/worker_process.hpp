// spindrift-worker as a whole: it looks at the cluster, starts the lanes, serves metrics and health, and ends in order.
//
// run() is the main thread's: it runs signals and HTTP. A thread of its own looks at the cluster and starts the lanes,
// so that health is answered from the first moment on. SIGTERM or SIGINT: every lane commits, writes its snapshots and
// lets go, within stop_patience; a second signal ends the process at once. A lane that gives up ends all the others.
#pragma once

#include <chrono>
#include <memory>

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

class worker_process {
public:
  // Kubernetes kills after 30 s.
  static constexpr std::chrono::seconds stop_patience{25};
  // A lane's longest wait, for a broker that is away, is a fraction of this.
  static constexpr std::chrono::seconds stuck_after{120};

  // The settings outlive it.
  explicit worker_process(const kafka_settings& settings);
  ~worker_process();
  worker_process(const worker_process&) = delete;
  worker_process& operator=(const worker_process&) = delete;

  // The exit code.
  int run();
  // Threads of librdkafka are left behind: the process must end by _exit.
  bool has_left_clients() const;

private:
  class parts;
  std::unique_ptr<parts> parts_;
};

// run_daemon's counterpart: log, signals that are ignored, then the process.
int run_worker(const kafka_settings& settings);

}  // namespace spindrift::kafka
