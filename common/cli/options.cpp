// Merges the four places that settings come from.
#include "common/cli/options.hpp"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/cli/command_line.hpp"
#include "common/cli/config_file.hpp"
#include "common/cli/known_variable.hpp"
#include "common/cli/nearest_name.hpp"
#include "common/cli/setting_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
    if (text.empty()) parts.emplace_back();
  }
  return parts;
}

}  // namespace

int tell(const parse_result& result) {
  if (result.exit_code == exit_ok) return print(result.text);
  std::fputs(result.text.c_str(), stderr);
  return result.exit_code;
}

option_set::option_set(std::string program, std::string purpose)
    : program_(std::move(program)), purpose_(std::move(purpose)) {}

void option_set::add(option declared) {
  assert(declared.flag.starts_with("--") && declared.take && declared.show);
  assert(find(key_of(declared.flag)) == nullptr);
  declared.is_live = declared.is_live || adds_live_;
  defaults_.push_back(declared.show());
  options_.push_back(std::move(declared));
}

void option_set::add_positional(std::string placeholder, std::string help, std::string& target) {
  positional_placeholder_ = std::move(placeholder);
  positional_help_ = std::move(help);
  positional_target_ = &target;
}

void option_set::accept_config_file(std::string flag) {
  config_flag_ = std::move(flag);
}

const option* option_set::find(std::string_view key) const {
  const auto found = std::find_if(options_.begin(), options_.end(),
                                  [key](const option& declared) { return key_of(declared.flag) == key; });
  return found == options_.end() ? nullptr : &*found;
}

option_set::given_by_key option_set::read_environment() const {
  given_by_key all;
  const auto look_up = [&all](const std::string& flag, bool is_list) {
    const std::string name = environment_variable_of(flag);
    const char* text = std::getenv(name.c_str());
    if (text == nullptr) return;
    all[key_of(flag)] = {is_list ? split_at_commas(text) : texts{text}, is_list, "environment variable " + name};
  };
  for (const option& declared : options_) {
    if (!declared.is_action) look_up(declared.flag, declared.is_repeatable);
  }
  if (!config_flag_.empty()) look_up(config_flag_, false);
  return all;
}

option_set::given_by_key option_set::by_known_key(const config_file& found, texts& complaints) const {
  texts keys;
  for (const option& declared : options_) {
    if (!declared.is_action) keys.push_back(key_of(declared.flag));
  }
  given_by_key all;
  for (const config_entry& entry : found.entries) {
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) {
      complaints.push_back(entry.where + ": unknown key " + in_quotes(entry.key) +
                           nearest_name(entry.key, keys).hint());
    } else if (!entry.values.empty() || entry.is_list) {
      all[entry.key] = {entry.values, entry.is_list, entry.where};
    }
  }
  return all;
}

std::vector<std::string> option_set::own_variables() const {
  texts names;
  for (const option& declared : options_) names.push_back(environment_variable_of(declared.flag));
  if (!config_flag_.empty()) names.push_back(environment_variable_of(config_flag_));
  return names;
}

std::string option_set::key_of_flag(const option& declared) {
  return key_of(declared.flag);
}

std::string option_set::config_path(const given_by_key& flags, const given_by_key& environment) const {
  if (config_flag_.empty() || !config_instead_.empty()) return config_instead_;
  const std::string key = key_of(config_flag_);
  for (const given_by_key* source : {&flags, &environment}) {
    const auto found = source->find(key);
    if (found != source->end()) return found->second.values.front();
  }
  return {};
}

void option_set::take_winner(const option& declared, const given& winner, texts& complaints) const {
  const std::string key = key_of(declared.flag);
  if (declared.is_comma_list && winner.is_list) {
    return take_winner(declared, {{joined(winner.values, ",")}, false, winner.where}, complaints);
  }
  if (!declared.is_repeatable && winner.is_list) {
    complaints.push_back(key + ": a list from " + winner.where + "; allowed: one value");
    return;
  }
  if (winner.values.empty() && !declared.clear) {
    complaints.push_back(key + ": an empty list from " + winner.where + "; allowed: at least one value");
    return;
  }
  if (declared.is_repeatable && declared.clear) declared.clear();
  for (const std::string& value : winner.values) {
    const auto allowed = declared.take(value);
    if (allowed) {
      complaints.push_back(key + ": bad value " + in_quotes(value) + " from " + winner.where +
                           "; allowed: " + *allowed);
    }
  }
}

parse_result option_set::refuse(int exit_code, const texts& complaints) const {
  texts lines;
  for (const std::string& complaint : complaints) lines.push_back(program_ + ": " + printable(complaint));
  return {false, exit_code, joined(lines, "\n") + "\n"};
}

parse_result option_set::parse(int argc, const char* const* argv) {
  std::vector<flag_form> forms;
  for (const option& declared : options_) {
    forms.push_back({declared.flag, !declared.placeholder.empty(), declared.is_repeatable});
  }
  if (!config_flag_.empty()) forms.push_back({config_flag_, true, false});
  command_line line = read_command_line(argc, argv, forms, positional_target_ != nullptr);
  if (line.values.contains("--help-man")) return {false, exit_ok, man_page()};
  if (line.values.contains("--help")) return {false, exit_ok, help_text()};
  if (line.values.contains("--version")) return {false, exit_ok, version_text()};
  for (const shell kind : {shell::bash, shell::zsh, shell::fish}) {
    if (line.values.contains(completion_flag(kind))) return {false, exit_ok, completion(kind)};
  }
  if (!line.complaints.empty()) return refuse(exit_usage, line.complaints);

  given_by_key flags;
  for (auto& [flag, values] : line.values) {
    const option* declared = find(key_of(flag));
    flags[key_of(flag)] = {std::move(values), declared != nullptr && declared->is_repeatable, "flag " + flag};
  }
  const given_by_key environment = read_environment();
  texts complaints = complaints_about_variables(own_variables());
  const std::string path = config_path(flags, environment);
  const config_file file = path.empty() ? config_file{} : read_config_file(path);
  complaints.insert(complaints.end(), file.complaints.begin(), file.complaints.end());
  const given_by_key in_file = by_known_key(file, complaints);
  take_tables(file, complaints);
  for (const option& declared : options_) {
    const std::string key = key_of(declared.flag);
    for (const given_by_key* source : {&std::as_const(flags), &environment, &in_file}) {
      const auto found = source->find(key);
      if (found == source->end()) continue;
      take_winner(declared, found->second, complaints);
      origins_[key] = found->second.where;
      break;
    }
  }
  if (positional_target_ != nullptr && !line.positionals.empty()) *positional_target_ = line.positionals.front();
  return complaints.empty() ? parse_result{} : refuse(exit_bad_config, complaints);
}

parse_result option_set::judge(const std::vector<std::string>& complaints) const {
  texts placed;
  for (const std::string& complaint : complaints) {
    const std::string place = place_of(complaint);
    placed.push_back(place.empty() ? complaint : place + ": " + complaint);
  }
  return placed.empty() ? parse_result{} : refuse(exit_bad_config, placed);
}

}  // namespace spindrift
