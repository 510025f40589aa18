// Cuts text into characters and leaves out those that something would obey.
#include "visualizer/plot/label.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::string_view apostrophe = "\xe2\x80\x99";   // U+2019

std::uint32_t code_of(std::string_view character) {
  constexpr std::array<unsigned, 5> lead_mask{0, 0x7f, 0x1f, 0x0f, 0x07};
  std::uint32_t code = static_cast<unsigned char>(character[0]) & lead_mask[character.size()];
  for (const char byte : character.substr(1)) code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3fU);
  return code;
}

bool is_harmful(std::uint32_t code) {
  const auto within = [code](std::uint32_t first, std::uint32_t last) { return code >= first && code <= last; };
  return code < 0x20 || within(0x7f, 0x9f)                    // controls
         || code == 0x061c || within(0x200b, 0x200f)          // zero width, direction marks
         || within(0x2028, 0x202e) || within(0x2060, 0x206f)  // separators, direction overrides, invisible operators
         || code == 0xfeff || (code & 0xfffeU) == 0xfffe;     // byte order mark, noncharacters
}

// The text as characters of one to four bytes, each harmless. A million-byte name costs no more than it must: the
// caller shows `characters_max` of them, and names on the wire are short.
std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  characters.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(character.size());
    if (length == 0 || is_harmful(code_of(character))) {
      characters.push_back(replacement);
    } else {
      characters.push_back(character == "'" ? apostrophe : character);
    }
  }
  return characters;
}

}  // namespace

std::string harmless(std::string_view text, std::size_t characters_max) {
  const std::vector<std::string_view> characters = characters_of(text);
  std::string out;
  const bool is_too_long = characters.size() > characters_max;
  const std::size_t head = is_too_long ? characters_max / 2 : characters.size();
  const std::size_t tail = is_too_long && characters_max > head ? characters_max - head - 1 : 0;
  for (std::size_t i = 0; i < head; ++i) out += characters[i];
  if (is_too_long) out += ellipsis;
  for (std::size_t i = characters.size() - tail; i < characters.size() && is_too_long; ++i) out += characters[i];
  return out;
}

std::string called(std::string_view title, std::string_view name, std::string_view feature,
                   std::size_t characters_max) {
  constexpr std::string_view between = " \xc2\xb7 ";
  const auto with_feature = [&](std::string text) {
    return feature.empty() ? text : text.append(between).append(feature);
  };
  if (title.empty()) return harmless(with_feature(std::string(name)), characters_max);
  const std::string both = with_feature(std::string(title).append(between).append(name));
  const bool has_room = characters_of(both).size() <= characters_max;
  return harmless(has_room ? both : with_feature(std::string(title)), characters_max);
}

std::string quoted(std::string_view text, std::size_t characters_max) {
  return '\'' + harmless(text, characters_max) + '\'';
}

}  // namespace spindrift
