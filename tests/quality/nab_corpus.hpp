// Reads a folder laid out as the Numenta Anomaly Benchmark's: <category>/<name>.csv with "timestamp,value" rows, and
// windows.json, {"<category>/<name>.csv": [["first timestamp", "last timestamp"], ...]}.
//
// Only series named in windows.json are read, in the order of their names. read_corpus throws std::runtime_error with
// the path and the reason when anything is missing or not as expected.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/quality/nab_scoring.hpp"

namespace spindrift::nab {

struct series {
  std::string name;
  std::vector<double> times;  // seconds since 1970-01-01 UTC; duplicates and steps back are in the data
  std::vector<double> values;
  std::vector<window> windows;
};

// "2014-04-01 00:00:00", with or without a fraction of a second -> seconds; throws std::runtime_error.
double seconds_of(const std::string& timestamp);

std::vector<series> read_corpus(const std::filesystem::path& folder);

}  // namespace spindrift::nab
