// Reads the settings again.
#include "server/app/reread.hpp"

#include <cstddef>

#include "common/cli/options.hpp"

namespace spindrift {
namespace {

std::string in_one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text.replace(at, 1, "; ");
  return text;
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
  made.for_restart = options.for_restart();
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

std::string keys_that_differ(const settings_for_restart& before, const settings_for_restart& after) {
  std::string keys;
  for (const auto& [key, value] : after) {
    const auto known = before.find(key);
    if (known == before.end() || known->second != value) keys.append(keys.empty() ? "" : ", ").append(key);
  }
  return keys;
}

}  // namespace spindrift
