// Which rooms a file is in, and which rooms a room may see. Looks into the tree it was made from, which outlives it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/tidy/source_tree.hpp"

namespace spindrift::tidy {

class room_map {
public:
  explicit room_map(const source_tree& tree);

  // The names of the rooms that the file is in; usually one.
  std::vector<std::string> rooms_of(const source_file& file) const;
  // Everything that the room links, directly or not: names of rooms and targets of libraries.
  const std::set<std::string>& seen_from(const std::string& room_name) const { return seen_.at(room_name); }
  const std::map<std::string, room>& rooms() const { return rooms_; }

private:
  void follow(const room& from, std::set<std::string>& seen) const;

  std::map<std::string, room> rooms_;
  std::map<std::string, std::set<std::string>> seen_;
};

// The room's name in spindrift_<room>; any other target as it is.
std::string without_prefix(const std::string& target);

}  // namespace spindrift::tidy
