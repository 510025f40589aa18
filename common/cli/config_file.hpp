// The TOML file of a program, as text values by key. The only place that sees toml++.
//
// `state-dir = "x"`, `listen = ["a:1", "b:2"]`, and tables that stand several times, `[[stream]]`, nested at most
// table_depth_max deep. Strings, integers, floats and booleans become the text
// that one would have typed behind the flag. Nothing is judged here but the form; what stands where is kept, so that
// each complaint can say FILE:line. Never throws.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace spindrift {

struct config_entry {
  std::string key;
  std::vector<std::string> values;
  bool is_list = false;
  std::string where;  // FILE:line
};

struct config_table;

struct config_file {
  std::vector<config_entry> entries;    // in the order of the keys
  std::vector<config_table> tables;     // [[name]], by name
  std::vector<std::string> complaints;  // empty: the file was read and is well-formed
};

struct config_table {
  std::string name;
  std::vector<config_file> entries;  // one for each [[name]], in the order of the file; without complaints of their own
  std::string where;
};

inline constexpr std::size_t table_depth_max = 4;

config_file read_config_file(const std::string& path);
// `path` only names the text in complaints.
config_file parse_config(const std::string& text, const std::string& path);

}  // namespace spindrift
