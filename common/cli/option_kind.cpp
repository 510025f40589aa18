// The frequent kinds of settings: how each takes a text and what it says is allowed.
#include <algorithm>
#include <charconv>
#include <utility>

#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"

namespace spindrift {
namespace {

using refusal = std::optional<std::string>;

std::function<refusal(std::string_view)> take_truth(bool& target, std::string_view yes, std::string_view no) {
  return [&target, yes, no](std::string_view text) -> refusal {
    // TOML's own true and false are always understood.
    const bool is_yes = text == yes || text == "true";
    if (!is_yes && text != no && text != "false") return std::string(yes) + " or " + std::string(no);
    target = is_yes;
    return std::nullopt;
  };
}

option of(std::string flag, std::string placeholder, std::string help) {
  option declared;
  declared.flag = std::move(flag);
  declared.placeholder = std::move(placeholder);
  declared.help = std::move(help);
  return declared;
}

using texts = std::vector<std::string>;

// Numbers within bounds; `kind` is what they are called.
template <typename number, typename to_text>
void make_bounded(option& declared, number& target, number least, number most, const char* kind, to_text text_of) {
  declared.take = [=, &target](std::string_view text) -> refusal {
    const auto taken = whole_text_as<number>(text);
    const bool is_allowed = taken && *taken >= least && *taken <= most;  // NaN fails both
    if (!is_allowed) return std::string(kind) + " from " + text_of(least) + " to " + text_of(most);
    target = *taken;
    return std::nullopt;
  };
  declared.show = [=, &target] { return texts{text_of(target)}; };
}

}  // namespace

void option_set::add_text(std::string flag, std::string placeholder, std::string help, std::string& target) {
  option declared = of(std::move(flag), std::move(placeholder), std::move(help));
  declared.take = [&target](std::string_view text) -> refusal {
    target = text;
    return std::nullopt;
  };
  declared.show = [&target] { return texts{target}; };
  add(std::move(declared));
}

void option_set::add_texts(std::string flag, std::string placeholder, std::string help, texts& target) {
  option declared = of(std::move(flag), std::move(placeholder), std::move(help));
  declared.is_repeatable = true;
  declared.take = [&target](std::string_view text) -> refusal {
    target.emplace_back(text);
    return std::nullopt;
  };
  declared.show = [&target] { return target; };
  declared.clear = [&target] { target.clear(); };
  add(std::move(declared));
}

void option_set::add_switch(std::string flag, std::string help, bool& target) {
  option declared = of(std::move(flag), {}, std::move(help));
  declared.take = take_truth(target, "true", "false");
  declared.show = [&target] { return texts{target ? "true" : "false"}; };
  add(std::move(declared));
}

void option_set::add_action(std::string flag, std::string help, bool& target) {
  add_switch(std::move(flag), std::move(help), target);
  options_.back().is_action = true;
}

void option_set::add_on_off(std::string flag, std::string help, bool& target) {
  option declared = of(std::move(flag), "on|off", std::move(help));
  declared.take = take_truth(target, "on", "off");
  declared.show = [&target] { return texts{target ? "on" : "off"}; };
  add(std::move(declared));
}

void option_set::add_choice(std::string flag, std::string help, texts allowed, std::string& target) {
  option declared = of(std::move(flag), joined(allowed, "|"), std::move(help));
  declared.take = [&target, allowed = std::move(allowed)](std::string_view text) -> refusal {
    if (std::find(allowed.begin(), allowed.end(), text) == allowed.end()) return joined(allowed, ", ");
    target = text;
    return std::nullopt;
  };
  declared.show = [&target] { return texts{target}; };
  add(std::move(declared));
}

void option_set::add_number(std::string flag, std::string placeholder, std::string help, double& target, double least,
                            double most) {
  option declared = of(std::move(flag), std::move(placeholder), std::move(help));
  make_bounded(declared, target, least, most, "a number", number_text);
  add(std::move(declared));
}

void option_set::add_number(std::string flag, std::string placeholder, std::string help, std::uint64_t& target,
                            std::uint64_t least, std::uint64_t most) {
  option declared = of(std::move(flag), std::move(placeholder), std::move(help));
  make_bounded(declared, target, least, most, "a whole number", [](std::uint64_t n) { return std::to_string(n); });
  add(std::move(declared));
}

void option_set::add_milliseconds(std::string flag, std::string help, std::chrono::milliseconds& target) {
  add({.flag = std::move(flag),
       .placeholder = "MS",
       .help = std::move(help),
       .take = [&target](std::string_view text) -> std::optional<std::string> {
         std::int64_t number = 0;
         const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
         if (wrong != std::errc{} || end != text.data() + text.size() || number < 1 || number > 86'400'000) {
           return "whole milliseconds from 1 to 86400000";
         }
         target = std::chrono::milliseconds(number);
         return std::nullopt;
       },
       .show = [&target] { return std::vector{std::to_string(target.count())}; }});
}

}  // namespace spindrift
