// Reads cells as the dialect says, and declares its options.
#include "common/csv/dialect.hpp"

#include <cmath>
#include <ctime>
#include <vector>

#include "common/cli/options.hpp"
#include "common/csv/cell.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

constexpr std::string_view excel_format = "excel";
constexpr std::string_view seconds_format = "seconds";

// What stands behind the seconds that strptime read: ".25".
std::optional<std::int64_t> milliseconds_of(std::string_view rest) {
  if (rest.empty()) return 0;
  if (rest.front() != '.' && rest.front() != ',') return std::nullopt;
  std::int64_t found = 0;
  std::int64_t unit = 100;
  for (const char c : rest.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
    found += (c - '0') * unit;
    unit /= 10;
  }
  return found;
}

std::optional<std::int64_t> within_limits(std::int64_t ts) {
  return limits::is_event_time(ts) ? std::optional(ts) : std::nullopt;
}

std::optional<std::int64_t> time_of_form(std::string_view cell, const std::string& form) {
  const std::string text(trimmed(cell));
  std::tm parts{};
  parts.tm_mday = 1;
  const char* const end = ::strptime(text.c_str(), form.c_str(), &parts);
  if (end == nullptr) return std::nullopt;
  const auto milliseconds = milliseconds_of(end);
  if (!milliseconds) return std::nullopt;
  const long offset = parts.tm_gmtoff;
  return within_limits((static_cast<std::int64_t>(::timegm(&parts)) - offset) * 1'000 + *milliseconds);
}

// Days since 1899-12-30, the day that makes Excel's numbers right from March 1900 on; it knows days up to 9999-12-31.
std::optional<std::int64_t> time_of_serial(std::optional<double> serial) {
  constexpr double days_before_1970 = 25'569;
  constexpr double serial_most = 2'958'466;
  constexpr double day_ms = 86'400'000;
  if (!serial || !(*serial >= 1 && *serial < serial_most)) return std::nullopt;
  return within_limits(std::llround((*serial - days_before_1970) * day_ms));
}

std::optional<std::int64_t> time_of_seconds(std::optional<double> seconds) {
  constexpr double seconds_most = 253'402'300'799;
  if (!seconds || !(std::abs(*seconds) <= seconds_most)) return std::nullopt;
  return within_limits(std::llround(*seconds * 1'000));
}

std::string with_point(std::string_view cell, bool has_decimal_comma) {
  std::string text(trimmed(cell));
  if (const std::size_t comma = text.find(','); has_decimal_comma && comma != std::string::npos) text[comma] = '.';
  return text;
}

}  // namespace

std::optional<double> csv_dialect::number(std::string_view cell) const {
  return has_decimal_comma ? parse_number(with_point(cell, true)) : parse_number(cell);
}

std::optional<std::int64_t> csv_dialect::time(std::string_view cell) const {
  if (time_format == excel_format) return time_of_serial(number(cell));
  if (time_format == seconds_format) return time_of_seconds(number(cell));
  if (!time_format.empty()) return time_of_form(cell, time_format);
  if (const auto found = parse_time(with_point(cell, has_decimal_comma))) return found;
  // What a spreadsheet writes where days come first; with slashes nobody can tell the day from the month.
  for (const char* const form : {"%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y"}) {
    if (const auto found = time_of_form(cell, form)) return found;
  }
  return std::nullopt;
}

std::optional<std::string> csv_dialect::doubt(std::string_view cell) const {
  constexpr double days_least = 20'000;
  constexpr double days_most = 80'000;
  const auto days = number(cell);
  if (!time_format.empty() || !days || !(*days >= days_least && *days < days_most)) return std::nullopt;
  return in_quotes(trimmed(cell)) + " looks like a day number of Excel, " +
         to_rfc3339(time_of_serial(days).value_or(0)).substr(0, 16) +
         ": give --time-format excel; or --time-format seconds where it counts seconds";
}

std::string csv_dialect::time_rule() const {
  if (time_format == seconds_format) return "a number of seconds, as --time-format seconds says";
  if (time_format == excel_format) return "a day number of Excel, as --time-format excel says";
  if (!time_format.empty()) return "of --time-format " + time_format;
  return "RFC 3339, YYYY-MM-DD HH:MM:SS, DD.MM.YYYY HH:MM or a number (milliseconds or seconds); --time-format takes "
         "other forms (%m/%d/%Y %H:%M), and excel for Excel's day numbers";
}

void declare(csv_dialect& dialect, option_set& options) {
  options.add({.flag = "--delimiter",
               .placeholder = "D",
               .help = "what separates the columns: one character, or tab",
               .take = [&dialect](std::string_view text) -> std::optional<std::string> {
                 if (text == "tab" || text == "\\t") text = "\t";
                 const bool is_one = text.size() == 1 && text != "\"" && text != "\n" && text != "\r";
                 if (!is_one) return "one character that is no quote, or tab";
                 dialect.delimiter = text.front();
                 return std::nullopt;
               },
               .show =
                   [&dialect] {
                     return std::vector{dialect.delimiter == '\t' ? std::string("tab")
                                                                  : std::string(1, dialect.delimiter)};
                   }});
  options.add({.flag = "--decimal",
               .placeholder = ".|,",
               .help = "the decimal sign of its numbers",
               .take = [&dialect](std::string_view text) -> std::optional<std::string> {
                 dialect.has_decimal_comma = text == "," || text == "comma";
                 if (dialect.has_decimal_comma || text == "." || text == "point") return std::nullopt;
                 return "one of . and ,";
               },
               .show = [&dialect] { return std::vector{std::string(dialect.has_decimal_comma ? "," : ".")}; }});
  options.add_text("--time-format", "F",
                   "form of its times, as strptime takes it (%m/%d/%Y %H:%M); UTC, or with %z; excel: its day numbers; "
                   "seconds: since 1970",
                   dialect.time_format);
  options.add_switch("--skip-bad", "leaves out rows that cannot be read, or whose cells are empty", dialect.skips_bad);
}

}  // namespace spindrift
