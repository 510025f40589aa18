// A spindriftd of a test's own: on a port that the system picks, without HTTP and without a state directory unless the
// test asks for them, ready when the constructor returns.
//
// Owns the process like child_process. Readiness is the printed `listening on HOST:PORT`; the constructor throws
// std::runtime_error with the daemon's stderr when that line does not come. Flags that the test gives replace ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/tcp_client.hpp"

namespace spindrift::support {

class daemon_process {
public:
  explicit daemon_process(std::string program, const std::vector<std::string>& arguments = {},
                          child_settings settings = {});

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  child_process& process() { return process_; }
  tcp_client connect(int receive_buffer_bytes = 0) const { return tcp_client(port_, receive_buffer_bytes); }

private:
  child_process process_;
  std::uint16_t port_ = 0;
};

// Whether the program's --help names this flag. Asked once a program.
bool knows_flag(const std::string& program, std::string_view flag);

// The command line with the defaults above, for tests that start a daemon which is to fail.
std::vector<std::string> daemon_command(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace spindrift::support
