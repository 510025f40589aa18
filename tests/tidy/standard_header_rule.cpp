// The rule that a standard name comes with its header, by a table of the names that are used most.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/rule.hpp"

namespace spindrift::tidy {
namespace {

struct standard_header {
  std::string_view name;
  std::vector<std::string_view> declares;
};

const std::vector<standard_header>& standard_headers() {
  static const std::vector<standard_header> all = {
      {"algorithm", {"sort", "clamp", "find_if", "any_of", "all_of", "none_of", "fill", "lower_bound", "nth_element"}},
      {"array", {"array"}},
      {"atomic", {"atomic", "memory_order_relaxed", "memory_order_acquire"}},
      {"charconv", {"to_chars", "from_chars"}},
      {"chrono", {"chrono"}},
      {"cmath", {"sqrt", "isnan", "isfinite", "floor", "ceil", "exp", "pow", "lround", "isinf"}},
      {"cstdint", {"uint8_t", "uint16_t", "uint32_t", "uint64_t", "int64_t"}},
      {"cstring", {"memcpy", "memmove", "memcmp", "strlen", "memchr"}},
      {"deque", {"deque"}},
      {"functional", {"function"}},
      {"limits", {"numeric_limits"}},
      {"map", {"map", "multimap"}},
      {"memory", {"unique_ptr", "shared_ptr", "weak_ptr", "make_unique", "make_shared", "enable_shared_from_this"}},
      {"mutex", {"mutex", "lock_guard", "scoped_lock", "unique_lock"}},
      {"optional", {"optional", "nullopt"}},
      {"span", {"span"}},
      {"string", {"string", "to_string"}},
      {"string_view", {"string_view"}},
      {"unordered_map", {"unordered_map"}},
      {"utility", {"exchange", "forward", "pair"}},
      {"variant", {"variant", "visit", "get_if", "holds_alternative"}},
      {"vector", {"vector"}},
  };
  return all;
}

bool is_of_name(char c) {
  return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

// Every x of a "std::x" that is in no comment.
std::set<std::string, std::less<>> standard_names(std::string_view text) {
  std::set<std::string, std::less<>> names;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::string_view code = line.substr(0, line.find("//"));
    for (std::size_t at = code.find("std::"); at != std::string_view::npos; at = code.find("std::", at + 5)) {
      const auto begin = code.begin() + static_cast<std::ptrdiff_t>(at + 5);
      names.emplace(begin, std::find_if_not(begin, code.end(), is_of_name));
    }
  }
  return names;
}

// The standard headers that a file includes, itself or through files of ours.
void gather(const source_tree& tree, const source_file& file, std::set<std::string>& seen,
            std::set<std::string, std::less<>>& headers) {
  for (const include_line& line : file.includes()) {
    if (!line.is_quoted) {
      headers.insert(line.path);
    } else if (const auto next = tree.files.find(line.path);
               next != tree.files.end() && seen.insert(line.path).second) {
      gather(tree, next->second, seen, headers);
    }
  }
}

}  // namespace

complaints names_without_header(const source_tree& tree) {
  complaints found;
  for (const auto& [path, file] : tree.files) {
    std::set<std::string> seen;
    std::set<std::string, std::less<>> headers;
    gather(tree, file, seen, headers);
    const auto names = standard_names(file.text);
    for (const standard_header& header : standard_headers()) {
      if (headers.contains(header.name)) continue;
      const auto used = std::find_if(header.declares.begin(), header.declares.end(),
                                     [&](std::string_view name) { return names.contains(name); });
      if (used == header.declares.end()) continue;
      found.push_back(path + ": std::" + std::string(*used) + " without <" + std::string(header.name) + ">");
    }
  }
  return found;
}

}  // namespace spindrift::tidy
