// What a program says to whoever started it: exit codes, text on stdout, complaints on stderr. For the main thread; no
// state. Whatever a complaint quotes, from a file, a peer or the command line, only shows on the terminal and never
// drives it (common/text/printable.hpp).
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace spindrift {

inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;      // lost points, an address that cannot be bound, a peer that is not there
inline constexpr int exit_usage = 2;        // unknown option
inline constexpr int exit_no_memory = 71;   // EX_OSERR of sysexits.h: the system gives no more memory
inline constexpr int exit_try_again = 75;   // EX_TEMPFAIL of sysexits.h: what is needed is not there yet
inline constexpr int exit_bad_config = 78;  // EX_CONFIG of sysexits.h

struct exit_code_text {
  int code;
  std::string_view meaning;
  std::array<std::string_view, 2> only_of{};  // the programs that end with it; none: all
  constexpr bool is_of(std::string_view program) const {
    return only_of[0].empty() || only_of[0] == program || only_of[1] == program;
  }
};
inline constexpr std::array<exit_code_text, 6> exit_code_texts = {{
    {exit_ok, "done"},
    {exit_failure, "failed: an address that cannot be bound, a peer that is not there, lost points"},
    {exit_usage, "unknown option, or an option without its value"},
    {exit_no_memory, "the system gives no more memory", {"spindriftd", "spindrift-worker"}},
    {exit_try_again, "no broker has answered within --start-timeout: try again later", {"spindrift-worker"}},
    {exit_bad_config, "bad value or configuration"},
}};

// Writes to stdout. exit_ok, or exit_failure, said on stderr, when stdout could not take it all (a full disk): a script
// that keeps the output must not think that it has it.
int print(const std::string& text);
// One line on stderr: "spindrift-sim: the text".
void complain(std::string_view program, std::string_view text);
// The same as the last that is said. Returns the exit code.
int refuse(std::string_view program, std::string_view text, int exit_code = exit_failure);

}  // namespace spindrift
