// One valid UTF-8 character: the one rule that everything which prints foreign text shares. Pure, any thread, no
// allocation; a few nanoseconds a character. Source: RFC 3629 section 4 (Unicode 15, table 3-7).
#pragma once

#include <cstddef>
#include <string_view>

namespace spindrift {

// Bytes of the character at the front of `text`: 1 to 4; 0 when it is no valid UTF-8 (overlong forms, surrogates and
// values above U+10FFFF are not) or when there is no text.
inline std::size_t utf8_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto continues = [&byte](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool is_overlong = first == 0xe0 && second < 0xa0;
    const bool is_surrogate = first == 0xed && second > 0x9f;
    return continues(1) && continues(2) && !is_overlong && !is_surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool is_overlong = first == 0xf0 && second < 0x90;
    const bool is_beyond = first == 0xf4 && second > 0x8f;
    return continues(1) && continues(2) && continues(3) && !is_overlong && !is_beyond ? 4 : 0;
  }
  return 0;
}

// The character that `length` bytes (1 to 4, as utf8_length() said) at the front of `text` stand for.
inline char32_t utf8_value(std::string_view text, std::size_t length) {
  const auto lead = static_cast<unsigned char>(text.front());
  char32_t value = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  return value;
}

// The longest beginning of `text` that is at most `bytes_max` long and cuts no character in two.
inline std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && bytes_max - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end);
}

}  // namespace spindrift
