// Guesses from a few lines what somebody wanted to be read.
#include "server/backtest/input_sample.hpp"

#include <algorithm>

#include "common/csv/cell.hpp"
#include "common/csv/csv.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// 1,5 is one and a half to half of the world.
bool is_number_with_comma(std::string_view cell) {
  std::string text(trimmed(cell));
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos || comma == 0 || comma + 1 == text.size()) return false;
  text[comma] = '.';
  return parse_number(text).has_value();
}

constexpr const char* what_would_be_right = "; wanted: commas between columns, points in numbers, UTF-8";

std::optional<std::string> other_separator(std::string_view line) {
  struct separator {
    char character;
    const char* name;
  };
  for (const separator& candidate : {separator{';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}}) {
    const auto cells = split(line, candidate.character);
    const bool has_commas = std::any_of(cells.begin(), cells.end(), is_number_with_comma);
    const bool has_numbers = std::any_of(cells.begin(), cells.end(), [](auto cell) { return parse_number(cell); });
    if (cells.size() < 2 || (!has_commas && !has_numbers)) continue;
    return std::string("its columns are separated by ") + candidate.name +
           (has_commas ? " and its numbers have decimal commas" : "") + what_would_be_right +
           (has_commas ? ", or --delimiter and --decimal" : ", or --delimiter");
  }
  return std::nullopt;
}

bool has_decimal_commas(std::string_view line) {
  csv_reader reader(line);
  if (reader.next() != csv_reader::result::row) return false;
  const auto& cells = reader.fields();
  return std::any_of(cells.begin(), cells.end(), is_number_with_comma) || is_number_with_comma(line);
}

}  // namespace

void input_sample::note(std::string_view line, std::string_view complaint) {
  if (lines_.size() < lines_max) lines_.emplace_back(line.substr(0, line_bytes_max));
  if (!first_complaint_.empty() || complaint.empty()) return;
  first_complaint_ = complaint;
  complained_line_ = line.substr(0, line_bytes_max);
}

std::string input_sample::explain() const {
  if (lines_.empty()) return "it is empty; wanted: CSV, a value a line, or a JSON object a line";
  const bool has_controls = std::any_of(lines_.begin(), lines_.end(), [](const std::string& line) {
    return std::any_of(line.begin(), line.end(), is_control);
  });
  if (has_controls) return "it is no text: control characters in its first lines" + std::string(what_would_be_right);
  if (lines_.front().front() == '[') return "it is a JSON array; wanted: JSON objects, one a line";
  if (first_complaint_.empty()) return "it has a header line and no rows";
  if (lines_.front().front() != '{') {
    if (const auto separated = other_separator(complained_line_)) return *separated;
    if (has_decimal_commas(complained_line_))
      return std::string("its numbers have decimal commas") + what_would_be_right + ", or --decimal ,";
  }
  return "no line of it is a point: " + first_complaint_ + ": " + in_quotes(complained_line_);
}

std::optional<std::string> foreign_bytes(std::string_view beginning) {
  if (beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff")) {
    return "it is UTF-16; wanted: UTF-8 (iconv -f UTF-16 -t UTF-8)";
  }
  const std::size_t zero = beginning.find('\0');
  if (zero == std::string_view::npos) return std::nullopt;
  // ASCII as UTF-16 without its mark: every second byte is 0.
  const auto zeros = static_cast<std::size_t>(std::count(beginning.begin(), beginning.end(), '\0'));
  const bool is_wide = zero < 2 && zeros * 5 > beginning.size() * 2 && zeros * 5 < beginning.size() * 3 + 5;
  if (is_wide) return "it looks like UTF-16; wanted: UTF-8 (iconv -f UTF-16 -t UTF-8)";
  return "it is no text: byte " + std::to_string(zero + 1) + " is 0";
}

}  // namespace spindrift
