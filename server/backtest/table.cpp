// Chooses columns by the first line, and reads points from the others.
#include "server/backtest/table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/csv/cell.hpp"
#include "common/csv/csv.hpp"
#include "common/model/limit.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

}  // namespace

table::row table::take(std::string_view line) {
  csv_reader reader(line, settings_.dialect.delimiter);
  if (reader.next() != csv_reader::result::row)
    return protocol_error{error_code::bad_frame, "a quoted field is not closed"};
  fields_ = reader.fields();
  if (!has_begun_) {
    has_begun_ = true;
    return take_first();
  }
  return read_point();
}

table::row table::take_first() {
  columns_ = fields_.size();
  const bool is_header = !is_number_row();
  if (is_header) {
    for (const std::string& field : fields_) header_.emplace_back(trimmed(field));
  }
  if (auto missing = choose_columns()) return std::move(*missing);
  if (is_header) return heading{remark()};
  return read_point();
}

// A header names its columns, so a first line with no word in it is none.
bool table::is_number_row() const {
  return std::all_of(fields_.begin(), fields_.end(), [this](const std::string& field) {
    return settings_.dialect.number(field) || settings_.dialect.time(field) || parse_time(field) ||
           trimmed(field).empty();
  });
}

std::optional<std::size_t> table::find(std::string_view wanted) const {
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (header_[i] == wanted) return i;
  }
  const auto index = parse_index(wanted);
  return index && *index <= fields_.size() ? std::optional(*index - 1) : std::nullopt;
}

std::optional<table::no_such_column> table::choose_columns() {
  std::string names;
  for (const std::string& column : header_) names += (names.empty() ? "" : ", ") + column;
  const auto missing = [&](std::string_view flag, std::string_view wanted) {
    return no_such_column{std::string(flag) + ": there is no column " + in_quotes(wanted) + "; there are " +
                          (names.empty() ? "" : names + ", or ") + "1 to " + std::to_string(fields_.size())};
  };
  if (settings_.value_column.empty()) {
    value_columns_.push_back(find("value").value_or(fields_.size() - 1));
  }
  for (const std::string& name : split(settings_.value_column)) {
    const auto column = find(name);
    if (!column) return missing("--value-column", name);
    value_columns_.push_back(*column);
  }
  if (value_columns_.size() > model::features_max)
    return no_such_column{"--value-column: more than " + std::to_string(model::features_max) + " columns"};
  for (const std::size_t column : value_columns_) {
    value_names_.push_back(header_.empty() ? "column" + std::to_string(column + 1)
                                           : wire_name(header_[column], limits::feature_bytes_max));
  }
  if (settings_.time_column.empty()) {
    for (const char* usual : {"timestamp", "time", "ts"}) {
      if (!time_column_ && !header_.empty()) time_column_ = find(usual);
    }
  } else if (time_column_ = find(settings_.time_column); !time_column_) {
    return missing("--time-column", settings_.time_column);
  }
  if (settings_.label_column.empty()) return std::nullopt;
  label_column_ = find(settings_.label_column);
  return label_column_ ? std::nullopt : std::optional(missing("--label-column", settings_.label_column));
}

std::string table::remark() const {
  if (!settings_.value_column.empty() || find("value")) return {};
  std::string all;
  std::size_t count = 0;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (time_column_ == i || label_column_ == i) continue;
    all += (count++ == 0 ? "" : ",") + header_[i];
  }
  if (count < 2) return {};
  return "the values are those of the last column, " + in_quotes(value_names_.front()) + "; --value-column " + all +
         " has them all";
}

table::row table::read_point() {
  const auto cell = [this](std::size_t column) {
    return column < fields_.size() ? std::string_view(fields_[column]) : "";
  };
  // More cells than columns: a comma where none was meant (1,5 for one and a half), so all may be in the wrong place.
  const bool has_more = std::any_of(fields_.begin() + static_cast<std::ptrdiff_t>(std::min(columns_, fields_.size())),
                                    fields_.end(), [](const std::string& field) { return !trimmed(field).empty(); });
  if (has_more) {
    return protocol_error{error_code::bad_frame, "the row has " + std::to_string(fields_.size()) +
                                                     " fields, the first line " + std::to_string(columns_)};
  }
  point found;
  found.stream = settings_.stream;
  features_.clear();
  for (std::size_t i = 0; i < value_columns_.size(); ++i) {
    const auto number = settings_.dialect.number(cell(value_columns_[i]));
    if (!number) return protocol_error{error_code::bad_frame, "the value is not a number"};
    if (!std::isfinite(*number)) return protocol_error{error_code::bad_value, "the value is not finite"};
    features_.push_back({value_names_[i], *number});
  }
  found.value = features_.front().value;
  if (features_.size() > 1) found.values = features_;
  if (time_column_) {
    if (const auto doubt = has_time_ ? std::nullopt : settings_.dialect.doubt(cell(*time_column_))) {
      return no_such_column{"the time " + *doubt};
    }
    found.ts = settings_.dialect.time(cell(*time_column_));
    if (!found.ts) {
      return protocol_error{error_code::bad_frame, "the time is not " + settings_.dialect.time_rule()};
    }
    has_time_ = true;
  }
  if (label_column_) {
    found.label = parse_label(cell(*label_column_));
    if (!found.label) return protocol_error{error_code::bad_frame, "the label is none of 0, 1, true, false"};
  }
  return found;
}

}  // namespace spindrift
