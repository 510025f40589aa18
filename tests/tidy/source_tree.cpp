#include "tests/tidy/source_tree.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

namespace spindrift::tidy {
namespace {

std::string without_comments(const std::string& list) {
  std::istringstream lines(list);
  std::string rest;
  for (std::string line; std::getline(lines, line);) rest += line.substr(0, line.find('#')) + '\n';
  return rest;
}

std::string joined(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

room parse_room(const std::string& arguments, const std::string& folder) {
  room found;
  found.folder = folder;
  std::istringstream words(arguments);
  words >> found.name;
  std::string section;
  for (std::string word; words >> word;) {
    if (word == "SOURCES" || word == "LINKS") {
      section = word;
    } else if (section == "SOURCES") {
      found.sources.insert(joined(folder, word));
    } else if (section == "LINKS") {
      found.links.push_back(word);
    }
  }
  return found;
}

}  // namespace

std::string source_file::stem() const {
  return path.substr(0, path.rfind('.'));
}

std::vector<include_line> source_file::includes() const {
  std::vector<include_line> found;
  std::istringstream lines(text);
  int number = 1;
  for (std::string line; std::getline(lines, line); ++number) {
    // `#`, the word and the name may stand apart: reading words skips the blanks.
    std::istringstream words(line);
    char hash = 0;
    std::string word;
    if (!(words >> hash) || hash != '#' || !(words >> word) || !word.starts_with("include")) continue;
    const std::size_t begin = line.find_first_of("\"<");
    if (begin == std::string::npos) continue;
    const std::size_t end = line.find_first_of("\">", begin + 1);
    found.push_back({line.substr(begin + 1, end - begin - 1), line[begin] == '"', number});
  }
  return found;
}

void source_tree::add(std::string path, std::string text) {
  constexpr std::string_view list_name = "CMakeLists.txt";
  if (path.ends_with(list_name)) {
    const std::size_t slash = path.rfind('/');
    lists[slash == std::string::npos ? "" : path.substr(0, slash)] = std::move(text);
    return;
  }
  source_file made{path, std::move(text)};
  files.emplace(std::move(path), std::move(made));
}

std::vector<room> source_tree::rooms() const {
  std::vector<room> found;
  for (const auto& [folder, list] : lists) {
    const std::string text = without_comments(list);
    for (std::size_t at = text.find("add_"); at != std::string::npos; at = text.find("add_", at + 1)) {
      const std::size_t open = text.find('(', at);
      const std::string command = text.substr(at, open - at);
      if (open == std::string::npos || (command != "add_room" && command != "add_program")) continue;
      room next = parse_room(text.substr(open + 1, text.find(')', open) - open - 1), folder);
      // A room of headers alone may be named by the list above its folder.
      const std::string below = joined(folder, next.name) + "/";
      const auto inside = files.lower_bound(below);
      if (next.sources.empty() && inside != files.end() && inside->first.starts_with(below)) {
        next.folder = joined(folder, next.name);
      }
      found.push_back(std::move(next));
    }
  }
  return found;
}

source_tree read_tree(const std::filesystem::path& top, const std::vector<std::string>& folders) {
  source_tree tree;
  for (const std::string& folder : folders) {
    if (!std::filesystem::exists(top / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top / folder)) {
      const auto& path = entry.path();
      const bool is_list = path.filename() == "CMakeLists.txt";
      if (!is_list && path.extension() != ".hpp" && path.extension() != ".cpp") continue;
      std::ifstream stream(path, std::ios::binary);
      tree.add(std::filesystem::relative(path, top).generic_string(),
               {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()});
    }
  }
  return tree;
}

}  // namespace spindrift::tidy
