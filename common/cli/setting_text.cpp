// Spells flags, variables and TOML values.
#include "common/cli/setting_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace spindrift {
namespace {

bool is_ascii_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string escape(const char* form, char c) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), form, static_cast<unsigned>(static_cast<unsigned char>(c)));
  return buffer.data();
}

// "007" or "1e5" would come back from a TOML reader as other texts, so the round trip decides.
bool reads_back_bare(const std::string& text) {
  if (text == "true" || text == "false") return true;
  if (const auto whole = whole_text_as<std::int64_t>(text)) return std::to_string(*whole) == text;
  const bool has_fraction =
      text.find_first_of(".e") != std::string::npos && text.find_first_of("xn") == std::string::npos;
  const auto real = has_fraction ? whole_text_as<double>(text) : std::nullopt;
  return real && number_text(*real) == text;
}

}  // namespace

std::string key_of(std::string_view flag) {
  return std::string(flag.starts_with("--") ? flag.substr(2) : flag);
}

std::string environment_variable_of(std::string_view flag) {
  std::string name = "SPINDRIFT_";
  for (const char c : key_of(flag))
    name += c == '-' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

std::string toml_value(const std::string& text) {
  if (reads_back_bare(text)) return text;
  std::string value = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      value += '\\';
      value += c;
    } else if (is_ascii_control(c)) {
      value += escape("\\u%04x", c);
    } else {
      value += c;
    }
  }
  return value + "\"";
}

std::string toml_array(const std::vector<std::string>& texts) {
  std::string array = "[";
  for (const std::string& text : texts) array += (array.size() > 1 ? ", " : "") + toml_value(text);
  return array + "]";
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string whole;
  for (const std::string& each : texts) whole.append(whole.empty() ? "" : between).append(each);
  return whole;
}

std::string number_text(double number) {
  std::array<char, 32> buffer{};
  const auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return failure == std::errc{} ? std::string(buffer.data(), end) : std::string("nan");
}

}  // namespace spindrift
