// The frequent kinds of settings: how each takes a text and what it says is allowed.
#include <algorithm>
#include <charconv>

#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"

namespace spindrift {
namespace {

using refusal = std::optional<std::string>;

template <typename number>
std::optional<number> whole_text_as(std::string_view text) {
  number parsed{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return parsed;
}

std::function<refusal(std::string_view)> take_truth(bool& target, std::string_view yes, std::string_view no) {
  return [&target, yes, no](std::string_view text) -> refusal {
    // TOML's own true and false are always understood.
    const bool is_yes = text == yes || text == "true";
    if (!is_yes && text != no && text != "false") return std::string(yes) + " or " + std::string(no);
    target = is_yes;
    return std::nullopt;
  };
}

}  // namespace

void option_set::add_text(std::string flag, std::string placeholder, std::string help, std::string& target) {
  option declared{std::move(flag), std::move(placeholder), std::move(help), false, {}, {}, {}, false};
  declared.take = [&target](std::string_view text) -> refusal {
    target = text;
    return std::nullopt;
  };
  declared.show = [&target] { return std::vector<std::string>{target}; };
  add(std::move(declared));
}

void option_set::add_texts(std::string flag, std::string placeholder, std::string help,
                           std::vector<std::string>& target) {
  option declared{std::move(flag), std::move(placeholder), std::move(help), true, {}, {}, {}, false};
  declared.take = [&target](std::string_view text) -> refusal {
    target.emplace_back(text);
    return std::nullopt;
  };
  declared.show = [&target] { return target; };
  declared.clear = [&target] { target.clear(); };
  add(std::move(declared));
}

void option_set::add_switch(std::string flag, std::string help, bool& target) {
  option declared{std::move(flag), {}, std::move(help), false, take_truth(target, "true", "false"), {}, {}, false};
  declared.show = [&target] { return std::vector<std::string>{target ? "true" : "false"}; };
  add(std::move(declared));
}

void option_set::add_action(std::string flag, std::string help, bool& target) {
  add_switch(std::move(flag), std::move(help), target);
  options_.back().is_action = true;
}

void option_set::add_on_off(std::string flag, std::string help, bool& target) {
  option declared{std::move(flag), "on|off", std::move(help), false, take_truth(target, "on", "off"), {}, {}, false};
  declared.show = [&target] { return std::vector<std::string>{target ? "on" : "off"}; };
  add(std::move(declared));
}

void option_set::add_choice(std::string flag, std::string help, std::vector<std::string> allowed, std::string& target) {
  option declared{std::move(flag), joined(allowed, "|"), std::move(help), false, {}, {}, {}, false};
  declared.take = [&target, allowed = std::move(allowed)](std::string_view text) -> refusal {
    if (std::find(allowed.begin(), allowed.end(), text) == allowed.end()) return joined(allowed, ", ");
    target = text;
    return std::nullopt;
  };
  declared.show = [&target] { return std::vector<std::string>{target}; };
  add(std::move(declared));
}

void option_set::add_number(std::string flag, std::string placeholder, std::string help, double& target, double least,
                            double most) {
  option declared{std::move(flag), std::move(placeholder), std::move(help), false, {}, {}, {}, false};
  declared.take = [&target, least, most](std::string_view text) -> refusal {
    const auto number = whole_text_as<double>(text);
    const bool is_allowed = number && *number >= least && *number <= most;  // NaN fails both
    if (!is_allowed) return "a number from " + number_text(least) + " to " + number_text(most);
    target = *number;
    return std::nullopt;
  };
  declared.show = [&target] { return std::vector<std::string>{number_text(target)}; };
  add(std::move(declared));
}

void option_set::add_number(std::string flag, std::string placeholder, std::string help, std::uint64_t& target,
                            std::uint64_t least, std::uint64_t most) {
  option declared{std::move(flag), std::move(placeholder), std::move(help), false, {}, {}, {}, false};
  declared.take = [&target, least, most](std::string_view text) -> refusal {
    const auto number = whole_text_as<std::uint64_t>(text);
    const bool is_allowed = number && *number >= least && *number <= most;
    if (!is_allowed) return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    target = *number;
    return std::nullopt;
  };
  declared.show = [&target] { return std::vector<std::string>{std::to_string(target)}; };
  add(std::move(declared));
}

}  // namespace spindrift
