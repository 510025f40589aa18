// Names and texts of injected events.
#include "client/injection.hpp"

#include <array>
#include <charconv>

namespace spindrift {
namespace {

struct injection_facts {
  std::string_view name;
  std::uint64_t length;
  std::string_view told_as;
  std::string_view told_as_well;
};

constexpr std::array<injection_facts, injected_event_count> injections = {{
    {"shift", 0, "shift", "trend"},
    {"trend", 300, "trend", "shift"},
    {"spread", 200, "spread", "spread"},
    {"stuck", 100, "stuck", "stuck"},
    {"silence", 600, "silent", "silent"},
    {"missed", job_points, "pattern", "pattern"},
}};

const injection_facts& facts_of(injected_event kind) {
  return injections[static_cast<std::size_t>(kind)];
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

}  // namespace

std::string_view name_of(injected_event kind) {
  return facts_of(kind).name;
}

std::optional<injection> parse_injection(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  for (std::size_t i = 0; i < injections.size(); ++i) {
    if (injections[i].name != text.substr(0, at)) continue;
    const std::string_view numbers = text.substr(at + 1);
    const std::size_t times = numbers.find('x');
    const auto begin = number_in(numbers.substr(0, times));
    const auto length = times == std::string_view::npos ? injections[i].length : number_in(numbers.substr(times + 1));
    if (!begin || !length) return std::nullopt;
    return injection{static_cast<injected_event>(i), *begin, *length};
  }
  return std::nullopt;
}

std::string text_of(const injection& wanted) {
  std::string text(name_of(wanted.kind));
  text += '@' + std::to_string(wanted.at);
  if (wanted.length != facts_of(wanted.kind).length) text += 'x' + std::to_string(wanted.length);
  return text;
}

bool says(std::string_view told_kind, injected_event injected) {
  return told_kind == facts_of(injected).told_as || told_kind == facts_of(injected).told_as_well;
}

std::uint64_t begin_of(const injection& wanted) {
  if (wanted.kind != injected_event::missed) return wanted.at;
  return (wanted.at + job_period - 1) / job_period * job_period;
}

}  // namespace spindrift
