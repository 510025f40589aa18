// Comma-separated values, RFC 4180: one row at a time. Fields may be quoted; a quoted field may hold commas, doubled
// quotes and line ends. LF and CRLF end a row, a byte order mark at the start is skipped, blank lines are no rows.
//
// Owns nothing but its fields: `text` must outlive the reader. No I/O. One thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

class csv_reader {
public:
  enum class result { row, end, unclosed_quote };

  explicit csv_reader(std::string_view text, char delimiter = ',');

  // Reads the next row into fields().
  result next();
  const std::vector<std::string>& fields() const { return fields_; }
  // The line, from 1, on which the last row began.
  std::size_t line() const { return row_line_; }

private:
  bool read_field();  // true: another field follows in this row
  bool read_quoted(std::string& field);

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
  std::vector<std::string> fields_;
  std::size_t field_count_ = 0;
  bool is_unclosed_ = false;
};

}  // namespace spindrift
