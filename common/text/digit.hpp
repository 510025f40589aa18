// Whether a byte is one of 0 to 9, whatever the locale.
#pragma once

namespace spindrift {

constexpr bool is_digit(char c) {
  return static_cast<unsigned char>(c - '0') < 10;
}

}  // namespace spindrift
