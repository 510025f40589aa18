// The TOML file of a program, as text values by key. The only place that sees toml++.
//
// A flat table: `state-dir = "x"`, `listen = ["a:1", "b:2"]`. Strings, integers, floats and booleans become the text
// that one would have typed behind the flag. Nothing is judged here but the form; what stands where is kept, so that
// each complaint can say FILE:line. Never throws.
#pragma once

#include <string>
#include <vector>

namespace spindrift {

struct config_entry {
  std::string key;
  std::vector<std::string> values;
  bool is_list = false;
  std::string where;  // FILE:line
};

struct config_file {
  std::vector<config_entry> entries;    // in the order of the keys
  std::vector<std::string> complaints;  // empty: the file was read and is well-formed
};

config_file read_config_file(const std::string& path);
// `path` only names the text in complaints.
config_file parse_config(const std::string& text, const std::string& path);

}  // namespace spindrift
