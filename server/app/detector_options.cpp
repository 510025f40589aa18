// Declares the options of every detector in the registry.
#include "server/app/detector_options.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/detect/registry.hpp"

namespace spindrift {
namespace {

template <class Texts>
std::string joined(const Texts& texts, std::string_view between) {
  std::string all;
  for (const auto& text : texts) {
    if (!all.empty()) all += between;
    all += text;
  }
  return all;
}

std::string detector_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, on] : detector_switches()) names.push_back(name);
  return joined(names, ", ");
}

// "zscore,adwin" -> the switches. Returns what is allowed when a name is not known.
std::optional<std::string> take_detectors(std::string_view text, detector_settings& settings) {
  const auto known = detector_switches();
  detector_settings chosen = settings;
  for (const auto& [name, on] : known) chosen.*on = false;
  bool has_more = !text.empty();  // none at all is for validate() to refuse
  while (has_more) {
    const std::size_t comma = text.find(',');
    const std::string_view name = text.substr(0, comma);
    has_more = comma != std::string_view::npos;
    if (has_more) text.remove_prefix(comma + 1);
    const auto found = std::find_if(known.begin(), known.end(), [name](const auto& one) { return one.name == name; });
    if (found == known.end()) return "a comma-separated list of " + detector_names();
    chosen.*found->on = true;
  }
  settings = chosen;
  return std::nullopt;
}

std::vector<std::string> show_detectors(const detector_settings& settings) {
  std::vector<std::string_view> names;
  for (const auto& [name, on] : detector_switches()) {
    if (settings.*on) names.push_back(name);
  }
  return {joined(names, ",")};
}

// A number that the detectors' own validate() judges: here it only has to be one.
template <class Number>
std::optional<std::string> take_number(std::string_view text, Number& number, const char* allowed) {
  Number parsed{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (problem != std::errc{} || end != text.data() + text.size()) return allowed;
  number = parsed;
  return std::nullopt;
}

std::string to_text(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

void set_target(option& declared, unsigned* target) {
  declared.take = [target](std::string_view text) { return take_number(text, *target, "a whole number"); };
  declared.show = [target] { return std::vector{std::to_string(*target)}; };
}
void set_target(option& declared, double* target) {
  declared.take = [target](std::string_view text) { return take_number(text, *target, "a number"); };
  declared.show = [target] { return std::vector{to_text(*target)}; };
}
void set_target(option& declared, const detector_choice& target) {
  declared.take = [target](std::string_view text) -> std::optional<std::string> {
    const auto found = std::find(target.words.begin(), target.words.end(), text);
    if (found == target.words.end()) return joined(target.words, " or ");
    target.set(static_cast<std::size_t>(found - target.words.begin()));
    return std::nullopt;
  };
  declared.show = [target] { return std::vector{std::string(target.words[target.get()])}; };
}

void add(const detector_option& wanted, option_set& options) {
  if (bool* const* const target = std::get_if<bool*>(&wanted.target)) {
    options.add_on_off(std::string(wanted.flag), std::string(wanted.help), **target);
    return;
  }
  option declared{.flag = std::string(wanted.flag),
                  .placeholder = std::string(wanted.placeholder),
                  .help = std::string(wanted.help)};
  if (unsigned* const* const count = std::get_if<unsigned*>(&wanted.target)) set_target(declared, *count);
  if (double* const* const real = std::get_if<double*>(&wanted.target)) set_target(declared, *real);
  if (const auto* const choice = std::get_if<detector_choice>(&wanted.target)) set_target(declared, *choice);
  options.add(std::move(declared));
}

}  // namespace

void declare(detector_settings& settings, option_set& options) {
  options.add({.flag = "--detectors",
               .placeholder = "LIST",
               .help = "which detectors run, of " + detector_names() + ", separated by commas",
               .take = [&settings](std::string_view text) { return take_detectors(text, settings); },
               .show = [&settings] { return show_detectors(settings); },
               .is_comma_list = true});
  std::vector<detector_option> all;
  for (const detector_entry& entry : detectors()) entry.append_options(settings, all);
  for (const detector_option& one : all) add(one, options);
}

}  // namespace spindrift
