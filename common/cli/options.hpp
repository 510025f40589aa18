// The settings of one program from four places: flags > environment > configuration file > defaults.
//
// A program declares each setting once (flag, placeholder, help, how to take a value, how to show it) and gets --help,
// --version, the environment variable (`--state-dir` -> SPINDRIFT_STATE_DIR), the TOML key (`state-dir`) and the merge
// from that one declaration. Nothing is accepted and ignored: an unknown flag ends with exit code 2 and the nearest
// name, an unknown key or a bad value with 78, the key, the value and what is allowed. parse() itself prints nothing
// and never exits: it returns what main should do. Use before threads start.
//
// The highest source that speaks of a setting is the only one whose value is taken; a list replaces a list as a whole.
// In the environment a list is separated by commas. Variables SPINDRIFT_… that belong to a sibling program are left
// alone; one that no program of ours knows is refused with the nearest name.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/cli/option_table.hpp"
#include "common/cli/terminal.hpp"

namespace spindrift {

struct config_file;

struct option {
  std::string flag;         // "--window"
  std::string placeholder;  // "POINTS"; empty for a switch, whose value is "true" (or "false": `--quiet=false`)
  std::string help;         // one sentence with unit and range; the default is added from show()
  bool is_repeatable = false;
  // Takes one value as text; returns what is allowed instead when it will not do ("a whole number from 1 to 64").
  std::function<std::optional<std::string>(std::string_view)> take = {};
  // The value in force as text, for --print-config and for the help's "default"; one entry, or several if repeatable.
  std::function<std::vector<std::string>()> show = {};
  // Repeatable only: called once before the first value is taken, so that a list that is given replaces the default.
  std::function<void()> clear = {};
  // Something to do in this run (--check-config) and no setting: a flag only, never in a file or the environment.
  bool is_action = false;
  // One value with commas in it: the file may also give it as a list.
  bool is_comma_list = false;
  // A running program takes another value of it (SIGHUP); else a change needs a restart.
  bool is_live = false;
};

enum class shell : std::uint8_t { bash, zsh, fish };
std::string completion_flag(shell kind);  // "--help-bash"

struct parse_result {
  bool proceeds = true;  // false: return tell() from main
  int exit_code = exit_ok;
  std::string text;  // whole lines, the last one ended
};

// Prints the text when exit_code is 0, else writes it to stderr. Returns the exit code.
int tell(const parse_result& result);

class option_set {
public:
  option_set(std::string program, std::string purpose);

  void add(option declared);
  // While one lives, what is added is_live; they do not nest. Tables of the file are, in a program that reads it again.
  class live_part {
  public:
    explicit live_part(option_set& of) : set_(of) { set_.adds_live_ = true; }
    ~live_part() { set_.adds_live_ = false; }
    live_part(const live_part&) = delete;
    live_part& operator=(const live_part&) = delete;

  private:
    option_set& set_;
  };
  // Frequent kinds; the target keeps its value when nothing is given, and must live as long as the option_set.
  void add_text(std::string flag, std::string placeholder, std::string help, std::string& target);
  void add_texts(std::string flag, std::string placeholder, std::string help, std::vector<std::string>& target);
  void add_switch(std::string flag, std::string help, bool& target);
  void add_action(std::string flag, std::string help, bool& target);  // --check-config, --print-config
  void add_on_off(std::string flag, std::string help, bool& target);  // --zscore-seasonal on|off
  void add_choice(std::string flag, std::string help, std::vector<std::string> allowed, std::string& target);
  void add_number(std::string flag, std::string placeholder, std::string help, double& target, double least,
                  double most);
  void add_number(std::string flag, std::string placeholder, std::string help, std::uint64_t& target,
                  std::uint64_t least, std::uint64_t most);
  // Whole milliseconds, from 1 to a day.
  void add_milliseconds(std::string flag, std::string help, std::chrono::milliseconds& target);
  // A positional argument, at most one: spindrift-detect's FILE.
  void add_positional(std::string placeholder, std::string help, std::string& target);
  // A table that may stand several times in the file: [[name]]. `declare(settings, keys)` says what an entry holds, as
  // it would for a program: keys of the file, never flags. The entries in force are `target`.
  template <class Settings, class Declare>
  void add_table(std::string name, std::string help, std::size_t entries_max, std::vector<Settings>& target,
                 Declare declare);
  // The flag that names the TOML file (`--config`, SPINDRIFT_CONFIG); without this call there is no file.
  void accept_config_file(std::string flag = "--config");
  // This file in place of the one that the flag or the environment names.
  void read_instead(std::string path) { config_instead_ = std::move(path); }

  parse_result parse(int argc, const char* const* argv);
  // For what a program finds wrong with settings that parse() took: complaints that begin with the flag or key that
  // they are about, or with "[[stream]] 2: KEY" of the second entry of a table. Where its value came from the
  // environment or the file, that is said too.
  parse_result judge(const std::vector<std::string>& complaints) const;
  // All settings in force as TOML, ready to be a configuration file; above each, if that is wanted, where it comes
  // from, and of those outside of tables that are not is_live, that a change needs a restart.
  enum class origins : std::uint8_t { left_out, shown, shown_with_restarts };
  std::string print_config(origins wanted = origins::left_out) const;
  // The settings in force that are not is_live, but for tables: key -> value as TOML.
  std::map<std::string, std::string> for_restart() const;
  // "flag --window", "environment variable SPINDRIFT_WINDOW", "FILE:3" or "default".
  std::string origin_of(std::string_view key) const;
  // The flags that stood on the command line, as "--window", by name.
  std::vector<std::string> flags_given() const;
  // Where the file has the key of the entry, from 0; empty where it does not speak of it.
  std::string origin_in_table(std::string_view table, std::size_t entry, std::string_view key) const;
  std::string help_text() const;
  // The same as a manual page, in roff: what --help-man prints.
  std::string man_page() const;
  // "spindriftd 0.2.0 (commit 0123456789ab, Release)", with a line end.
  std::string version_text() const;
  // What a shell completes this program's flags and their values by: what --help-bash and its like print.
  std::string completion(shell kind) const;

private:
  // What one source says about one setting; `where` is for complaints ("environment variable SPINDRIFT_WINDOW").
  struct given {
    std::vector<std::string> values;
    bool is_list = false;
    std::string where;
  };
  using given_by_key = std::map<std::string, given>;
  using texts = std::vector<std::string>;

  struct completed;
  std::vector<completed> all_completed() const;
  static std::string key_of_flag(const option& declared);
  const option* find(std::string_view key) const;
  const option_table* find_table(std::string_view name) const;
  given_by_key read_environment() const;
  // Unknown keys are complained of.
  given_by_key by_known_key(const config_file& found, texts& complaints) const;
  void take_tables(const config_file& found, texts& complaints);
  void take_entry(const config_file& entry, texts& complaints);
  std::vector<std::string> own_variables() const;
  std::string config_path(const given_by_key& flags, const given_by_key& environment) const;
  void take_winner(const option& declared, const given& winner, texts& complaints) const;
  std::string default_note(std::size_t option_index) const;
  std::string precedence_text() const;
  std::vector<std::pair<const option*, std::string>> values_in_force() const;
  std::string print_own(origins wanted) const;
  std::string print_tables(const std::string& above, origins wanted) const;
  std::string place_of(const std::string& complaint) const;
  parse_result refuse(int exit_code, const texts& complaints) const;

  std::string program_;
  std::string purpose_;
  std::vector<option> options_;
  std::vector<option_table> tables_;
  bool adds_live_ = false;
  std::vector<texts> defaults_;  // what show() said when the option was added, parallel to options_
  using places = std::map<std::string, std::string, std::less<>>;  // key -> where its value came from
  places origins_;
  std::map<std::string, std::vector<places>, std::less<>> table_origins_;  // of each entry, in the order of the file
  std::string config_flag_;
  std::string config_instead_;
  std::string positional_placeholder_;
  std::string positional_help_;
  std::string* positional_target_ = nullptr;
};

template <class Settings, class Declare>
void option_set::add_table(std::string name, std::string help, std::size_t entries_max, std::vector<Settings>& target,
                           Declare declare) {
  const auto entry_of = [&target, declare, name](Settings begin) {
    const auto settings = std::make_shared<Settings>(std::move(begin));
    table_entry made{settings, std::make_shared<option_set>(name, ""), {}};
    declare(*settings, *made.keys);
    made.keep = [&target, settings] { target.push_back(*settings); };
    return made;
  };
  option_table declared;
  declared.name = std::move(name);
  declared.help = std::move(help);
  declared.entries_max = entries_max;
  declared.clear = [&target] { target.clear(); };
  declared.begin = [entry_of] { return entry_of(Settings{}); };
  declared.in_force = [entry_of, &target] {
    std::vector<table_entry> all;
    for (const Settings& settings : target) all.push_back(entry_of(settings));
    return all;
  };
  tables_.push_back(std::move(declared));
}

}  // namespace spindrift
