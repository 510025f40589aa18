// Rows of a CSV text, or bare values a line, as points: line by line, so that a pipe is answered as it speaks.
//
// The first line decides: with a value column named, or more than one column, or words in the first line, it is a
// header; a single column of numbers has none. A row with more fields than the first line is refused. No I/O; one
// thread at a time; a point's views are valid until the next take().
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/csv/dialect.hpp"
#include "common/model/point.hpp"
#include "common/protocol/error.hpp"
#include "common/protocol/name_limits.hpp"

namespace spindrift {

struct table_settings {
  std::string
      value_column;  // names or 1-based indexes, separated by commas; empty: "value", else the only or last column
  std::string time_column;   // empty: a column named timestamp, time or ts, if there is one
  std::string label_column;  // empty: none
  csv_dialect dialect{};
  std::string stream{limits::stream_default};  // which the rows are of
};

class table {
public:
  explicit table(table_settings settings) : settings_(std::move(settings)) {}

  // The line was a header. `remark`, for people, where columns were left out without anybody's word: which one was
  // taken, and how to have the others; else empty.
  struct heading {
    std::string remark{};
  };
  // The columns that were asked for are not there, or it would have to be guessed what their times are: nothing that
  // follows can be read.
  struct no_such_column {
    std::string message;
  };
  using row = std::variant<point, protocol_error, heading, no_such_column>;

  // One line without its end; not blank.
  row take(std::string_view line);

private:
  row take_first();
  std::optional<no_such_column> choose_columns();
  std::string remark() const;
  std::optional<std::size_t> find(std::string_view wanted) const;
  row read_point();
  bool is_number_row() const;

  table_settings settings_;
  std::vector<std::string> fields_;
  std::vector<std::string> header_;  // empty: there is none
  std::size_t columns_ = 0;          // of the first line
  bool has_begun_ = false;
  bool has_time_ = false;  // the first time was read
  std::vector<std::size_t> value_columns_;
  std::vector<std::string> value_names_;
  std::optional<std::size_t> time_column_;
  std::optional<std::size_t> label_column_;
  std::vector<feature> features_;
};

}  // namespace spindrift
