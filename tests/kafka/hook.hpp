// What a webhook is sent, for tests: a server on a free port that answers 200 and keeps the lines of every body.
//
// A thread of its own from construction to destruction. Throws std::runtime_error where it cannot listen.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace spindrift::kafka_test {

class hook {
public:
  hook();
  ~hook();
  hook(const hook&) = delete;
  hook& operator=(const hook&) = delete;

  std::string url() const;
  std::vector<std::string> lines() const;

private:
  struct receiver;
  std::unique_ptr<receiver> receiver_;
};

}  // namespace spindrift::kafka_test
