// What should be said of the records of one partition: an engine that is shown each of them once, in their order, by
// the rules of docs/scaleout.md and without anything of server/worker. Values as text, a message each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/worker/settings.hpp"
#include "tests/faults/memory_broker.hpp"

namespace spindrift::faults {

struct expected_messages {
  std::vector<std::string> verdicts;  // lines
  std::vector<std::string> events;
  std::vector<std::string> dead_letters;
};

expected_messages say_undisturbed(const worker::lane_settings& settings, const std::vector<message>& records);

}  // namespace spindrift::faults
