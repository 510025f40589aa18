// Graphite's plaintext protocol: `name[;tag=value...] value time`, the time in seconds, -1 or N for now.
#include <array>
#include <string>

#include "common/protocol/decimal.hpp"
#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

bool means_now(std::string_view time) {
  return time == "-1" || time == "N" || time == "n" || time == "now";
}

// No bracket and no quote stands in one; a semicolon stands in front of tags.
bool is_path(std::string_view text, bool& has_tags) {
  enum : unsigned char { usual = 0, tag = 1, other = 2 };
  static constexpr auto kinds = [] {
    std::array<unsigned char, 256> made{};
    for (const char c : {'{', '}', '"', '<', '>', '\t'}) made[static_cast<unsigned char>(c)] = other;
    made[';'] = tag;
    return made;
  }();
  unsigned seen = usual;
  for (const char c : text) seen |= kinds[static_cast<unsigned char>(c)];
  has_tags = (seen & tag) != 0;
  return (seen & other) == 0;
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

// A line without tags, with one blank between its words, a plain number and whole seconds: what nearly every line is.
bool read_usual_graphite(std::string_view line, point& into) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return false;
  const std::string_view path = line.substr(0, first);
  bool has_tags = false;
  if (!decimal::read(line.substr(first + 1, second - first - 1), into.value) || !is_path(path, has_tags) || has_tags ||
      begins_as_number(path)) {
    return false;
  }
  into.ts = read_whole_epoch(line.substr(second + 1));
  into.stream = path;
  return into.ts.has_value();
}

bool read_graphite(std::string_view line, parsed& into) {
  if (point usual; read_usual_graphite(line, usual)) {
    into.add(usual.stream, usual.value, usual.ts, line);
    return true;
  }
  std::array<std::string_view, 3> words;
  if (split_words(line, words) != 3 || begins_as_number(words[0])) return false;
  const auto [path, value, time] = words;
  if (!is_like_number(value) || (!is_like_number(time) && !means_now(time))) return false;
  bool has_tags = false;
  if (!is_path(path, has_tags)) return false;
  std::optional<std::int64_t> ts;
  if (!means_now(time)) {
    ts = read_epoch(time);
    if (!ts) {
      into.refuse(fault_cause::bad_time, line, "the third word is no time since 1970 (seconds, or -1 for now)");
      return true;
    }
  }
  double number = 0;
  if (!has_tags && read_number(value, number) == number_kind::number) {
    into.add(path, number, ts, line);
  } else {
    into.add_text(name_with_tags(path), value, ts, line);
  }
  return true;
}

}  // namespace spindrift::formats
