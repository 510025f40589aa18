// statsd and DogStatsD: `name:value|type[|@rate][|#tag:value,...]`, several values with `:` between them, with types of
// their own or one for all.
//
// Nothing is aggregated: each value is a point. Taken: g (a gauge), ms, h, d (a timing or a distribution), and c,
// divided by its sample rate. A gauge with a sign is a change of one, which needs a memory of it: refused. Sets (s),
// events and service checks are skipped.
#include <string>

#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

std::string_view take_until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

void add_tags(std::string_view list, series_name& name) {
  while (!list.empty()) {
    std::string_view tag = take_until(list, ',');
    const std::string_view key = take_until(tag, ':');
    if (!key.empty()) name.add_tag(key, tag.empty() ? "true" : tag);
  }
}

// `values|type|...` of a name. False: it is no such thing, and nothing was added.
bool read_part(std::string_view metric, std::string_view item, std::string_view line, parsed& into) {
  const std::size_t bar = item.find('|');
  if (bar == std::string_view::npos) return false;
  std::string_view values = item.substr(0, bar);
  std::string_view rest = item.substr(bar + 1);
  const std::string_view type = take_until(rest, '|');
  if (type != "g" && type != "c" && type != "ms" && type != "h" && type != "d" && type != "s" && type != "m") {
    return false;
  }
  if (type == "s") {
    into.skip();
    return true;
  }
  series_name name;
  name.begin(metric);
  double rate = 1;
  std::optional<std::int64_t> ts;
  while (!rest.empty()) {
    const std::string_view part = take_until(rest, '|');
    if (part.starts_with('#')) add_tags(part.substr(1), name);
    if (part.starts_with('T')) ts = read_epoch(part.substr(1));
    if (part.starts_with('@') &&
        (read_number(part.substr(1), rate) != number_kind::number || !(rate > 0) || rate > 1)) {
      into.refuse(fault_cause::bad_syntax, line, "the sample rate is no number above 0 and up to 1");
      return true;
    }
  }
  const std::string_view built = name.build();
  do {
    const std::string_view value = take_until(values, ':');
    double number = 0;
    if (type == "g" && (value.starts_with('+') || value.starts_with('-'))) {
      into.refuse(fault_cause::bad_value, line, "a gauge with a sign is a change; send its value");
    } else if (type != "c" || read_number(value, number) != number_kind::number) {
      into.add_text(built, value, ts, line);
    } else {
      into.add_copy(built, number / rate, ts, line);
    }
  } while (!values.empty());
  return true;
}

// Where `values|type` ends and other values of the same name follow: `1|c:2|c`. npos: nowhere.
std::size_t end_of_part(std::string_view rest) {
  constexpr std::size_t type_bytes_max = 2;
  const std::size_t bar = rest.find('|');
  if (bar == std::string_view::npos) return bar;
  const std::size_t end = rest.find_first_of(":|", bar + 1);
  const bool is_end = end != std::string_view::npos && rest[end] == ':' && end - bar - 1 <= type_bytes_max;
  return is_end ? end : std::string_view::npos;
}

}  // namespace

bool read_statsd(std::string_view line, parsed& into) {
  if (line.starts_with("_e{") || line.starts_with("_sc|")) {
    into.skip();
    return true;
  }
  const std::size_t bar = line.find('|');
  const std::size_t colon = line.find(':');
  if (bar == std::string_view::npos || colon == std::string_view::npos || colon == 0 || colon > bar) return false;
  const std::string_view metric = line.substr(0, colon);
  std::string_view rest = line.substr(colon + 1);
  for (bool is_first = true;; is_first = false) {
    const std::size_t end = end_of_part(rest);
    if (!read_part(metric, rest.substr(0, end), line, into)) {
      if (is_first) return false;
      into.refuse(fault_cause::bad_syntax, line, "what follows the first value is none: NAME:1|c:2|c");
      return true;
    }
    if (end == std::string_view::npos) return true;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace spindrift::formats
