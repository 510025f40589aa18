#include "tests/tidy/room_map.hpp"

namespace spindrift::tidy {

std::string without_prefix(const std::string& target) {
  constexpr std::string_view prefix = "spindrift_";
  return target.starts_with(prefix) ? target.substr(prefix.size()) : target;
}

room_map::room_map(const source_tree& tree) {
  for (room& each : tree.rooms()) {
    const std::string name = each.name;
    rooms_.emplace(name, std::move(each));
  }
  for (const auto& [name, each] : rooms_) follow(each, seen_[name]);
}

void room_map::follow(const room& from, std::set<std::string>& seen) const {
  for (const std::string& link : from.links) {
    const std::string name = without_prefix(link);
    if (!seen.insert(name).second) continue;
    if (const auto next = rooms_.find(name); next != rooms_.end()) follow(next->second, seen);
  }
}

std::vector<std::string> room_map::rooms_of(const source_file& file) const {
  for (const auto& [name, each] : rooms_) {
    if (each.sources.contains(file.path) || each.sources.contains(file.stem() + ".cpp")) return {name};
  }
  for (std::string folder = file.folder();; folder = folder.substr(0, folder.rfind('/'))) {
    std::vector<std::string> found;
    for (const auto& [name, each] : rooms_) {
      if (each.folder == folder) found.push_back(name);
    }
    if (!found.empty() || folder.find('/') == std::string::npos) return found;
  }
}

}  // namespace spindrift::tidy
