// The end of a run as text for people and as one JSON object for programs. Pure: run counters in, a string out. What is
// not defined (F1 where nothing was injected, a delay where no drift was found) is null in JSON and a dash in text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "client/run_counters.hpp"

namespace spindrift {

struct run_facts {
  std::string source;  // the scenario's name, or the file that was replayed
  std::uint64_t seed = 0;
  std::size_t streams = 1;
  std::size_t connections = 1;
  double rate = 0;
  std::string replies = "all";  // which were asked for; with "errors" nothing is known of what was found
  bool was_stopped = false;     // by a signal, before all points were sent
  std::uint64_t unsent = 0;     // points asked for and never sent

  bool knows_findings() const { return replies != "errors"; }
};

std::string text_report(const run_facts& run, const run_counters& counts);
// One line, without a line end.
std::string json_report(const run_facts& run, const run_counters& counts);

}  // namespace spindrift
