// Reads numbers, times and labels from cells.
#include "common/csv/cell.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/protocol/number_text.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"

namespace spindrift {
namespace {

std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

template <class Integer>
std::optional<Integer> parse_integer(std::string_view text) {
  text = without_plus(text);
  Integer number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// One that is too small for a double is zero, one that is too large is infinite, as on the wire.
std::optional<double> parse_double(std::string_view text) {
  text = without_plus(text);
  double number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return number_text::is_below_one(text) ? 0.0 : HUGE_VAL;
  return error == std::errc{} ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> within_limits(std::optional<std::int64_t> ts) {
  return ts && limits::is_event_time(*ts) ? ts : std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view cell) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t begin = cell.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return cell.substr(begin, cell.find_last_not_of(blanks) - begin + 1);
}

std::optional<double> parse_number(std::string_view cell) {
  return parse_double(trimmed(cell));
}

std::optional<std::int64_t> parse_time(std::string_view cell) {
  cell = trimmed(cell);
  if (const auto number = parse_integer<std::int64_t>(cell)) {
    constexpr std::int64_t seconds_below = 100'000'000'000;
    const bool is_seconds = *number > -seconds_below && *number < seconds_below;
    return within_limits(is_seconds ? *number * 1'000 : *number);
  }
  if (const auto seconds = parse_double(cell); seconds && cell.find('.') != std::string_view::npos) {
    constexpr double seconds_most = 253'402'300'799;
    if (!(std::abs(*seconds) <= seconds_most)) return std::nullopt;
    return within_limits(std::llround(*seconds * 1'000));
  }
  const auto ts = parse_rfc3339(cell);
  return within_limits(ts ? ts : parse_rfc3339(std::string(cell) + 'Z'));
}

std::optional<bool> parse_label(std::string_view cell) {
  std::string lower(trimmed(cell));
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower == "1" || lower == "true") return true;
  if (lower == "0" || lower == "false") return false;
  return std::nullopt;
}

std::optional<std::size_t> parse_index(std::string_view cell) {
  const auto index = parse_integer<std::size_t>(trimmed(cell));
  return index && *index >= 1 ? index : std::nullopt;
}

std::string wire_name(std::string_view text, std::size_t bytes_max) {
  constexpr std::string_view alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::string_view others = "._:/=,@+-";
  std::string name;
  if (text.empty() || alphanumeric.find(text.front()) == std::string_view::npos) name += 'x';
  for (const char c : text) {
    const bool stays = alphanumeric.find(c) != std::string_view::npos || others.find(c) != std::string_view::npos;
    name += stays ? c : '_';
  }
  name.resize(std::min(name.size(), bytes_max));
  return name;
}

}  // namespace spindrift
