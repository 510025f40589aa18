// Reads the settings again.
#include "server/app/reread.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string_view>

#include "common/cli/options.hpp"
#include "server/net/net_options.hpp"

namespace spindrift {
namespace {

std::string in_one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text.replace(at, 1, "; ");
  return text;
}

// Up to the first table.
std::map<std::string, std::string> lines_by_key(std::string_view printed) {
  std::map<std::string, std::string> lines;
  while (!printed.empty() && !printed.starts_with('[') && !printed.starts_with("\n[")) {
    const auto end = std::min(printed.find('\n'), printed.size());
    const std::string_view line = printed.substr(0, end);
    const auto equals = line.find(" = ");
    if (equals != std::string_view::npos) lines[std::string(line.substr(0, equals))] = line;
    printed.remove_prefix(std::min(end + 1, printed.size()));
  }
  return lines;
}

// Taken while the server runs: all of detectors, and of connections but for what is the listeners'.
bool is_live(const std::string& key) {
  static const std::set<std::string, std::less<>> also = {"silence",     "public-url",  "rate",          "log-level",
                                                          "max-streams", "evict-after", "max-producers", "max-kept",
                                                          "max-memory",  "max-journal", "shadow-memory"};
  static const std::map<std::string, std::string> of_tables = [] {
    detector_settings detectors;
    net_settings connections;
    option_set options("", "");
    declare(detectors, options);
    declare(connections, options);
    auto keys = lines_by_key(options.print_config());
    keys.erase("proxy-protocol");
    return keys;
  }();
  return key.starts_with("alert-") || also.contains(key) || of_tables.contains(key);
}

}  // namespace

reread_settings reread(int argc, const char* const* argv) {
  reread_settings made;
  option_set options("spindriftd", "");
  declare(made.chosen, options);
  parse_result judged = options.parse(argc, argv);
  if (judged.proceeds) judged = options.judge(validate(made.chosen));
  if (!judged.proceeds) {
    made.wrong = in_one_line(judged.text);
    return made;
  }
  made.printed = options.print_config();
  made.wrong = read_shadow(argc, argv, made.chosen);
  return made;
}

std::string read_shadow(int argc, const char* const* argv, config& chosen) {
  if (chosen.shadow.empty()) return {};
  config other;
  option_set options("--shadow", "");
  declare(other, options);
  options.read_instead(chosen.shadow);
  parse_result judged = options.parse(argc, argv);
  if (judged.proceeds) judged = options.judge(validate(other));
  if (!judged.proceeds) return in_one_line(judged.text);
  chosen.shadow_watched = other.engine;
  return {};
}

std::string keys_that_differ(const std::string& before, const std::string& after) {
  const auto old_lines = lines_by_key(before);
  std::string keys;
  for (const auto& [key, line] : lines_by_key(after)) {
    const auto known = old_lines.find(key);
    if (is_live(key)) continue;
    if (known == old_lines.end() || known->second != line) keys.append(keys.empty() ? "" : ", ").append(key);
  }
  return keys;
}

std::string with_restarts_noted(const std::string& printed) {
  std::string noted;
  std::string_view rest = printed;
  bool is_of_table = false;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    is_of_table = is_of_table || line.starts_with('[') || rest.starts_with('[');
    const std::string_view next = rest.substr(0, rest.find(" = "));
    const bool is_origin = line.starts_with("# ") && !is_of_table && !next.starts_with('#');
    if (is_origin && !is_live(std::string(next))) noted += "# a change needs a restart\n";
    noted.append(line).append("\n");
  }
  return noted;
}

}  // namespace spindrift
