#include "tests/tidy/rule.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/tidy/room_map.hpp"

namespace spindrift::tidy {
namespace {

std::string place(const source_file& file, int line) {
  return file.path + ":" + std::to_string(line) + ": ";
}

bool intersects(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& each) {
    return std::find(others.begin(), others.end(), each) != others.end();
  });
}

// A graph by names, and the circle that depth-first search meets first in each part of it.
class circle_search {
public:
  explicit circle_search(const std::map<std::string, std::set<std::string>>& arrows) : arrows_(arrows) {}

  complaints find() {
    for (const auto& [from, to] : arrows_) visit(from);
    return found_;
  }

private:
  void visit(const std::string& name) {
    if (done_.contains(name)) return;
    if (const auto at = std::find(path_.begin(), path_.end(), name); at != path_.end()) {
      std::string circle = "circle: ";
      for (auto each = at; each != path_.end(); ++each) circle += *each + " -> ";
      found_.push_back(circle + name);
      return;
    }
    path_.push_back(name);
    if (const auto next = arrows_.find(name); next != arrows_.end()) {
      for (const std::string& each : next->second) visit(each);
    }
    path_.pop_back();
    done_.insert(name);
  }

  const std::map<std::string, std::set<std::string>>& arrows_;
  std::vector<std::string> path_;
  std::set<std::string> done_;
  complaints found_;
};

template <class Check>
complaints lines_where(const source_tree& tree, const std::string& what, const Check& is_wrong) {
  complaints found;
  for (const auto& [path, file] : tree.files) {
    std::istringstream lines(file.text);
    int number = 1;
    for (std::string line; std::getline(lines, line); ++number) {
      if (is_wrong(line)) found.push_back(place(file, number) + what);
    }
  }
  return found;
}

// The word by itself: mkdtemp's placeholder is none.
bool has_word(const std::string& line, const std::string& word) {
  const auto belongs = [&](std::size_t at) {
    return at < line.size() && std::isalnum(static_cast<unsigned char>(line[at])) != 0;
  };
  for (std::size_t at = line.find(word); at != std::string::npos; at = line.find(word, at + 1)) {
    if ((at == 0 || !belongs(at - 1)) && !belongs(at + word.size())) return true;
  }
  return false;
}

// The table "What a new one touches": by kind, the files that exist.
std::map<std::string, std::vector<std::string>> rows_of_additions(const std::string& architecture) {
  std::map<std::string, std::vector<std::string>> rows;
  const std::size_t begin = architecture.find("\n## What a new one touches\n");
  if (begin == std::string::npos) return rows;
  std::istringstream lines(architecture.substr(begin + 1, architecture.find("\n## ", begin + 1) - begin - 1));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ") || line.starts_with("| new ")) continue;
    std::vector<std::string>& row = rows[line.substr(2, line.find(" |", 2) - 2)];
    for (std::size_t at = line.find("](../"); at != std::string::npos; at = line.find("](../", at + 1)) {
      row.push_back(line.substr(at + 5, line.find(')', at) - at - 5));
    }
  }
  return rows;
}

bool is_asio(const std::string& path) {
  return path.starts_with("boost/asio") || path.starts_with("boost/beast");
}

}  // namespace

complaints forbidden_arrows(const source_tree& tree) {
  const room_map rooms(tree);
  complaints found;
  for (const auto& [path, file] : tree.files) {
    const auto from = rooms.rooms_of(file);
    if (from.empty()) found.push_back(path + ": is in no room");
    for (const include_line& each : file.includes()) {
      if (!each.is_quoted) continue;
      const auto included = tree.files.find(each.path);
      if (included == tree.files.end()) {
        found.push_back(place(file, each.number) + "no such file from the top of the house: " + each.path);
        continue;
      }
      const auto to = rooms.rooms_of(included->second);
      const auto sees = [&](const std::string& room_name) {
        const auto& seen = rooms.seen_from(room_name);
        return std::any_of(to.begin(), to.end(), [&](const std::string& target) { return seen.contains(target); });
      };
      if (intersects(from, to) || std::any_of(from.begin(), from.end(), sees)) continue;
      found.push_back(place(file, each.number) + (from.empty() ? "no room" : from.front()) +
                      " does not link the room of " + each.path);
    }
  }
  return found;
}

complaints circles(const source_tree& tree) {
  std::map<std::string, std::set<std::string>> between_units;
  for (const auto& [path, file] : tree.files) {
    for (const include_line& line : file.includes()) {
      const std::string included = source_file{line.path, {}}.stem();
      if (line.is_quoted && included != file.stem()) between_units[file.stem()].insert(included);
      if (line.path == path) between_units[path].insert(path);  // itself
    }
  }
  std::map<std::string, std::set<std::string>> between_rooms;
  for (const room& each : tree.rooms()) {
    for (const std::string& link : each.links) between_rooms[each.name].insert(without_prefix(link));
  }
  complaints found = circle_search(between_units).find();
  for (std::string& each : circle_search(between_rooms).find()) found.push_back(std::move(each));
  return found;
}

complaints foreign_includes_of_detect(const source_tree& tree) {
  complaints found;
  for (const auto& [path, file] : tree.files) {
    if (!path.starts_with("server/detect/")) continue;
    for (const include_line& each : file.includes()) {
      const bool is_own = each.is_quoted && each.path.starts_with("server/detect/");
      const bool is_standard = !each.is_quoted && each.path.find_first_of("./") == std::string::npos;
      if (!is_own && !is_standard) found.push_back(place(file, each.number) + "detect includes " + each.path);
    }
  }
  return found;
}

complaints heavy_includes(const source_tree& tree) {
  const std::set<std::string> silent = {"model",   "protocol", "detect", "engine",  "store", "feed",
                                        "session", "pipeline", "sinks",  "formats", "events"};
  const room_map rooms(tree);
  complaints found;
  for (const auto& [path, file] : tree.files) {
    const auto homes = rooms.rooms_of(file);
    const auto is_silent = [&](const std::string& home) { return silent.contains(home); };
    const auto lives_on_asio = [&](const std::string& home) {
      const auto& links = rooms.rooms().at(home).links;
      return std::find(links.begin(), links.end(), "Boost::headers") != links.end();
    };
    for (const include_line& each : file.includes()) {
      if (each.is_quoted) continue;
      if (is_asio(each.path) && std::any_of(homes.begin(), homes.end(), is_silent)) {
        found.push_back(place(file, each.number) + "a room without sockets includes " + each.path);
      }
      if (!file.is_header()) continue;
      if (is_asio(each.path) && std::none_of(homes.begin(), homes.end(), lives_on_asio)) {
        found.push_back(place(file, each.number) + "a header outside of the rooms of sockets includes " + each.path);
      }
      if (each.path == "nlohmann/json.hpp" || each.path == "gnuplot-iostream.h") {
        found.push_back(place(file, each.number) + "a header includes " + each.path);
      }
    }
  }
  return found;
}

complaints orphans(const source_tree& tree) {
  std::set<std::string> named;
  for (const room& each : tree.rooms()) named.insert(each.sources.begin(), each.sources.end());
  complaints found;
  for (const auto& [path, file] : tree.files) {
    if (!file.is_header() && !named.contains(path)) found.push_back(path + ": is named by no CMakeLists.txt");
  }
  for (const std::string& path : named) {
    if (!tree.files.contains(path)) found.push_back(path + ": is named by a CMakeLists.txt and is not there");
  }
  return found;
}

complaints additions_beyond_four_files(const source_tree& tree, const std::string& architecture) {
  const auto rows = rows_of_additions(architecture);
  if (rows.empty()) return {"there is no table of what a new one touches"};
  complaints found;
  for (const auto& [kind, paths] : rows) {
    for (const std::string& path : paths) {
      const bool exists = path.ends_with("/CMakeLists.txt") ? tree.lists.contains(path.substr(0, path.rfind('/')))
                                                            : tree.files.contains(path);
      if (!exists) found.push_back(kind + ": there is no " + path);
    }
    if (paths.empty() || paths.size() > 4) {
      found.push_back(kind + ": touches " + std::to_string(paths.size()) + " files, not one to four");
    }
  }
  for (const std::string kind : {"command", "detector", "format", "sink", "transport"}) {
    if (!rows.contains(kind)) found.push_back(kind + ": is not in the table of what a new one touches");
  }
  return found;
}

complaints files_beyond_row(const source_tree& tree, const std::string& architecture, const std::string& kind,
                            const std::string& name) {
  const auto rows = rows_of_additions(architecture);
  const auto row = rows.find(kind);
  if (row == rows.end()) return {kind + ": is not in the table of what a new one touches"};
  complaints found;
  for (const auto& [path, file] : tree.files) {
    const bool is_listed = std::find(row->second.begin(), row->second.end(), path) != row->second.end();
    const bool is_there = has_word(file.text, name);
    if (is_there && !is_listed) found.push_back(path + ": " + name + " stands here, and not in the row of " + kind);
    if (is_listed && !is_there) found.push_back(path + ": is in the row of " + kind + ", and knows no " + name);
  }
  return found;
}

complaints long_lines(const source_tree& tree) {
  return lines_where(tree, "over 120 columns", [](const std::string& line) {
    const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    return std::count_if(line.begin(), line.end(), is_first_byte) > 120;
  });
}

complaints long_files(const source_tree& tree, std::size_t lines_max) {
  complaints found;
  for (const auto& [path, file] : tree.files) {
    const auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (lines > lines_max) found.push_back(path + ": " + std::to_string(lines) + " lines");
  }
  return found;
}

complaints locks_without_name(const source_tree& tree) {
  static const std::regex nameless(
      R"(^\s*(?:const )?std::(?:lock_guard|scoped_lock|unique_lock|shared_lock)(?:<[^;]*>)?\s*[({])");
  return lines_where(tree, "a lock without a name", [](const std::string& line) {
    return line.find("lock") != std::string::npos && std::regex_search(line, nameless);
  });
}

complaints unfinished_work(const source_tree& tree) {
  // Put together, so that this file keeps its own rule.
  const std::vector<std::string> words = {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X"};
  return lines_where(tree, "unfinished work", [&](const std::string& line) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return has_word(line, word); });
  });
}

complaints headers_without_contract(const source_tree& tree) {
  complaints found;
  for (const auto& [path, file] : tree.files) {
    if (!file.is_header()) continue;
    if (!file.text.starts_with("//")) found.push_back(path + ": does not open with what it is");
    if (file.text.find("\n#pragma once\n") == std::string::npos) found.push_back(path + ": lacks #pragma once");
  }
  return found;
}

complaints sources_without_opening(const source_tree& tree) {
  complaints found;
  for (const auto& [path, file] : tree.files) {
    if (!file.is_header() && !file.text.starts_with("// ")) found.push_back(path + ": does not open with what it does");
  }
  return found;
}

}  // namespace spindrift::tidy
