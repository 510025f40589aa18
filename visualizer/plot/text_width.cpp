// Classes of characters and their widths.
#include "visualizer/plot/text_width.hpp"

#include <algorithm>

#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

constexpr double usual = 0.63;

double width_of_letter(char letter) {
  const auto is_in = [letter](std::string_view of) { return of.find(letter) != std::string_view::npos; };
  if (is_in("iljI.,:;|!' ")) return 0.32;
  if (is_in("tfr()[]/\\-\"")) return 0.41;
  if (is_in("MWmw@%")) return 0.98;
  if (is_in("=+<>~#&OQGDHNU")) return 0.84;
  if (letter >= 'A' && letter <= 'Z') return 0.7;
  return is_in("csz_?") ? 0.55 : usual;
}

// Of more bytes: accented letters, Greek and Cyrillic have two; signs and the East's square letters three.
double width_of_character(std::string_view character) {
  if (character.size() == 1) return width_of_letter(character.front());
  return character.size() == 2 ? 0.7 : 1.0;
}

}  // namespace

double width_of(std::string_view text) {
  double width = 0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    width += width_of_character(text.substr(0, length));
    text.remove_prefix(length);
  }
  return width;
}

std::string fitted(const std::function<std::string(std::size_t)>& cut, double room) {
  // None is narrower than a third; so many are enough to begin with.
  auto characters = static_cast<std::size_t>(std::max(room, 1.0) * 3.2);
  std::string shown = cut(characters);
  while (characters > 1 && width_of(shown) > room) shown = cut(--characters);
  return shown;
}

}  // namespace spindrift
