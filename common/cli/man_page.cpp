// The manual page of a program, made from its option table.
#include <algorithm>

#include "common/cli/command_list.hpp"
#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"

namespace spindrift {
namespace {

// Text as roff takes it for text: no backslash, hyphens that can be copied, no line that begins like a request.
std::string roff(const std::string& text) {
  std::string page;
  for (const char c : text) {
    const bool begins_line = page.empty() || page.back() == '\n';
    if (begins_line && (c == '.' || c == '\'')) page += "\\&";
    if (c == '\\') {
      page += "\\e";
    } else if (c == '-') {
      page += "\\-";
    } else {
      page += c;
    }
  }
  return page;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::string item(const std::string& name, const std::string& placeholder, const std::string& text) {
  return ".TP\n.B " + roff(name) + (placeholder.empty() ? "" : " \\fI" + roff(placeholder) + "\\fR") + "\n" +
         roff(text) + "\n";
}

}  // namespace

std::string option_set::man_page() const {
  std::string page = ".TH " + upper(program_) + " 1 \"\" \"spindrift " SPINDRIFT_VERSION "\"\n.SH NAME\n" +
                     roff(program_ + " - " + purpose_) + "\n.SH SYNOPSIS\n.B " + roff(program_) + "\n[OPTION...]" +
                     (positional_target_ == nullptr ? "" : " [\\fI" + roff(positional_placeholder_) + "\\fR]") + "\n";
  const auto commands = commands_of(program_);
  if (!commands.empty()) page += ".SH COMMANDS\nEach has a \\-\\-help of its own.\n";
  for (const command_text& one : commands) {
    page += item(program_ + " " + std::string(one.words), "", std::string(one.help));
  }
  page += ".SH OPTIONS\n";
  if (positional_target_ != nullptr) page += item(positional_placeholder_, "", positional_help_);
  for (std::size_t i = 0; i < options_.size(); ++i) {
    page += item(options_[i].flag, options_[i].placeholder, options_[i].help + default_note(i));
  }
  if (!config_flag_.empty()) page += item(config_flag_, "FILE", "Read settings from this TOML file (default none)");
  page += item("--help", "", "Show the options") + item("--version", "", "Show the version");
  for (const option_table& declared : tables_) {
    page += ".SH TABLE " + upper(roff(declared.name)) + "\n" +
            roff("[[" + declared.name + "]] in the file: " + declared.help) + "\n";
    const table_entry sample = declared.begin();
    for (std::size_t i = 0; i < sample.keys->options_.size(); ++i) {
      const option& key = sample.keys->options_[i];
      page += item(key_of(key.flag), key.placeholder, key.help + sample.keys->default_note(i));
    }
  }
  page += ".SH ENVIRONMENT\n" +
          roff("Each --some-flag can also be given as SPINDRIFT_SOME_FLAG; lists with commas. " + precedence_text()) +
          "\n.SH EXIT STATUS\n";
  for (const exit_code_text& code : exit_code_texts) {
    if (!code.is_of(program_)) continue;
    page += item(std::to_string(code.code), "", std::string(code.meaning));
  }
  return page;
}

}  // namespace spindrift
