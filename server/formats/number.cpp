// Reads numbers by the standard library, and tells the unit of a time by its size.
#include "server/formats/number.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <system_error>

#include "common/protocol/decimal.hpp"
#include "common/protocol/eight_digits.hpp"
#include "common/protocol/number_text.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/digit.hpp"

namespace spindrift::formats {
namespace {

constexpr std::size_t number_bytes_max = 400;  // the longest double written out has some 330

constexpr std::int64_t seconds_min = 100'000'000;      // 1973
constexpr std::int64_t seconds_end = 100'000'000'000;  // 5138, and 1973 in milliseconds
constexpr std::int64_t ms_end = seconds_end * 1'000;   // the same year in milliseconds, and so on
constexpr std::int64_t us_end = seconds_end * 1'000'000;
constexpr std::int64_t ns_in_ms = 1'000'000;

// Digits alone, as many as cannot overflow.
bool read_whole(std::string_view text, std::int64_t& number) {
  if (text.empty() || text.size() > decimal::digits_max) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size();
  }
  std::uint64_t whole = 0;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    const std::uint64_t digits = eight_digits::load(text.data());
    if (!eight_digits::are_digits(digits)) return false;
    whole = 100'000'000 * whole + eight_digits::number_of(digits);
  }
  for (const char c : text) {
    if (!is_digit(c)) return false;
    whole = 10 * whole + static_cast<std::uint64_t>(c - '0');
  }
  if (whole > static_cast<std::uint64_t>(INT64_MAX)) return false;
  number = static_cast<std::int64_t>(whole);
  return true;
}

std::optional<std::int64_t> checked(std::int64_t ms) {
  if (!limits::is_event_time(ms)) return std::nullopt;
  return ms;
}

std::optional<std::int64_t> ms_of(std::int64_t epoch) {
  if (epoch < seconds_min) return std::nullopt;
  if (epoch < seconds_end) return epoch * 1'000;
  if (epoch < ms_end) return epoch;
  if (epoch < us_end) return epoch / 1'000;
  return checked(epoch / ns_in_ms);
}

std::optional<std::int64_t> ms_of(double epoch) {
  if (!(epoch >= static_cast<double>(seconds_min)) || epoch >= 1e20) return std::nullopt;
  if (epoch < static_cast<double>(seconds_end)) return std::llround(epoch * 1'000);
  if (epoch < static_cast<double>(ms_end)) return std::llround(epoch);
  if (epoch < static_cast<double>(us_end)) return std::llround(epoch / 1'000);
  return checked(std::llround(epoch / static_cast<double>(ns_in_ms)));
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool begins_as_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (!text.empty() && text.front() == '.') text.remove_prefix(1);
  return !text.empty() && is_digit(text.front());
}

bool is_like_number(std::string_view text) {
  double ignored = 0;
  return begins_as_number(text) || read_number(text, ignored) == number_kind::not_finite;
}

number_kind read_number(std::string_view text, double& number) {
  if (text.empty() || text.size() > number_bytes_max) return number_kind::none;
  if (decimal::read(text, number)) return number_kind::number;
  std::string_view digits = text;
  if (digits.front() == '+') digits.remove_prefix(1);
  if (digits.empty() || digits.front() == '+') return number_kind::none;
  if (text.front() == '+' && digits.front() == '-') return number_kind::none;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (end != digits.data() + digits.size()) return number_kind::none;
  if (problem == std::errc::result_out_of_range) {
    // Too small or too large: the protocol's own reader tells them apart.
    if (!number_text::parse_double(digits, number)) return number_kind::none;
  } else if (problem != std::errc()) {
    return number_kind::none;
  }
  return std::isfinite(number) ? number_kind::number : number_kind::not_finite;
}

std::optional<std::int64_t> read_whole_epoch(std::string_view text) {
  std::int64_t whole = 0;
  return read_whole(text, whole) ? ms_of(whole) : std::nullopt;
}

std::optional<std::int64_t> read_epoch(std::string_view text) {
  if (!begins_as_number(text) || text.front() == '-') return std::nullopt;
  std::int64_t whole = 0;
  if (read_whole(text, whole)) return ms_of(whole);
  double epoch = 0;
  if (read_number(text, epoch) != number_kind::number) return std::nullopt;
  return ms_of(epoch);
}

// "2026-11-21T18:34:33.5Z+0000" and the like become what parse_rfc3339() takes.
std::optional<std::int64_t> read_date(std::string_view text) {
  constexpr std::size_t date_time_bytes = 19;  // 2026-11-21T18:34:33
  constexpr std::size_t bytes_max = 64;
  if (text.size() < date_time_bytes || text.size() > bytes_max || !is_digit(text.front())) return std::nullopt;
  std::string usual(text.substr(0, date_time_bytes));
  std::string_view rest = text.substr(date_time_bytes);
  if (!rest.empty() && (rest.front() == '.' || rest.front() == ',')) {
    rest.remove_prefix(1);
    usual += '.';
    while (!rest.empty() && is_digit(rest.front())) {
      usual += rest.front();
      rest.remove_prefix(1);
    }
  }
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.size() > 1 && (rest.front() == 'Z' || rest.front() == 'z')) {
    if (rest.substr(1) != "+0000" && rest.substr(1) != "+00:00") return std::nullopt;
    rest = rest.substr(0, 1);
  }
  if (rest == "UTC" || rest == "GMT") rest = "Z";
  usual += rest;
  const bool is_signed = !rest.empty() && (rest.front() == '+' || rest.front() == '-');
  if (is_signed && rest.size() == 5 && rest[3] != ':') usual.insert(usual.size() - 2, 1, ':');
  if (is_signed && rest.size() == 3) usual += ":00";
  const auto ms = parse_rfc3339(usual);
  return ms ? checked(*ms) : std::nullopt;
}

std::optional<std::int64_t> read_time(std::string_view text) {
  text = trimmed(text);
  if (const auto epoch = read_epoch(text)) return epoch;
  return read_date(text);
}

std::int64_t ms_of_ns(std::uint64_t nanoseconds) {
  return static_cast<std::int64_t>(nanoseconds / static_cast<std::uint64_t>(ns_in_ms));
}

}  // namespace spindrift::formats
