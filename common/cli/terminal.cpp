// Writes to stdout and stderr.
#include "common/cli/terminal.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/text/printable.hpp"

namespace spindrift {

int print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return exit_ok;
  std::fprintf(stderr, "the output cannot be written: %s\n", std::strerror(errno));
  return exit_failure;
}

void complain(std::string_view program, std::string_view text) {
  const std::string line = std::string(program) + ": " + printable(text) + '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int refuse(std::string_view program, std::string_view text, int exit_code) {
  complain(program, text);
  return exit_code;
}

}  // namespace spindrift
