// How a CSV file is written: what separates its columns, its decimal sign, the form of its times; and what to do with
// rows that cannot be read. Plain data; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

class option_set;

struct csv_dialect {
  char delimiter = ',';
  bool has_decimal_comma = false;
  // strptime's, UTC unless it has %z; "excel": day numbers; "seconds": since 1970; empty: what parse_time() knows
  // (cell.hpp), and DD.MM.YYYY with or without a time of day.
  std::string time_format;
  bool skips_bad = false;  // rows that cannot be read, and those whose cells are empty, are left out without a word

  std::optional<double> number(std::string_view cell) const;
  std::optional<std::int64_t> time(std::string_view cell) const;
  // Of a first time: why it must not be taken for what it would be read as. Numbers that are days of 1954 to 2119 in a
  // spreadsheet would be seconds of the first of January 1970.
  std::optional<std::string> doubt(std::string_view cell) const;
  // What a time has to be, for whoever must say that one is not.
  std::string time_rule() const;
};

// --delimiter, --decimal, --time-format, --skip-bad.
void declare(csv_dialect& dialect, option_set& options);

}  // namespace spindrift
