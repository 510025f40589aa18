// How wide a text stands in a picture, near enough to cut it where its room ends: by classes of characters, as wide as
// they are in DejaVu Sans, which is the widest of the fonts that pictures usually get. Pure. Any thread. Cost: a look
// at each character; fitted() looks at the text once for each that it leaves out.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace spindrift {

// Pixels of a font's size where a picture's are largest: PNG has 96 to an inch of 72 points.
constexpr double pixels_of(double points) {
  return points * 4 / 3;
}

// In parts of the font's size.
double width_of(std::string_view text);

// What `cut` makes of so many characters, as harmless() and called() (label.hpp) do, of as many as are no wider than
// `room`, in parts of the font's size.
std::string fitted(const std::function<std::string(std::size_t characters_max)>& cut, double room);

}  // namespace spindrift
