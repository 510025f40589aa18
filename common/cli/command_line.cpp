// Sorts words by way of CLI11.
#include "common/cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>

#include "common/cli/nearest_name.hpp"
#include "common/cli/setting_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

// CLI11 drops an empty "--flag=", splits a value of the form "[a,b]" and takes a following flag for a missing value.
// With each value behind a mark none of these happens, and an unmarked value is a flag that was swallowed.
constexpr char value_mark = ':';

bool takes_next_word(std::string_view word, const std::vector<flag_form>& known) {
  return std::any_of(known.begin(), known.end(),
                     [word](const flag_form& form) { return form.takes_value && form.flag == word; });
}

// "-3" and "-x" are values behind a flag that wants one; "--x" is a flag wherever it stands.
std::vector<std::string> mark_values(int argc, const char* const* argv, const std::vector<flag_form>& known) {
  std::vector<std::string> words;
  bool is_after_separator = false;
  bool is_value_due = false;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool is_long = word.size() > 1 && word.starts_with("--");
    const bool is_flag = is_long || (word.size() > 1 && word.front() == '-' && !is_value_due);
    const auto equals = word.find('=');
    is_value_due = false;
    if (is_after_separator || !is_flag) {
      words.push_back(value_mark + word);
    } else if (is_long && equals != std::string::npos) {
      words.push_back(word.substr(0, equals + 1) + value_mark + word.substr(equals + 1));
    } else {
      words.push_back(word);
      is_after_separator = word == "--";
      is_value_due = takes_next_word(word, known);
    }
  }
  return words;
}

bool is_marked(const std::string& word) {
  return !word.empty() && word.front() == value_mark;
}

std::string unknown_option(const std::string& word, const std::vector<flag_form>& known) {
  std::vector<std::string> names = {"help", "version"};
  for (const flag_form& form : known) names.push_back(key_of(form.flag));
  const std::string typed = word.substr(0, word.find('='));
  const near_name near = nearest_name(key_of(typed), names);
  const std::string shown = in_quotes(typed);
  return "unknown option " + shown.substr(1, shown.size() - 2) + "; " +
         (near.is_likely ? "did you mean --" + near.name + "?"
                         : "the nearest is --" + near.name + "; --help lists all");
}

// Takes what CLI11 collected for one flag, without the marks.
void take_values(const flag_form& form, const CLI::Option& collected, command_line& line) {
  for (const std::string& word : collected.results()) {
    if (is_marked(word)) {
      line.values[form.flag].push_back(word.substr(1));
    } else if (!form.takes_value) {
      line.values[form.flag].push_back("true");
    } else {
      line.complaints.push_back(form.flag + " needs a value, but " + word + " follows");
    }
  }
  if (!form.is_repeatable && collected.results().size() > 1) {
    line.complaints.push_back(form.flag + " is given " + std::to_string(collected.results().size()) +
                              " times; it takes one value");
  }
}

void take_rest(const std::vector<std::string>& words, const std::vector<flag_form>& known, command_line& line) {
  for (const std::string& word : words) {
    if (is_marked(word)) {
      line.complaints.push_back("unexpected argument " + in_quotes(word.substr(1)));
    } else if (word != "--") {
      line.complaints.push_back(unknown_option(word, known));
    }
  }
  // "--treshold 5": the 5 is no mistake of its own.
  const bool has_unknown_option =
      std::any_of(line.complaints.begin(), line.complaints.end(),
                  [](const std::string& text) { return text.starts_with("unknown option"); });
  if (has_unknown_option) {
    std::erase_if(line.complaints, [](const std::string& text) { return text.starts_with("unexpected argument"); });
  }
}

}  // namespace

command_line read_command_line(int argc, const char* const* argv, const std::vector<flag_form>& known,
                               bool takes_positional) {
  CLI::App app;
  app.allow_extras();
  app.set_help_flag();
  std::vector<flag_form> forms = known;
  forms.push_back({"--help", false, true});
  forms.push_back({"--help-man", false, true});
  for (const char* const shown : {"--help-bash", "--help-zsh", "--help-fish"}) forms.push_back({shown, false, true});
  forms.push_back({"--version", false, true});
  std::vector<CLI::Option*> collected;
  for (const flag_form& form : forms) {
    const std::string names = form.flag == "--help" ? "-h,--help" : form.flag;
    CLI::Option* declared = form.takes_value ? app.add_option(names) : app.add_flag(names);
    collected.push_back(declared->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
  }
  CLI::Option* positional = takes_positional ? app.add_option("positional") : nullptr;

  command_line line;
  std::vector<std::string> words = mark_values(argc, argv, known);
  const std::string last_word = words.empty() ? "" : words.back();
  std::reverse(words.begin(), words.end());  // CLI11 wants them last first
  try {
    app.parse(words);
  } catch (const CLI::ArgumentMismatch&) {
    // Each flag takes one value at most, so only the last word can be short of one.
    line.complaints.push_back(last_word + " needs a value");
    return line;
  } catch (const CLI::ParseError& failure) {
    line.complaints.emplace_back(failure.what());
    return line;
  }
  for (std::size_t i = 0; i < forms.size(); ++i) take_values(forms[i], *collected[i], line);
  std::vector<std::string> rest = app.remaining();
  if (positional != nullptr) {
    for (const std::string& word : positional->results()) {
      if (is_marked(word)) line.positionals.push_back(word.substr(1));
      if (!is_marked(word)) rest.push_back(word);
    }
  }
  take_rest(rest, known, line);
  return line;
}

}  // namespace spindrift
