// Reads a recording, and plays it to as many streams as wanted.
#include "client/replay.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <utility>

#include "common/csv/cell.hpp"
#include "common/csv/csv.hpp"
#include "common/model/limit.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

using row = std::vector<std::string>;

// Reads one recording; a value of this class lives for one file.
class recording_parser {
public:
  recording_parser(std::string_view text, const replay_settings& settings)
      : reader_(text, settings.dialect.delimiter), settings_(settings) {}

  recording parse() {
    if (!read_row()) fail("the file is empty: a header line and rows are wanted");
    width_ = reader_.fields().size();
    choose_columns();
    name_features();
    if (header_is_data_) take(reader_.fields());
    while (read_row()) take(reader_.fields());
    if (result_.values.empty()) fail("no rows after the header line");
    return std::move(result_);
  }

private:
  std::optional<double> parse_value(std::string_view text) const {
    const std::optional<double> value = settings_.dialect.number(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
  }

  // What nobody would call a column.
  bool is_data(const std::string& cell) const {
    return parse_value(cell) || settings_.dialect.time(cell) || parse_time(cell) || parse_label(cell);
  }

  bool is_readable(const row& fields) const {
    const auto has = [&](std::size_t index) { return index < fields.size(); };
    return fields.size() <= width_ &&
           std::all_of(values_.begin(), values_.end(),
                       [&](std::size_t index) { return has(index) && parse_value(fields[index]); }) &&
           (!time_ || (has(*time_) && settings_.dialect.time(fields[*time_]))) &&
           (!label_ || (has(*label_) && parse_label(fields[*label_])));
  }

  struct column {
    std::size_t index = 0;
    bool by_name = true;
  };

  [[noreturn]] void fail(const std::string& reason) const {
    throw replay_error(settings_.file + ':' + std::to_string(reader_.line()) + ": " + reason);
  }

  bool read_row() {
    const csv_reader::result result = reader_.next();
    if (result == csv_reader::result::unclosed_quote) fail("a quoted field that begins in this row is never closed");
    return result == csv_reader::result::row;
  }

  column find(const std::string& wanted, const char* flag) const {
    const row& header = reader_.fields();
    for (std::size_t i = 0; i < header.size() && !header_is_data_; ++i) {
      if (trimmed(header[i]) == wanted) return {i, true};
    }
    const auto index = parse_index(wanted);
    if (index && *index <= header.size()) return {*index - 1, false};
    std::string names;
    for (const std::string& name : header) names += (names.empty() ? "" : ", ") + std::string(trimmed(name));
    fail("no column " + in_quotes(wanted) + " for " + flag + "; there are " + names + ", or 1 to " +
         std::to_string(header.size()));
  }

  void choose_columns() {
    std::vector<std::string> wanted = settings_.value_columns;
    if (wanted.empty()) wanted.emplace_back("value");
    if (wanted.size() > model::features_max)
      fail("more than " + std::to_string(model::features_max) + " value columns");
    header_is_data_ = std::all_of(reader_.fields().begin(), reader_.fields().end(),
                                  [this](const std::string& cell) { return is_data(cell); });
    bool all_are_numbers = true;
    for (const std::string& name : wanted) {
      const column found = find(name, "--value-column");
      values_.push_back(found.index);
      if (found.by_name || !parse_value(reader_.fields()[found.index])) all_are_numbers = false;
    }
    header_is_data_ = header_is_data_ || all_are_numbers;
    if (!settings_.time_column.empty()) time_ = find(settings_.time_column, "--time-column").index;
    if (!settings_.label_column.empty()) label_ = find(settings_.label_column, "--label-column").index;
    result_.columns = values_.size();
  }

  void name_features() {
    if (values_.size() < 2) return;
    for (const std::size_t index : values_) {
      const std::string text = header_is_data_ ? "column" + std::to_string(index + 1) : reader_.fields()[index];
      std::string name = wire_name(trimmed(text), limits::feature_bytes_max);
      if (std::find(result_.features.begin(), result_.features.end(), name) != result_.features.end()) {
        fail("two value columns would both be called '" + name + "'");
      }
      result_.features.push_back(std::move(name));
    }
  }

  const std::string& cell(const row& fields, std::size_t index) const {
    if (index >= fields.size()) {
      fail("column " + std::to_string(index + 1) + " is missing: the row has " + std::to_string(fields.size()));
    }
    return fields[index];
  }

  // More cells than columns: a comma where none was meant, so all may be in the wrong place.
  void check_width(const row& fields) const {
    for (std::size_t i = width_; i < fields.size(); ++i) {
      if (trimmed(fields[i]).empty()) continue;
      fail("the row has " + std::to_string(fields.size()) + " fields, the first line " + std::to_string(width_));
    }
  }

  void take(const row& fields) {
    if (settings_.dialect.skips_bad && !is_readable(fields)) return;
    check_width(fields);
    for (const std::size_t index : values_) {
      const std::optional<double> value = parse_value(cell(fields, index));
      if (!value) refuse(fields, index, "a finite number");
      result_.values.push_back(*value);
    }
    if (time_) {
      const auto doubt =
          result_.times.empty() ? settings_.dialect.doubt(cell(fields, *time_)) : std::optional<std::string>{};
      if (doubt) fail("column " + std::to_string(*time_ + 1) + ": " + *doubt);
      const std::optional<std::int64_t> ts = settings_.dialect.time(cell(fields, *time_));
      if (!ts) refuse(fields, *time_, "a time: " + settings_.dialect.time_rule());
      result_.times.push_back(*ts);
    }
    if (label_) {
      const std::optional<bool> label = parse_label(cell(fields, *label_));
      if (!label) refuse(fields, *label_, "0, 1, true or false");
      result_.labels.push_back(*label);
    }
  }

  [[noreturn]] void refuse(const row& fields, std::size_t index, const std::string& wanted) const {
    fail("column " + std::to_string(index + 1) + ": " + in_quotes(fields[index]) + " is not " + wanted);
  }

  csv_reader reader_;
  const replay_settings& settings_;
  std::vector<std::size_t> values_;
  std::optional<std::size_t> time_;
  std::optional<std::size_t> label_;
  std::size_t width_ = 0;  // fields of the first line
  bool header_is_data_ = false;
  recording result_;
};

}  // namespace

recording parse_recording(std::string_view text, const replay_settings& settings) {
  return recording_parser(text, settings).parse();
}

recording read_recording(const replay_settings& settings) {
  errno = 0;
  std::ifstream file(settings.file, std::ios::binary);
  if (!file) throw replay_error(settings.file + ": " + std::strerror(errno));
  std::string text;
  std::string block(1U << 16U, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw replay_error(settings.file + ": cannot be read");  // a directory, a failing disk
  return parse_recording(text, settings);
}

replay::replay(recording played, std::size_t streams) : recording_(std::move(played)), next_row_(streams, 0) {
  if (!recording_.labels.empty()) kinds_.emplace_back("labelled");
}

void replay::next(std::size_t stream, sample& out) {
  const std::size_t at = next_row_[stream]++;
  assert(at < recording_.rows());
  const double* const values = recording_.values.data() + at * recording_.columns;
  out.value = values[0];
  out.values.resize(recording_.features.size());
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = {recording_.features[i], values[i]};
  out.ts = recording_.times.empty() ? synthetic_start_ms + static_cast<std::int64_t>(at) * 1'000 : recording_.times[at];
  out.label.reset();
  out.kind = 0;
  if (!recording_.labels.empty()) {
    out.label = recording_.labels[at];
    out.kind = recording_.labels[at] ? 1 : 0;
  }
}

}  // namespace spindrift
