// How settings are written: as flags, variables and TOML values. Pure text functions, any thread.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace spindrift {

// "--state-dir" -> "state-dir", the key in the file.
std::string key_of(std::string_view flag);
// "--state-dir" -> "SPINDRIFT_STATE_DIR".
std::string environment_variable_of(std::string_view flag);
// 100, 0.002, true or "text": bare only where reading it back yields the same text.
std::string toml_value(const std::string& text);
std::string toml_array(const std::vector<std::string>& texts);
std::string joined(const std::vector<std::string>& texts, std::string_view between);
// The text as a number, if all of it is one.
template <typename number>
std::optional<number> whole_text_as(std::string_view text) {
  number parsed{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return parsed;
}
// The shortest decimal text that reads back as the same number.
std::string number_text(double number);

}  // namespace spindrift
