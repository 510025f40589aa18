#include "common/log/log_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace spindrift {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t value_bytes_max = 4'096;            // a longer value is cut: a log line is for reading

struct code_point {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8 at this byte
};

// The character at the front, by the table of well-formed sequences (Unicode 15, table 3-7).
code_point decode_front(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t value = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length};
}

// Controls break the line or drive the terminal; the others end lines in some viewers or turn the text around.
bool must_be_escaped(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0x200E || c == 0x200F ||
         c == 0x61C || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_escaped(std::string& line, char32_t c) {
  switch (c) {
    case '\n':
      line += "\\n";
      return;
    case '\r':
      line += "\\r";
      return;
    case '\t':
      line += "\\t";
      return;
    default:
      break;
  }
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "\\u%04x", static_cast<unsigned>(c));
  line += buffer.data();
}

// A JSON string; text lines quote the same way.
void append_quoted(std::string& line, std::string_view text) {
  const bool is_cut = text.size() > value_bytes_max;
  text = text.substr(0, value_bytes_max);
  line += '"';
  while (!text.empty()) {
    const code_point c = decode_front(text);
    if (c.bytes == 0) {
      line += replacement;
    } else if (must_be_escaped(c.value)) {
      append_escaped(line, c.value);
    } else {
      if (c.value == '"' || c.value == '\\') line += '\\';
      line += text.substr(0, c.bytes);
    }
    text.remove_prefix(std::max<std::size_t>(1, c.bytes));
  }
  line += is_cut ? "…\"" : "\"";
}

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
      append_quoted(line, text);
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
