// What an option_set says about itself: the help page and the configuration in force.
#include <algorithm>

#include "common/cli/command_list.hpp"
#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

constexpr std::size_t line_columns_max = 100;
constexpr std::size_t help_column = 34;

// One for each character; the bytes that continue one in UTF-8 take no room.
std::size_t columns_of(const std::string& word) {
  return static_cast<std::size_t>(
      std::count_if(word.begin(), word.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Breaks at spaces; continuation lines start at the column where the first one did.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string page;
  std::size_t column = indent;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t space = text.find(' ', at);
    const std::string word = text.substr(at, space == std::string::npos ? space : space - at);
    at += word.size() + 1;
    const bool is_first = column == indent;
    if (!is_first && column + 1 + columns_of(word) > line_columns_max) {
      page += '\n';
      page.append(indent, ' ');
      column = indent;
    } else if (!is_first) {
      page += ' ';
      ++column;
    }
    page += word;
    column += columns_of(word);
  }
  return page;
}

std::string entry(const std::string& left, const std::string& help) {
  std::string line = "  ";
  line += left;
  const bool leaves_no_gap = line.size() + 2 > help_column;
  if (leaves_no_gap) line += '\n';
  line.append(leaves_no_gap ? help_column : help_column - line.size(), ' ');
  return line + wrapped(help, help_column) + "\n";
}

}  // namespace

// What follows an option's help: whether it may be repeated, and its default.
std::string option_set::default_note(std::size_t option_index) const {
  const option& declared = options_[option_index];
  const bool is_said_already = declared.help.find("default") != std::string::npos;
  if (declared.placeholder.empty() || is_said_already) return declared.is_repeatable ? " (repeatable)" : "";
  const std::string text = joined(defaults_[option_index], ",");
  return std::string(declared.is_repeatable ? " (repeatable; " : " (") + "default " + (text.empty() ? "none" : text) +
         ")";
}

std::string option_set::precedence_text() const {
  const std::string file_part = config_flag_.empty() ? "" : ", then the configuration file (state-dir = \"x\")";
  return "A flag comes first, then the environment" + file_part + ", then the default.";
}

std::string option_set::help_text() const {
  const std::string usage =
      program_ + " [OPTION...]" + (positional_target_ == nullptr ? "" : " [" + positional_placeholder_ + "]");
  std::string page = wrapped(program_ + " " SPINDRIFT_VERSION ": " + purpose_, 0) + "\n\nUsage: " + usage + "\n\n";
  if (positional_target_ != nullptr) page += entry(positional_placeholder_, positional_help_) + "\n";
  const auto commands = commands_of(program_);
  if (!commands.empty()) page += "Commands, each with a --help of its own:\n";
  for (const command_text& one : commands) page += entry(std::string(one.words), std::string(one.help));
  if (!commands.empty()) page += '\n';
  page += "Options:\n";
  for (std::size_t i = 0; i < options_.size(); ++i) {
    const option& declared = options_[i];
    const std::string left = declared.flag + (declared.placeholder.empty() ? "" : " " + declared.placeholder);
    page += entry(left, declared.help + default_note(i));
  }
  if (!config_flag_.empty()) page += entry(config_flag_ + " FILE", "Read settings from this TOML file (default none)");
  page += entry("--help", "Show this page") + entry("--version", "Show the version");
  for (const option_table& declared : tables_) {
    page += "\n[[" + declared.name + "]] in the file, any number of times: " + declared.help + "\n";
    const table_entry sample = declared.begin();
    for (std::size_t i = 0; i < sample.keys->options_.size(); ++i) {
      const option& key = sample.keys->options_[i];
      page += entry(key_of(key.flag) + " = " + key.placeholder, key.help + sample.keys->default_note(i));
    }
  }
  page += '\n';
  page += wrapped(
      "Each --some-flag can also be given as the environment variable SPINDRIFT_SOME_FLAG (lists with commas). " +
          precedence_text(),
      0);
  page += "\n\nExit codes:\n";
  for (const exit_code_text& code : exit_code_texts) {
    if (!code.is_of(program_)) continue;
    const std::string number = std::to_string(code.code);
    page.append(4 - number.size(), ' ').append(number).append("  ").append(code.meaning).append("\n");
  }
  return page;
}

std::string option_set::print_config(origins wanted) const {
  return print_own(wanted) + print_tables("", wanted == origins::left_out ? wanted : origins::shown);
}

std::string option_set::origin_of(std::string_view key) const {
  const auto found = origins_.find(key);
  return found == origins_.end() ? "default" : found->second;
}

std::vector<std::string> option_set::flags_given() const {
  std::vector<std::string> found;
  for (const auto& [key, origin] : origins_) {
    if (origin == "flag --" + key) found.push_back("--" + key);
  }
  return found;
}

std::vector<std::pair<const option*, std::string>> option_set::values_in_force() const {
  std::vector<std::pair<const option*, std::string>> found;
  for (const option& declared : options_) {
    if (declared.is_action) continue;
    const texts values = declared.show();
    if (!declared.is_repeatable && values.empty()) continue;
    found.emplace_back(&declared, declared.is_repeatable ? toml_array(values) : toml_value(values.front()));
  }
  return found;
}

std::map<std::string, std::string> option_set::for_restart() const {
  std::map<std::string, std::string> found;
  for (const auto& [declared, value] : values_in_force()) {
    if (!declared->is_live) found.emplace(key_of(declared->flag), value);
  }
  return found;
}

std::string option_set::print_own(origins wanted) const {
  std::string text;
  for (const auto& [declared, value] : values_in_force()) {
    const std::string key = key_of(declared->flag);
    if (wanted == origins::shown_with_restarts && !declared->is_live) text += "# a change needs a restart\n";
    if (wanted != origins::left_out) text += "# " + printable(origin_of(key)) + "\n";
    text += key + " = " + value + "\n";
  }
  return text;
}

}  // namespace spindrift
