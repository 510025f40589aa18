// The words after the program's name, sorted into flags and their values. The only place that sees CLI11.
//
// Both "--flag value" and "--flag=value". Nothing is judged here but the form: an unknown flag, a flag without its
// value, a flag given twice. Values arrive exactly as typed, empty ones and "[a,b]" included.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace spindrift {

struct flag_form {
  std::string flag;
  bool takes_value = true;  // false: a switch, which may still be written --quiet=false
  bool is_repeatable = false;
};

struct command_line {
  std::map<std::string, std::vector<std::string>> values;  // flag -> what was given, in order
  std::vector<std::string> positionals;
  std::vector<std::string> complaints;  // empty: well-formed
};

// --help (-h), --help-man, --help-bash, --help-zsh, --help-fish and --version are known without being listed.
command_line read_command_line(int argc, const char* const* argv, const std::vector<flag_form>& known,
                               bool takes_positional);

}  // namespace spindrift
