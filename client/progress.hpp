// The line on the terminal that moves while a run goes on, and the messages that must not be mixed up with it. All on
// stderr: stdout belongs to the report. Shown only where stderr is a terminal, and never when quiet. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/run_counters.hpp"

namespace spindrift {

// The line itself: a bar where the end is known, else only the counts. `width` is that of the terminal, in columns.
std::string progress_line(const run_counters& counts, double seconds, std::optional<std::uint64_t> total,
                          std::size_t width);

class progress {
public:
  // `total`: points in all; empty: endless.
  progress(bool is_quiet, std::optional<std::uint64_t> total);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void show(const run_counters& counts, double seconds);
  // A line of news ("connection 1 was lost: ..."); left out when quiet.
  void tell(std::string_view text);
  // A line about why the run fails; never left out, but the same one only once in a row.
  void complain(std::string_view text);
  void clear();

private:
  void print_line(std::string_view text);

  bool is_quiet_;
  bool is_terminal_;
  bool is_on_screen_ = false;
  std::optional<std::uint64_t> total_;
  std::string last_complaint_;
};

}  // namespace spindrift
