// The line on the terminal, and what is said above it.
#include "client/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "common/text/printable.hpp"

namespace spindrift {
namespace {

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

std::string progress_line(const run_counters& counts, double seconds, std::optional<std::uint64_t> total,
                          std::size_t width) {
  constexpr std::size_t bar_columns_max = 40;
  const std::uint64_t answered = counts.verdicts + counts.acknowledged + counts.errors;
  const double rate = seconds > 0 ? static_cast<double>(answered) / seconds : 0;
  std::array<char, 160> text{};
  std::snprintf(text.data(), text.size(), "%llu answered, %.0f/s, %llu flagged, %llu drifts",
                static_cast<unsigned long long>(answered), rate, static_cast<unsigned long long>(counts.judged.flags()),
                static_cast<unsigned long long>(counts.judged.drifts().reported));
  std::string line = text.data();
  constexpr std::size_t around_bar = 9;  // "[", "] ", "100 % "
  if (total && *total > 0 && width > line.size() + around_bar + 10) {
    const double done = std::min(1.0, static_cast<double>(answered) / static_cast<double>(*total));
    const std::size_t columns = std::min(bar_columns_max, width - line.size() - around_bar - 1);
    const auto filled = static_cast<std::size_t>(done * static_cast<double>(columns));
    std::snprintf(text.data(), text.size(), "] %3.0f %% ", done * 100);
    line = '[' + std::string(filled, '#') + std::string(columns - filled, '.') + text.data() + line;
  }
  return line.substr(0, width > 0 ? width - 1 : 0);
}

progress::progress(bool is_quiet, std::optional<std::uint64_t> total)
    : is_quiet_(is_quiet), is_terminal_(isatty(STDERR_FILENO) == 1), total_(total) {}

progress::~progress() {
  clear();
}

void progress::show(const run_counters& counts, double seconds) {
  if (is_quiet_ || !is_terminal_) return;
  const std::string line = progress_line(counts, seconds, total_, terminal_columns());
  std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
  std::fflush(stderr);
  is_on_screen_ = true;
}

void progress::tell(std::string_view text) {
  if (!is_quiet_) print_line(text);
}

void progress::complain(std::string_view text) {
  if (text == last_complaint_) return;
  last_complaint_ = text;
  print_line(text);
}

void progress::clear() {
  if (!is_on_screen_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  is_on_screen_ = false;
}

void progress::print_line(std::string_view text) {
  clear();
  std::fprintf(stderr, "spindrift-sim: %s\n", printable(text).c_str());
}

}  // namespace spindrift
