// Escapes foreign text, character by character.
#include "common/text/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t message_bytes_max = 65'536;
constexpr std::size_t quoted_bytes_max = 200;

// Controls break the line or drive the terminal; the others end lines in some viewers or turn the text around.
bool must_be_escaped(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0x200E || c == 0x200F ||
         c == 0x61C || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_escaped(char32_t c, std::string& line) {
  constexpr std::string_view characters = "\n\r\t";
  constexpr std::string_view letters = "nrt";
  if (const auto at = c < 0x80 ? characters.find(static_cast<char>(c)) : std::string_view::npos;
      at != std::string_view::npos) {
    line += '\\';
    line += letters[at];
    return;
  }
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "\\u%04x", static_cast<unsigned>(c));
  line += buffer.data();
}

void append_shown(std::string_view text, bool escapes_quotes, std::string& line) {
  while (!text.empty()) {
    const std::size_t bytes = utf8_length(text);
    const char32_t c = bytes == 0 ? 0 : utf8_value(text, bytes);
    if (bytes == 0) {
      line += replacement;
    } else if (must_be_escaped(c)) {
      append_escaped(c, line);
    } else {
      if (escapes_quotes && (c == '"' || c == '\\')) line += '\\';
      line += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<std::size_t>(1, bytes));
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string line;
  append_shown(utf8_prefix(text, message_bytes_max), false, line);
  if (text.size() > message_bytes_max) line += "…";
  return line;
}

void append_quoted(std::string_view text, std::size_t bytes_max, std::string& line) {
  line += '"';
  append_shown(utf8_prefix(text, bytes_max), true, line);
  line += text.size() > bytes_max ? "…\"" : "\"";
}

std::string in_quotes(std::string_view text) {
  std::string line;
  append_quoted(text, quoted_bytes_max, line);
  return line;
}

}  // namespace spindrift
