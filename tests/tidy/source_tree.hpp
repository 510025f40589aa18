// The sources of the house as the tidy rules see them: files in memory, and the rooms that the CMakeLists name. A tree
// is read from disk or made up by a test. Plain data; one thread at a time.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift::tidy {

struct include_line {
  std::string path;
  bool is_quoted = false;  // "server/detect/adwin.hpp", not <vector>
  int number = 0;
};

struct source_file {
  std::string path;  // from the top of the house
  std::string text;
  bool is_header() const { return path.ends_with(".hpp"); }
  std::string folder() const { return path.substr(0, path.rfind('/')); }
  std::string stem() const;
  std::vector<include_line> includes() const;
};

// What add_room or add_program says. `links` as written: spindrift_<room> and the targets of libraries.
struct room {
  std::string name;
  std::string folder;
  std::set<std::string> sources;  // paths from the top of the house
  std::vector<std::string> links;
};

struct source_tree {
  std::map<std::string, source_file> files;
  std::map<std::string, std::string> lists;  // CMakeLists.txt by their folder

  void add(std::string path, std::string text);
  std::vector<room> rooms() const;
};

// All .hpp and .cpp and CMakeLists.txt of these folders.
source_tree read_tree(const std::filesystem::path& top, const std::vector<std::string>& folders);

}  // namespace spindrift::tidy
