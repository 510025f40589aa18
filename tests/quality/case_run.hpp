// Runs tests/quality/cases: kinds of series after public reports, and a judge of what a person would have been told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/quality/section.hpp"

namespace spindrift::quality {

struct case_result {
  std::string name;
  bool passes = false;
  std::string figures;  // as the judge prints them
  double events = 0;    // that the series have,
  double told = 0;      // and of those that were told, a mean of the seeds
};

// `flags`: for `program`, beside its defaults. Takes some seconds a seed. Throws std::runtime_error when nothing comes
// of it.
std::vector<case_result> run_cases(const plan& run, std::uint64_t seeds, const std::string& flags = {},
                                   const std::string& program = "spindrift-detect");
double passed(const std::vector<case_result>& of);
// The share of all their events that was told.
double told_share(const std::vector<case_result>& of);

}  // namespace spindrift::quality
