// Reads a TOML file into text values.
#include "common/cli/config_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <sstream>

#include "common/cli/setting_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

// Some thousand times the longest sensible file; --config /dev/zero must end.
constexpr std::size_t file_bytes_max = std::size_t{1} << 20;

struct file_closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string line_of(const toml::source_region& region, const std::string& path) {
  return path + ":" + std::to_string(region.begin.line);
}

std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
  if (const auto* real = node.as_floating_point()) return number_text(real->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto* time = node.as_date_time()) {
    std::ostringstream text;
    text << time->get();
    return text.str();
  }
  return std::nullopt;
}

// False where the node is neither a plain value nor a list of such.
bool take_node(const toml::node& node, config_entry& entry) {
  const toml::array* list = node.as_array();
  entry.is_list = list != nullptr;
  if (list == nullptr) {
    const auto text = text_of(node);
    if (text) entry.values.push_back(*text);
    return text.has_value();
  }
  return std::all_of(list->begin(), list->end(), [&entry](const toml::node& element) {
    const auto text = text_of(element);
    if (text) entry.values.push_back(*text);
    return text.has_value();
  });
}

// [[name]]: a list that is not empty and holds tables alone.
bool is_table_list(const toml::node& node) {
  const toml::array* const list = node.as_array();
  return list != nullptr && !list->empty() &&
         std::all_of(list->begin(), list->end(), [](const toml::node& element) { return element.is_table(); });
}

void take_table(const toml::table& table, const std::string& path, std::size_t depth, config_file& to,
                std::vector<std::string>& complaints) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string where = line_of(key.source(), path);
    if (is_table_list(node) && depth < table_depth_max) {
      config_table& made = to.tables.emplace_back(config_table{name, {}, where});
      for (const toml::node& element : *node.as_array()) {
        take_table(*element.as_table(), path, depth + 1, made.entries.emplace_back(), complaints);
      }
      continue;
    }
    config_entry entry{name, {}, false, where};
    if (!take_node(node, entry)) {
      complaints.push_back(
          where + ": " + in_quotes(name) +
          " is no setting's value; allowed: a string, a number, a date with its time, true, false, or a list of these");
    }
    to.entries.push_back(std::move(entry));
  }
}

config_file unreadable(const std::string& path, const std::string& reason) {
  return {{}, {}, {"configuration file " + in_quotes(path) + ": " + reason}};
}

}  // namespace

config_file parse_config(const std::string& text, const std::string& path) {
  config_file file;
  try {
    const toml::table table = toml::parse(text);
    take_table(table, path, 0, file, file.complaints);
  } catch (const toml::parse_error& failure) {
    const toml::source_position at = failure.source().begin;
    file = {};
    file.complaints.push_back(path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                              std::string(failure.description()));
  }
  return file;
}

config_file read_config_file(const std::string& path) {
  const std::unique_ptr<std::FILE, file_closer> opened(std::fopen(path.c_str(), "re"));
  if (!opened) return unreadable(path, std::strerror(errno));
  std::string text;
  std::array<char, 4096> chunk{};
  while (text.size() <= file_bytes_max) {
    const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), opened.get());
    if (count == 0) break;
    text.append(chunk.data(), count);
  }
  if (std::ferror(opened.get()) != 0) return unreadable(path, std::strerror(errno));
  if (text.size() > file_bytes_max) return unreadable(path, "longer than 1 MiB");
  return parse_config(text, path);
}

}  // namespace spindrift
