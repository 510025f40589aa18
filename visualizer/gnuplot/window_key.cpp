// Binds keys to lines, and reads these lines.
#include "visualizer/gnuplot/window_key.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace spindrift {
namespace {

constexpr std::string_view mark = "key ";

void append_binding(std::string_view name, char key, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(key);
  out.append("bind \"").append(name).append("\" \"print '").append(mark);
  out += digits[code >> 4U];
  out += digits[code & 15U];
  out += "'\"\n";
}

}  // namespace

// By number, since some characters mean something to gnuplot. Space is the exception: it would raise a window.
std::string key_commands() {
  constexpr std::array<std::pair<std::string_view, char>, 8> named{{{"Escape", '\x1b'},
                                                                    {"Return", '\r'},
                                                                    {"BackSpace", '\x7f'},
                                                                    {"Left", '['},
                                                                    {"Right", ']'},
                                                                    {"Up", 'p'},
                                                                    {"Down", 'n'},
                                                                    {" ", ' '}}};
  std::string out = "set mouse\n";
  for (const auto& [name, key] : named) append_binding(name, key, out);
  for (char key = '!'; key <= '~'; ++key) {
    if (key == '"' || key == '\\' || key == '`') continue;  // ends, escapes, and what stands behind it runs in a shell
    append_binding(std::string_view(&key, 1), key, out);
  }
  return out;
}

std::optional<char> key_in(std::string_view line) {
  if (!line.starts_with(mark) || line.size() != mark.size() + 2) return std::nullopt;
  const std::string_view digits = line.substr(mark.size());
  unsigned code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  if (error != std::errc() || end != digits.data() + digits.size() || code > 0x7f) return std::nullopt;
  return static_cast<char>(code);
}

}  // namespace spindrift
