// Graphite's plaintext protocol: `name[;tag=value...] value time`, the time in seconds, -1 or N for now.
#include <array>
#include <string>

#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

bool means_now(std::string_view time) {
  return time == "-1" || time == "N" || time == "n" || time == "now";
}

bool is_like_number(std::string_view text) {
  double ignored = 0;
  return begins_as_number(text) || read_number(text, ignored) == number_kind::not_finite;
}

// `disk.used;host=web01;mount=root`
std::string name_with_tags(std::string_view path) {
  series_name name;
  std::size_t end = path.find(';');
  name.begin(path.substr(0, end));
  while (end != std::string_view::npos) {
    path.remove_prefix(end + 1);
    end = path.find(';');
    const std::string_view tag = path.substr(0, end);
    const std::size_t equals = tag.find('=');
    if (equals != std::string_view::npos) name.add_tag(tag.substr(0, equals), tag.substr(equals + 1));
  }
  return std::string(name.build());
}

}  // namespace

bool read_graphite(std::string_view line, parsed& into) {
  std::array<std::string_view, 3> words;
  if (split_words(line, words) != 3 || begins_as_number(words[0])) return false;
  const auto [path, value, time] = words;
  if (!is_like_number(value) || (!is_like_number(time) && !means_now(time))) return false;
  if (path.find_first_of("{}\"<>") != std::string_view::npos) return false;
  std::optional<std::int64_t> ts;
  if (!means_now(time)) {
    ts = read_epoch(time);
    if (!ts) {
      into.refuse(fault_cause::bad_time, line, "the third word is no time since 1970 (seconds, or -1 for now)");
      return true;
    }
  }
  double number = 0;
  if (path.find(';') == std::string_view::npos && read_number(value, number) == number_kind::number) {
    into.add(path, number, ts, line);
  } else {
    into.add_text(name_with_tags(path), value, ts, line);
  }
  return true;
}

}  // namespace spindrift::formats
