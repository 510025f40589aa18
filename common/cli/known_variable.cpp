// Looks through the environment for variables that are ours by their beginning and nobody's by their name.
#include "common/cli/known_variable.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/cli/nearest_name.hpp"
#include "common/cli/setting_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

constexpr std::string_view prefix = "SPINDRIFT_";

// Read by tests and scripts, which may run our programs.
constexpr std::array<std::string_view, 11> of_tests = {
    "SPINDRIFT_BUILD_DIR", "SPINDRIFT_FUZZ_SECONDS",    "SPINDRIFT_SEEDS",  "SPINDRIFT_JSONTESTSUITE_DIR",
    "SPINDRIFT_NAB_DIR",   "SPINDRIFT_NAUGHTY_STRINGS", "SPINDRIFT_NODE",   "SPINDRIFT_REWRITE",
    "SPINDRIFT_SANITIZE",  "SPINDRIFT_SOURCE_DIR",      "SPINDRIFT_BIN_DIR"};

// What the programs of alerts are given, which may run ours.
constexpr std::array<std::string_view, 13> of_alerts = {
    "SPINDRIFT_ALERT", "SPINDRIFT_ID",       "SPINDRIFT_EVENTS",   "SPINDRIFT_STREAM",    "SPINDRIFT_EVENT",
    "SPINDRIFT_STATE", "SPINDRIFT_KIND",     "SPINDRIFT_SEVERITY", "SPINDRIFT_DIRECTION", "SPINDRIFT_FEATURE",
    "SPINDRIFT_VALUE", "SPINDRIFT_EXPECTED", "SPINDRIFT_TEXT"};

}  // namespace

std::vector<std::string> complaints_about_variables(const std::vector<std::string>& own) {
  std::vector<std::string> known = own;
  for (const std::string_view flag : declared_flags()) known.push_back(environment_variable_of(flag));
  const std::vector<std::string> meant = known;
  known.insert(known.end(), of_tests.begin(), of_tests.end());
  known.insert(known.end(), of_alerts.begin(), of_alerts.end());
  std::vector<std::string> complaints;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view text = *at;
    const std::string_view name = text.substr(0, text.find('='));
    if (!name.starts_with(prefix) || std::find(known.begin(), known.end(), name) != known.end()) continue;
    complaints.push_back("unknown environment variable " + printable(name) + nearest_name(name, meant).hint());
  }
  return complaints;
}

}  // namespace spindrift
