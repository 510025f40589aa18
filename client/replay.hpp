// A recording, read from a CSV file with a header line, and a source that replays it: every stream gets all rows, from
// the first on.
//
// Columns are chosen by name or by 1-based index (a name wins). A first line of nothing but numbers, times and truth
// values, or with numbers in value columns that were all chosen by index, is no header line but the first row. Times
// are RFC 3339, `YYYY-MM-DD HH:MM:SS` (UTC), or integers: milliseconds, or seconds when below 1e11 (as milliseconds
// that would be early 1973). Labels are 0, 1, true or false. A recording is held in memory: 8 bytes a value, 8 a time,
// a bit a label. Errors are thrown as replay_error, "FILE:LINE: what is wrong". One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "client/source.hpp"
#include "common/csv/dialect.hpp"

namespace spindrift {

struct replay_settings {
  std::string file;
  std::vector<std::string> value_columns;  // empty: the column called "value"
  std::string time_column;                 // empty: none
  std::string label_column;                // empty: none
  csv_dialect dialect{};
};

class replay_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

struct recording {
  std::vector<std::string> features;  // names fit for the wire; empty for a univariate recording
  std::size_t columns = 1;            // values a row
  std::vector<double> values;         // row after row
  std::vector<std::int64_t> times;    // milliseconds since the Unix epoch; empty: not recorded
  std::vector<bool> labels;           // empty: not recorded

  std::size_t rows() const { return values.size() / columns; }
};

// `text` is the file's content; the file's name is only used in messages.
recording parse_recording(std::string_view text, const replay_settings& settings);
recording read_recording(const replay_settings& settings);

class replay final : public source {
public:
  replay(recording played, std::size_t streams);

  void next(std::size_t stream, sample& out) override;
  const std::vector<std::string>& kinds() const override { return kinds_; }
  bool has_truth() const override { return !recording_.labels.empty(); }
  bool has_recorded_time() const override { return !recording_.times.empty(); }
  std::optional<std::uint64_t> points_per_stream() const override { return recording_.rows(); }

private:
  recording recording_;
  std::vector<std::string> kinds_;  // "labelled", where there are labels
  std::vector<std::size_t> next_row_;
};

}  // namespace spindrift
