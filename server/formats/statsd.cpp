// statsd and DogStatsD: `name:value|type[|@rate][|#tag:value,...]`, several values with `:` between them.
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

}  // namespace

bool read_statsd(std::string_view line, parsed& into) {
  if (line.starts_with("_e{") || line.starts_with("_sc|")) {
    into.skip();
    return true;
  }
  const std::size_t bar = line.find('|');
  const std::size_t colon = line.find(':');
  if (bar == std::string_view::npos || colon == std::string_view::npos || colon == 0 || colon > bar) return false;
  std::string_view values = line.substr(colon + 1, bar - colon - 1);
  std::string_view rest = line.substr(bar + 1);
  const std::string_view type = take_until(rest, '|');
  if (type != "g" && type != "c" && type != "ms" && type != "h" && type != "d" && type != "s" && type != "m") {
    return false;
  }
  if (type == "s") {
    into.skip();
    return true;
  }
  series_name name;
  name.begin(line.substr(0, colon));
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

}  // namespace spindrift::formats
