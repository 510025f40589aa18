// The text that Prometheus scrapes: `name{label="value",...} value [time in milliseconds]`. What has no labels looks
// like Graphite's or plain lines and is read there; comments (# HELP, # TYPE) are passed over before.
#include <array>
#include <string>

#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

constexpr std::size_t not_there = std::string_view::npos;

std::string_view unescaped_label(std::string_view text, parsed& into) {
  if (text.find('\\') == not_there) return text;
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    plain += text[at];
  }
  return into.texts().keep(plain);
}

// Takes `label="value",...}` off the front.
bool take_labels(std::string_view& rest, series_name& name, parsed& into) {
  for (;;) {
    while (rest.starts_with(' ') || rest.starts_with(',')) rest.remove_prefix(1);
    if (rest.starts_with('}')) {
      rest.remove_prefix(1);
      return true;
    }
    const std::size_t equals = rest.find('=');
    if (equals == not_there || equals == 0 || equals + 1 >= rest.size() || rest[equals + 1] != '"') return false;
    const std::string_view label = trimmed(rest.substr(0, equals));
    rest.remove_prefix(equals + 2);
    std::size_t end = 0;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2U : 1U;
    if (end >= rest.size()) return false;
    name.add_tag(label, unescaped_label(rest.substr(0, end), into));
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

bool read_prometheus_text(std::string_view line, parsed& into) {
  const std::size_t brace = line.find('{');
  if (brace == not_there || brace == 0 || line.substr(0, brace).find_first_of(" \t\"<") != not_there) return false;
  series_name name;
  name.begin(line.substr(0, brace));
  std::string_view rest = line.substr(brace + 1);
  if (!take_labels(rest, name, into)) return false;
  std::array<std::string_view, 2> words;
  const std::size_t count = split_words(rest, words);
  if (count == 0 || count > 2) {
    into.refuse(fault_cause::bad_syntax, line, "behind the labels stand a value and perhaps a time");
    return true;
  }
  const auto ts = count == 2 ? read_epoch(words[1]) : std::nullopt;
  if (count == 2 && !ts) {
    into.refuse(fault_cause::bad_time, line, "the last word is no time since 1970 (milliseconds)");
    return true;
  }
  const std::size_t before = into.points().size();
  into.add_text(name.build(), words[0], ts, line);
  if (is_counter_name(line.substr(0, brace))) into.mark_counters(before);
  return true;
}

}  // namespace spindrift::formats
