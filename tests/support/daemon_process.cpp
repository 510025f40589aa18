#include "tests/support/daemon_process.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace spindrift::support {
namespace {

constexpr std::string_view readiness = "listening on 127.0.0.1:";

bool names(const std::vector<std::string>& arguments, const std::string& flag) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const std::string& each) { return each == flag || each.starts_with(flag + "="); });
}

const std::string& help_of(const std::string& program) {
  static std::mutex lock;
  static std::map<std::string, std::string> known;
  const std::lock_guard guard(lock);
  const auto [at, is_new] = known.try_emplace(program);
  if (is_new) at->second = run_to_end({program, "--help"}).output;
  return at->second;
}

}  // namespace

bool knows_flag(const std::string& program, std::string_view flag) {
  const std::string& help = help_of(program);
  return help.find("  " + std::string(flag) + " ") != std::string::npos;
}

std::vector<std::string> daemon_command(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {program};
  const auto add_default = [&](const std::string& flag, const std::string& value) {
    if (names(arguments, flag) || !knows_flag(program, flag)) return;
    command.push_back(flag);
    command.push_back(value);
  };
  add_default("--listen", "127.0.0.1:0");
  add_default("--http", "off");
  add_default("--state-dir", "off");
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

daemon_process::daemon_process(std::string program, const std::vector<std::string>& arguments, child_settings settings)
    : process_(daemon_command(program, arguments), std::move(settings)) {
  const bool is_ready = process_.wait_output([this](const std::string& output, const std::string&) {
    const std::size_t at = output.find(readiness);
    if (at == std::string::npos || output.find('\n', at) == std::string::npos) return false;
    const char* const digits = output.data() + at + readiness.size();
    return std::from_chars(digits, output.data() + output.size(), port_).ec == std::errc{};
  });
  if (!is_ready) throw std::runtime_error(program + " did not come up: " + process_.output() + process_.errors());
}

}  // namespace spindrift::support
