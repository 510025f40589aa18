#include "tests/quality/sheet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace spindrift::quality {
namespace {

// Shortest form: bounds are round numbers.
std::string bound_text(double bound) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), bound).ptr};
}

std::vector<std::size_t> widths_of(const table& what) {
  std::vector<std::size_t> widths;
  for (const std::string& column : what.columns) widths.push_back(std::max<std::size_t>(column.size(), 3));
  for (const auto& row : what.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  return widths;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line = "|";
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const std::string cell = i < cells.size() ? cells[i] : "";
    line += ' ' + cell + std::string(widths[i] - cell.size(), ' ') + " |";
  }
  return line + '\n';
}

// Lines of at most 120 columns, broken at blanks.
std::string wrapped(std::string text) {
  constexpr std::size_t columns = 120;
  std::size_t line = 0;
  while (text.size() - line > columns) {
    const std::size_t blank = text.rfind(' ', line + columns);
    if (blank == std::string::npos || blank <= line) break;
    text[blank] = '\n';
    line = blank + 1;
  }
  return text;
}

}  // namespace

std::string figure(std::optional<double> value, int decimals) {
  if (!value || std::isnan(*value)) return "-";
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, *value);
  return text.data();
}

void sheet::heading(const std::string& text) {
  std::fprintf(out_, "### %s\n\n", text.c_str());
  std::fflush(out_);
}

void sheet::paragraph(const std::string& text) {
  std::fprintf(out_, "%s\n\n", wrapped(text).c_str());
  std::fflush(out_);
}

void sheet::put(const table& what) {
  const std::vector<std::size_t> widths = widths_of(what);
  std::string text = line_of(what.columns, widths) + '|';
  for (const std::size_t width : widths) text += std::string(width + 2, '-') + '|';
  text += '\n';
  for (const auto& row : what.rows) text += line_of(row, widths);
  std::fprintf(out_, "%s\n", text.c_str());
  std::fflush(out_);
}

std::string sheet::at_most(std::optional<double> value, double bound, int decimals) {
  return judged(value, value && *value <= bound, "<=", bound, decimals);
}

std::string sheet::at_least(std::optional<double> value, double bound, int decimals) {
  return judged(value, value && *value >= bound, ">=", bound, decimals);
}

std::string sheet::holds(bool is_so) {
  ++n_bounds_;
  n_missed_ += is_so ? 0 : 1;
  return is_so ? "yes" : "**no** (MISSED)";
}

std::string sheet::judged(std::optional<double> value, bool is_met, const char* relation, double bound, int decimals) {
  ++n_bounds_;
  const std::string limit = std::string(relation) + ' ' + bound_text(bound);
  if (is_met) return figure(value, decimals) + " (" + limit + ')';
  ++n_missed_;
  return "**" + figure(value, decimals) + "** (" + limit + ", MISSED)";
}

void mean::add(std::optional<double> value) {
  if (!value) return;
  sum_ += *value;
  ++count_;
  least_ = std::min(least_.value_or(*value), *value);
  most_ = std::max(most_.value_or(*value), *value);
}

std::optional<double> mean::value() const {
  if (count_ == 0) return std::nullopt;
  return sum_ / static_cast<double>(count_);
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::optional<double> quantile(std::vector<double> values, double share) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const double last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::ceil(share * last))];
}

}  // namespace spindrift::quality
