// Numbers, ranges and labels as gnuplot reads them.
#include "visualizer/plot/command.hpp"

#include <array>
#include <charconv>

namespace spindrift {

void append_plain(double number, std::string& out) {
  std::array<char, 32> text{};
  // Adding zero turns -0 into 0.
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number + 0.0, std::chars_format::general, 15);
  out.append(text.data(), end.ptr);
}

std::string short_number(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::general, 6);
  return {text.data(), end.ptr};
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

void append_range(std::string_view axis, const axis_range& range, std::string& out) {
  out += "set ";
  out += axis;
  out += "range [";
  append_plain(range.least, out);
  out += ':';
  append_plain(range.most, out);
  out += "]\n";
}

void append_label(std::string_view tag, const std::string& text_in_quotes, std::string_view rest, std::string& out) {
  out += "set label ";
  out += tag;
  out += ' ';
  out += text_in_quotes;
  out += ' ';
  out += rest;
  out += " noenhanced front\n";
}

}  // namespace spindrift
