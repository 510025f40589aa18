// Any bytes as CSV: rows that are written again, every field quoted, are read back the same; lines become points or
// errors that can be sent; a recording is read whole or refused with its place.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "client/replay.hpp"
#include "common/csv/csv.hpp"
#include "common/model/limit.hpp"
#include "common/protocol/time_limits.hpp"
#include "server/backtest/table.hpp"
#include "tests/fuzz/require.hpp"

namespace spindrift {
namespace {

using fuzz::require;
using rows = std::vector<std::vector<std::string>>;

bool read_rows(std::string_view text, rows& all) {
  csv_reader reader(text);
  for (;;) {
    const csv_reader::result result = reader.next();
    if (result == csv_reader::result::unclosed_quote) return false;
    if (result == csv_reader::result::end) return true;
    require(!reader.fields().empty() && reader.line() >= 1, "a row without fields or place");
    all.push_back(reader.fields());
  }
}

void check_rows(std::string_view text) {
  rows first;
  if (!read_rows(text, first)) return;
  std::string written;
  for (const auto& row : first) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      written += i == 0 ? "\"" : ",\"";
      for (const char c : row[i]) written.append(c == '"' ? 2 : 1, c);
      written += '"';
    }
    written += '\n';
  }
  rows second;
  require(read_rows(written, second) && first == second, "rows that were written are read back as others", written);
}

void check_lines(std::string_view text, const table_settings& settings) {
  table points(settings);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) continue;
    const table::row found = points.take(line);
    if (const auto* const measured = std::get_if<point>(&found)) {
      require(std::isfinite(measured->value), "a value is not finite");
      require(measured->values.size() <= model::features_max, "too many features");
      require(!measured->ts || limits::is_event_time(*measured->ts), "a time is out of range");
    } else if (const auto* const missing = std::get_if<table::no_such_column>(&found)) {
      require(!missing->message.empty(), "a refusal without a reason");
      return;
    }
  }
}

void check_recording(std::string_view text, const replay_settings& settings) {
  try {
    const recording read = parse_recording(text, settings);
    require(read.rows() > 0 && read.values.size() == read.rows() * read.columns, "a recording with holes");
    for (const double value : read.values) require(std::isfinite(value), "a value is not finite");
  } catch (const replay_error& refused) {
    require(std::string_view(refused.what()).starts_with("any.csv"), "a refusal without a place", refused.what());
  }
}

}  // namespace
}  // namespace spindrift

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spindrift;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_rows(text);
  check_lines(text, {});
  check_lines(text, {"1,b", "2", "label"});
  replay_settings plain;
  plain.file = "any.csv";
  check_recording(text, plain);
  replay_settings columns = plain;
  columns.value_columns = {"1", "value"};
  columns.time_column = "2";
  columns.label_column = "3";
  check_recording(text, columns);
  return 0;
}
