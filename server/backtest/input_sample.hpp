// Why an input holds no point: what is remembered of it until its first one, and the one sentence that says what is
// wrong with it and what would be right.
//
// Pure: no I/O, one thread at a time. Keeps the first lines_max lines, line_bytes_max bytes of each. A guess from a few
// lines: used only where nothing could be read, so that it cannot be wrong about an input that can.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

class input_sample {
public:
  static constexpr std::size_t lines_max = 4;
  static constexpr std::size_t line_bytes_max = 512;

  // A line that was no point. `complaint`: what was wrong with it; empty: it was a header.
  void note(std::string_view line, std::string_view complaint);
  // "its columns are separated by semicolons; …".
  std::string explain() const;

private:
  std::vector<std::string> lines_;
  std::string first_complaint_;
  std::string complained_line_;
};

// What bytes at the beginning of an input say: UTF-16, or no text at all. Empty: it may be text.
std::optional<std::string> foreign_bytes(std::string_view beginning);

}  // namespace spindrift
