// What shells complete a program's flags by, made from its option table.
#include <algorithm>

#include "common/cli/build_info.hpp"
#include "common/cli/command_list.hpp"
#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"

namespace spindrift {

// A flag with what may stand behind it: words, a file, anything, or nothing.
struct option_set::completed {
  std::string flag;
  std::string help;
  std::string placeholder;         // empty: a switch
  std::vector<std::string> words;  // of a choice
  bool is_file = false;
};

namespace {

// "robust|classic" is a choice, "HOST:PORT|off" one word and something else; capitals stand for what people name.
std::vector<std::string> words_of(std::string_view placeholder) {
  std::vector<std::string> words;
  if (placeholder.find('|') == std::string_view::npos) return words;
  while (!placeholder.empty()) {
    const std::size_t end = std::min(placeholder.find('|'), placeholder.size());
    const std::string_view word = placeholder.substr(0, end);
    placeholder.remove_prefix(std::min(end + 1, placeholder.size()));
    const bool is_literal = std::none_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (is_literal && !word.empty()) words.emplace_back(word);
  }
  return words;
}

bool names_file(std::string_view placeholder) {
  return placeholder.find("FILE") != std::string_view::npos || placeholder.find("DIR") != std::string_view::npos ||
         placeholder.find("PATH") != std::string_view::npos;
}

// In single quotes; `escaped`: how a quote stands within them.
std::string quoted(std::string_view text, std::string_view escaped) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += escaped;
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out + "'";
}

// Within a zsh specification brackets and colons have a meaning.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string function_name(const std::string& program) {
  std::string name = "_" + program;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// The first words of the program's commands, each once, in a line; empty: it has none.
std::string first_words_of_commands(const std::string& program) {
  std::vector<std::string> words;
  for (const command_text& one : commands_of(program)) {
    std::string first(one.words.substr(0, one.words.find(' ')));
    if (words.empty() || words.back() != first) words.push_back(std::move(first));
  }
  return joined(words, " ");
}

// Each of them: `all` as option_set::all_completed() has it.
template <class All>
std::string fish_script(const std::string& program, const All& all, bool takes_file) {
  std::string script = "# fish completion of ";
  script.append(program).append("\n");
  if (!takes_file) script.append("complete -c ").append(program).append(" -f\n");
  if (const std::string words = first_words_of_commands(program); !words.empty()) {
    script.append("complete -c ").append(program).append(" -n 'test (count (commandline -opc)) -eq 1' -a ");
    script.append(quoted(words, "\\'")).append("\n");
  }
  for (const auto& one : all) {
    script.append("complete -c ").append(program).append(" -l ").append(one.flag, 2);
    if (!one.placeholder.empty()) script += one.is_file ? " -r -F" : " -x";
    if (!one.words.empty()) script.append(" -a ").append(quoted(joined(one.words, " "), "\\'"));
    script.append(" -d ").append(quoted(one.help, "\\'")).append("\n");
  }
  return script;
}

template <class All>
std::string zsh_script(const std::string& program, const All& all, bool takes_file) {
  std::string script = "#compdef ";
  script.append(program).append("\n_arguments -s \\\n");
  for (const auto& one : all) {
    std::string spec = "*";
    spec.append(one.flag).append(one.placeholder.empty() ? "[" : "=[").append(zsh_text(one.help)).append("]");
    if (!one.placeholder.empty()) {
      spec.append(":").append(zsh_text(one.placeholder)).append(":");
      if (one.is_file) spec += "_files";
      if (!one.is_file && !one.words.empty()) spec.append("(").append(joined(one.words, " ")).append(")");
    }
    script.append("  ").append(quoted(spec, "'\\''")).append(" \\\n");
  }
  if (const std::string words = first_words_of_commands(program); !words.empty()) {
    script.append("  '1: :(").append(words).append(")' \\\n");
  }
  return script += takes_file ? "  '*:file:_files'\n" : "  '*: :'\n";
}

// Bash hands over `--flag=word` as three words.
constexpr const char* bash_opening =
    "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "  if [[ $word == '=' ]]; then word=''; elif [[ $before == '=' ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
    "  case $before in\n";

template <class All>
std::string bash_script(const std::string& program, const All& all, bool takes_file) {
  std::string flags;
  std::string files;
  std::string cases;
  for (const auto& one : all) {
    flags.append(flags.empty() ? "" : " ").append(one.flag);
    if (one.is_file) {
      files.append(files.empty() ? "" : "|").append(one.flag);
    } else if (!one.placeholder.empty()) {
      cases.append("    ").append(one.flag).append(") COMPREPLY=($(compgen -W ");
      cases.append(quoted(joined(one.words, " "), "'\\''")).append(" -- \"$word\")); return ;;\n");
    }
  }
  if (!files.empty())
    cases.append("    ").append(files).append(") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
  const std::string name = function_name(program);
  std::string script = "# bash completion of ";
  script.append(program).append("\n").append(name).append("() {\n").append(bash_opening).append(cases);
  script.append("  esac\n");
  if (const std::string words = first_words_of_commands(program); !words.empty()) {
    script += "  if [[ $COMP_CWORD == 1 && $word != -* ]]; then\n    COMPREPLY=($(compgen -W '";
    script.append(words).append("' -- \"$word\")); return\n  fi\n");
  }
  script.append("  COMPREPLY=($(compgen -W '").append(flags).append("' -- \"$word\"))\n");
  if (takes_file) script += "  [[ $word == -* ]] || COMPREPLY+=($(compgen -f -- \"$word\"))\n";
  return script.append("}\ncomplete -F ").append(name).append(" ").append(program).append("\n");
}

std::string first_sentence(const std::string& help) {
  return help.substr(0, std::min(help.find(';'), help.size()));
}

}  // namespace

std::string completion_flag(shell kind) {
  return kind == shell::bash ? "--help-bash" : kind == shell::zsh ? "--help-zsh" : "--help-fish";
}

std::string option_set::version_text() const {
  const build_info& build = this_build();
  return program_ + " " + std::string(build.version) + " (commit " + std::string(build.commit) + ", " +
         std::string(build.type) + ")\n";
}

std::vector<option_set::completed> option_set::all_completed() const {
  std::vector<completed> all;
  for (const option& declared : options_) {
    all.push_back({declared.flag, first_sentence(declared.help), declared.placeholder, words_of(declared.placeholder),
                   names_file(declared.placeholder)});
  }
  if (!config_flag_.empty()) all.push_back({config_flag_, "Read settings from this TOML file", "FILE", {}, true});
  all.push_back({"--help", "Show the options", {}, {}, false});
  all.push_back({"--version", "Show the version", {}, {}, false});
  return all;
}

std::string option_set::completion(shell kind) const {
  const std::vector<completed> all = all_completed();
  const bool takes_file = positional_target_ != nullptr;
  if (kind == shell::fish) return fish_script(program_, all, takes_file);
  return kind == shell::zsh ? zsh_script(program_, all, takes_file) : bash_script(program_, all, takes_file);
}

}  // namespace spindrift
