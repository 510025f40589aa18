// What a webhook is sent, for tests: a server on a free port that answers 200 and keeps the lines of every body.
//
// A thread of its own from construction to destruction; one connection at a time. Throws std::runtime_error where it
// cannot listen.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace spindrift::kafka_test {

class hook {
public:
  hook();
  ~hook();
  hook(const hook&) = delete;
  hook& operator=(const hook&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  std::vector<std::string> lines() const;

private:
  void run();
  void serve(int peer);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stops_{false};
  mutable std::mutex lock_;
  std::vector<std::string> lines_;
  std::thread thread_;
};

}  // namespace spindrift::kafka_test
