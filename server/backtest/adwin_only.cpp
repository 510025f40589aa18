// ADWIN alone over one column.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include "common/cli/terminal.hpp"
#include "common/csv/cell.hpp"
#include "common/csv/csv.hpp"
#include "common/text/printable.hpp"
#include "server/backtest/backtest.hpp"
#include "server/backtest/input_sample.hpp"
#include "server/backtest/line_source.hpp"
#include "server/detect/adwin.hpp"
#include "server/detect/drift_detector.hpp"

namespace spindrift {
namespace {

// Unlike a point on the wire a value here may be anything, since the comparison is with an ADWIN that takes anything.
class value_source {
public:
  value_source(const std::string& file, const table_settings& columns)
      : lines_(file), column_(columns.value_column), dialect_(columns.dialect) {}

  std::optional<std::string> foreign() { return foreign_bytes(lines_.peek()); }
  const std::string& name() const { return lines_.name(); }

  // Nothing at the end, or where a line cannot be read: then `complaint` says why.
  std::optional<double> next(std::string& complaint) {
    while (const auto line = lines_.next()) {
      ++line_number_;
      csv_reader reader(*line, dialect_.delimiter);
      reader.next();
      const auto& fields = reader.fields();
      if (line_number_ == 1 && !choose(fields, complaint)) return std::nullopt;
      if (line_number_ == 1) columns_ = fields.size();
      if (fields.size() > columns_) {
        complaint =
            "line " + std::to_string(line_number_) + ": more fields than in the first line: " + in_quotes(*line);
        return std::nullopt;
      }
      const auto number = index_ < fields.size() ? dialect_.number(fields[index_]) : std::nullopt;
      if (number) return number;
      if (line_number_ == 1 || dialect_.skips_bad) continue;  // the header; what is bad
      complaint = "line " + std::to_string(line_number_) + ": not a number: " + in_quotes(*line);
      return std::nullopt;
    }
    return std::nullopt;
  }

private:
  bool choose(const std::vector<std::string>& fields, std::string& complaint) {
    const std::string wanted = column_.empty() ? "value" : column_;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (trimmed(fields[i]) != wanted) continue;
      index_ = i;
      return true;
    }
    const auto index = column_.empty() ? fields.size() : parse_index(column_).value_or(0);
    if (index < 1 || index > fields.size()) {
      complaint = "--value-column: there is no column " + in_quotes(column_);
      return false;
    }
    index_ = index - 1;
    return true;
  }

  line_source lines_;
  std::string column_;
  csv_dialect dialect_;
  std::size_t index_ = 0;
  std::size_t columns_ = 0;  // of the first line
  std::uint64_t line_number_ = 0;
};

// The three ADWINs behind one face.
class any_adwin {
public:
  explicit any_adwin(const adwin_only_settings& settings)
      : mode_(settings.mode), core_(settings.adwin), ours_(settings.adwin) {}

  bool update(double x) {
    if (mode_ == "default") return ours_.update(x).has_value();
    if (mode_ == "wrapper" && has_drifted_) core_.restart();
    has_drifted_ = core_.update(x);
    return has_drifted_;
  }
  double width() { return mode_ == "default" ? ours_.width() : core_.width(); }
  double mean() { return mode_ == "default" ? ours_.mean() : core_.mean(); }
  double total() { return mode_ == "default" ? ours_.mean() * ours_.width() : core_.total(); }
  double variance_sum() { return mode_ == "default" ? ours_.variance_sum() : core_.variance_sum(); }

private:
  std::string mode_;
  adwin core_;
  drift_detector ours_;
  bool has_drifted_ = false;
};

// Shortest text that reads back to the same double; what JSON has no number for is a string.
std::string number_text(double number) {
  if (std::isnan(number)) return "\"nan\"";
  if (std::isinf(number)) return number > 0 ? "\"inf\"" : "\"-inf\"";
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

}  // namespace

int run_adwin_only(const adwin_only_settings& settings, std::FILE* out) {
  value_source values(settings.file, settings.columns);
  any_adwin detector(settings);
  std::string detections;
  std::string widths;
  std::string complaint;
  std::uint64_t index = 0;
  std::uint64_t count = 0;
  if (const auto foreign = values.foreign()) complaint = values.name() + ": " + *foreign;
  for (; complaint.empty(); ++index) {
    const auto x = values.next(complaint);
    if (!x) break;
    if (!detector.update(*x)) continue;
    if (count > 0) detections += ',';
    detections += std::to_string(index);
    if (count > 0) widths += ',';
    widths += number_text(detector.width());
    ++count;
  }
  if (complaint.empty() && index == 0) complaint = values.name() + ": no line of it holds a number";
  if (!complaint.empty()) {
    complain("spindrift-detect", complaint);
    return exit_bad_config;
  }
  const std::string text = "{\"detections\":[" + detections + "],\"widths\":[" + widths +
                           "],\"width\":" + number_text(detector.width()) +
                           ",\"total\":" + number_text(detector.total()) + ",\"mean\":" + number_text(detector.mean()) +
                           ",\"variance_sum\":" + number_text(detector.variance_sum()) +
                           ",\"n_detections\":" + std::to_string(count) + "}\n";
  std::fputs(text.c_str(), out);
  return exit_ok;
}

}  // namespace spindrift
