// The last words of a process without memory, which must not allocate.
#include "server/app/no_memory.hpp"

#include <unistd.h>

#include <new>
#include <string_view>

#include "common/cli/terminal.hpp"

namespace spindrift {
namespace {

constexpr std::string_view last_words =
    "spindriftd: no_memory: the system gives no more memory (ulimit -v, a limit of the container); ended with exit "
    "code 71, what was answered is in the journal\n";

[[noreturn]] void end() {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, last_words.data(), last_words.size());
  ::_exit(exit_no_memory);
}

}  // namespace

void end_without_memory() {
  std::set_new_handler(end);
}

}  // namespace spindrift
