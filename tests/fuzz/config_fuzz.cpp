// Any bytes as a configuration file: refused with reasons, each naming the file, or read, and then every key stands
// there once, with its place and its value.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "common/cli/config_file.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spindrift;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const config_file read = parse_config(text, "any.toml");
  for (const std::string& each : read.complaints) {
    fuzz::require(each.find("any.toml") != std::string::npos, "a complaint does not name the file", each);
  }
  if (!read.complaints.empty()) return 0;
  std::set<std::string> keys;
  for (const config_entry& each : read.entries) {
    fuzz::require(keys.insert(each.key).second, "a key twice", each.key);
    fuzz::require(each.is_list || each.values.size() == 1, "a plain value is not one", each.key);
    fuzz::require(each.where.starts_with("any.toml"), "an entry does not say where it stands", each.where);
  }
  return 0;
}
