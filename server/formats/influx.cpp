// InfluxDB line protocol: `measurement[,tag=value...] field=value[,field=value...] [time]`.
//
// A point a field: numbers (1, 1.5, 1e5), integers (42i) and unsigned (7u); text and booleans are skipped. The name is
// measurement_field, the field "value" being the measurement itself, with the tags. A backslash in names stands in
// front of a comma, an equals sign or a blank, in text in front of a quote or a backslash; elsewhere it is itself.
// Times are in nanoseconds by default; their size tells other units. Text with a line end in it is not read.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/protocol/decimal.hpp"
#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

constexpr std::size_t none = std::string_view::npos;

// The first of `ends` that has no backslash in front of it. The ends are known while compiling: a search for each byte
// was most of a line's cost.
template <char... ends>
std::size_t find_unescaped(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\') {
      ++at;
    } else if (((c == ends) || ...)) {
      return at;
    }
  }
  return none;
}

// A builder keeps its memory: one a thread.
series_name& name_of_this_thread() {
  thread_local series_name name;
  return name;
}

std::string_view unescaped(std::string_view text, parsed& into) {
  if (text.empty() || std::memchr(text.data(), '\\', text.size()) == nullptr) return text;
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool escapes =
        text[at] == '\\' && at + 1 < text.size() && std::string_view(",= \"").find(text[at + 1]) != none;
    if (escapes) ++at;
    plain += text[at];
  }
  return into.texts().keep(plain);
}

// Where a field's value ends: at a comma or blank outside of quotes. none: the quotes are not closed.
std::size_t value_end(std::string_view rest) {
  if (!rest.starts_with('"')) {
    std::size_t at = 0;
    while (at < rest.size() && rest[at] != ',' && rest[at] != ' ') ++at;
    return at;
  }
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] == '\\') {
      ++at;
    } else if (rest[at] == '"') {
      return at + 1;
    }
  }
  return none;
}

bool is_text_or_boolean(std::string_view value) {
  if (value.starts_with('"')) return value.size() > 1 && value.back() == '"';
  if (begins_as_number(value)) return false;
  for (const std::string_view word : {"t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE"}) {
    if (value == word) return true;
  }
  return false;
}

class line {
public:
  line(std::string_view text, parsed& into) : whole_(text), rest_(text), into_(into) {}

  bool read() {
    const std::size_t series_end = find_unescaped<' '>(rest_);
    if (series_end == none || series_end == 0) return false;
    const std::string_view series = rest_.substr(0, series_end);
    rest_.remove_prefix(series_end);
    skip_blanks();
    const std::size_t equals = find_unescaped<'=', ' ', ','>(rest_);
    if (equals == none || equals == 0 || rest_[equals] != '=') return false;
    const char first = series.front();
    if (first == '<' || first == '{' || first == '[' || first == '"' || !take_series(series)) return false;
    const std::string_view fields = rest_;
    if (!pass_fields()) {
      into_.refuse(fault_cause::bad_syntax, whole_, "fields are not of the form FIELD=VALUE,FIELD=VALUE");
      return true;
    }
    skip_blanks();
    if (!rest_.empty()) {
      ts_ = read_time_of_line(trimmed(rest_));
      if (!ts_) {
        into_.refuse(fault_cause::bad_time, whole_, "what follows the fields is no time since 1970 (nanoseconds)");
        return true;
      }
    }
    add_fields(fields.substr(0, fields.size() - rest_.size()));
    return true;
  }

private:
  void skip_blanks() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }

  // What is before 1970 can only be in nanoseconds.
  static std::optional<std::int64_t> read_time_of_line(std::string_view text) {
    if (!text.starts_with('-')) return read_epoch(text);
    std::int64_t nanoseconds = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), nanoseconds);
    if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return nanoseconds / 1'000'000;
  }

  // measurement,tag=value,...
  bool take_series(std::string_view series) {
    std::size_t end = find_unescaped<','>(series);
    const std::string_view measurement = series.substr(0, end);
    // `level=info msg=...` is no measurement but a line of a log.
    if (measurement.empty() || (find_unescaped<'='>(measurement) != none)) return false;
    series_ = series;
    name_.begin(unescaped(measurement, into_));
    while (end != none) {
      series.remove_prefix(end + 1);
      end = find_unescaped<','>(series);
      const std::string_view tag = series.substr(0, end);
      const std::size_t equals = find_unescaped<'='>(tag);
      if (equals == none || equals == 0) return false;
      name_.add_tag(unescaped(tag.substr(0, equals), into_), unescaped(tag.substr(equals + 1), into_));
    }
    name_is_series_ = name_.is_sorted() && std::memchr(series_.data(), '\\', series_.size()) == nullptr;
    return true;
  }

  // Goes over all fields, so that a line is taken whole or not at all. Leaves rest_ behind them.
  bool pass_fields() {
    for (;;) {
      std::string_view key;
      std::string_view value;
      if (!take_field(rest_, key, value)) return false;
      if (!rest_.starts_with(',')) return rest_.empty() || rest_.front() == ' ';
      rest_.remove_prefix(1);
    }
  }

  static bool take_field(std::string_view& rest, std::string_view& key, std::string_view& value) {
    const std::size_t equals = find_unescaped<'=', ' ', ','>(rest);
    if (equals == none || equals == 0 || rest[equals] != '=') return false;
    key = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    const std::size_t end = value_end(rest);
    if (end == none || end == 0) return false;
    value = rest.substr(0, end);
    rest.remove_prefix(end);
    return true;
  }

  void add_fields(std::string_view fields) {
    std::string_view key;
    std::string_view value;
    while (take_field(fields, key, value)) {
      if (fields.starts_with(',')) fields.remove_prefix(1);
      if (is_text_or_boolean(value)) {
        into_.skip();
        continue;
      }
      if (value.size() > 1 && (value.back() == 'i' || value.back() == 'u') && value[value.size() - 2] <= '9') {
        value.remove_suffix(1);
      }
      const std::string_view field = unescaped(key, into_);
      double number = 0;
      // The field "value" is the measurement itself: its name stands in the line as it is put together.
      if (field == "value" && name_is_series_ && read_number(value, number) == number_kind::number) {
        into_.add(series_, number, ts_, whole_);
        continue;
      }
      const std::string_view name = name_.build(field == "value" ? std::string_view{} : field);
      if (read_number(value, number) == number_kind::number) {
        into_.add_copy(name, number, ts_, whole_);
      } else {
        into_.add_text(name, value, ts_, whole_);
      }
    }
  }

  std::string_view whole_;
  std::string_view rest_;
  parsed& into_;
  std::string_view series_;
  bool name_is_series_ = false;
  series_name& name_ = name_of_this_thread();
  std::optional<std::int64_t> ts_;
};

// How long the series is that a line begins with, when it stands there as a name: measurement,tag=value,... with the
// tags in the order that they have in a name, and no backslash. One pass; `none`: it is another one.
std::size_t usual_series(std::string_view text, std::string_view& measurement) {
  enum : unsigned char { other = 0, comma, equals_sign, blank, backslash };
  static constexpr auto kinds = [] {
    std::array<unsigned char, 256> made{};
    made[','] = comma;
    made['='] = equals_sign;
    made[' '] = blank;
    made['\\'] = backslash;
    return made;
  }();
  const char first = text.empty() ? '<' : text.front();
  if (first == '<' || first == '{' || first == '[' || first == '"') return none;
  std::size_t begin = 0;  // of the part that is being read: the measurement, then a tag
  std::size_t equals = none;
  std::string_view last_key;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned char kind = kinds[static_cast<unsigned char>(text[at])];
    if (kind == other) continue;
    if (kind == backslash || (kind == equals_sign && begin == 0)) return none;
    if (kind == equals_sign) {
      equals = std::min(equals, at);
      continue;
    }
    if (begin == 0) {
      measurement = text.substr(0, at);
      if (at == 0) return none;
    } else {
      if (equals == none || equals == begin) return none;
      const std::string_view key = text.substr(begin, equals - begin);
      if (key < last_key) return none;
      last_key = key;
    }
    if (kind == blank) return at;
    begin = at + 1;
    equals = none;
  }
  return none;
}

struct usual_parts {
  std::string_view series;
  std::string_view measurement;
  std::string_view field;
};

std::string_view name_of(const usual_parts& parts, parsed& into) {
  const auto [series, measurement, field] = parts;
  if (field == "value") return series;
  const std::span<char> room = into.texts().room(series.size() + 1 + field.size());
  char* at = room.data();
  for (const std::string_view part : {measurement, std::string_view("_"), field, series.substr(measurement.size())}) {
    std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  return {room.data(), room.size()};
}

// A line of one number without backslashes and quotes, one blank between its parts, and a whole time: what nearly every
// sensor's line is. Reads it as `line` does; the name is left to the caller.
bool read_parts(std::string_view text, usual_parts& parts, point& into) {
  const std::size_t first = usual_series(text, parts.measurement);
  if (first == none) return false;
  parts.series = text.substr(0, first);
  text.remove_prefix(first + 1);
  std::size_t equals = 0;
  while (equals < text.size() && text[equals] != '=') {
    const char c = text[equals++];
    if (c == ' ' || c == ',' || c == '\\') return false;
  }
  if (equals == 0 || equals == text.size()) return false;
  parts.field = text.substr(0, equals);
  const std::size_t second = text.find(' ', equals);
  if (second == none) return false;
  std::string_view value = text.substr(equals + 1, second - equals - 1);
  if (value.size() > 1 && (value.back() == 'i' || value.back() == 'u')) value.remove_suffix(1);
  if (!decimal::read(value, into.value)) return false;
  into.ts = read_whole_epoch(text.substr(second + 1));
  return into.ts.has_value();
}

}  // namespace

bool read_usual_influx(std::string_view text, point& into) {
  usual_parts parts;
  if (!read_parts(text, parts, into) || parts.field != "value") return false;
  into.stream = parts.series;
  return true;
}

bool read_influx(std::string_view text, parsed& into) {
  usual_parts parts;
  if (point usual; read_parts(text, parts, usual)) {
    into.add(name_of(parts, into), usual.value, usual.ts, text);
    return true;
  }
  return line(text, into).read();
}

}  // namespace spindrift::formats
