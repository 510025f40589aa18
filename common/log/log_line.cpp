// Puts a line together.
#include "common/log/log_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "common/text/printable.hpp"

namespace spindrift {
namespace {

constexpr std::size_t value_bytes_max = 4'096;  // a longer value is cut: a log line is for reading

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= value_bytes_max && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
  });
}

template <typename number>
void append_number(std::string& line, number value) {
  std::array<char, 32> buffer{};
  const auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  if (failure == std::errc{}) line.append(buffer.data(), end);
}

struct value_writer {
  std::string& line;
  log_format format;

  void operator()(std::string_view text) const {
    if (format == log_format::text && is_plain(text)) {
      line += text;
    } else {
      append_quoted(text, value_bytes_max, line);
    }
  }
  void operator()(double number) const {
    if (format == log_format::json && !std::isfinite(number)) {
      line += "null";  // JSON has no word for it
    } else {
      append_number(line, number);
    }
  }
  void operator()(std::int64_t number) const { append_number(line, number); }
  void operator()(std::uint64_t number) const { append_number(line, number); }
  void operator()(bool truth) const { line += truth ? "true" : "false"; }
  void operator()(std::monostate) const {}
};

void append_time(std::string& line, std::chrono::system_clock::time_point when) {
  using namespace std::chrono;
  const auto whole = floor<milliseconds>(when);
  const auto day = floor<days>(whole);
  const year_month_day date(day);
  const hh_mm_ss clock(whole - day);
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  line += buffer.data();
}

}  // namespace

std::string_view name_of(log_level level) {
  constexpr std::array<std::string_view, 6> names = {"trace", "debug", "info", "warning", "error", "off"};
  return names[static_cast<std::size_t>(level)];
}

std::string format_line(log_format format, std::chrono::system_clock::time_point when, log_level level,
                        std::string_view event, std::span<const log_field> fields) {
  const bool is_json = format == log_format::json;
  std::string line;
  line.reserve(256);
  line += is_json ? "{\"time\":\"" : "";
  append_time(line, when);
  line += is_json ? "\",\"level\":\"" : " ";
  line += name_of(level);
  line += is_json ? "\",\"event\":\"" : " ";
  line += event;
  line += is_json ? "\"" : "";
  for (const log_field& field : fields) {
    if (std::holds_alternative<std::monostate>(field.value)) continue;
    line += is_json ? ",\"" : " ";
    line += field.key;
    line += is_json ? "\":" : "=";
    std::visit(value_writer{line, format}, field.value);
  }
  if (is_json) line += '}';
  return line;
}

}  // namespace spindrift
