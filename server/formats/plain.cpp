// What a script prints: a bare number, `name value`, `name: value`, `name = value`, or pairs `a=1 b=2`, `a:1,b:2`.
#include <array>
#include <string>

#include "common/protocol/name_limits.hpp"
#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"

namespace spindrift::formats {
namespace {

constexpr std::size_t pairs_max = 64;

bool is_number(std::string_view text) {
  double ignored = 0;
  return read_number(text, ignored) == number_kind::number;
}
std::string_view without_mark(std::string_view name) {
  if (name.size() > 1 && (name.back() == ':' || name.back() == '=')) name.remove_suffix(1);
  if (name.size() > 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return name;
}

// Every item of the line is name and number, or none is taken. A comma within blanks is a separator too; a number with
// a comma ("12,5") leaves an item without a name, and the line is not of this form.
bool read_pairs(std::string_view line, parsed& into) {
  std::array<std::string_view, pairs_max> names;
  std::array<std::string_view, pairs_max> values;
  std::size_t count = 0;
  while (!line.empty()) {
    const std::size_t end = line.find_first_of(" \t,;");
    const std::string_view item = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    if (item.empty()) continue;
    const std::size_t mark = item.find_last_of("=:");
    if (mark == std::string_view::npos || mark == 0 || count == pairs_max) return false;
    names[count] = item.substr(0, mark);
    values[count] = item.substr(mark + 1);
    if (begins_as_number(names[count]) || !is_number(values[count])) return false;
    ++count;
  }
  for (std::size_t i = 0; i < count; ++i) into.add_text(names[i], values[i], std::nullopt, line);
  return count > 0;
}

}  // namespace

bool read_plain(std::string_view line, parsed& into) {
  std::array<std::string_view, 3> words;
  const std::size_t count = split_words(line, words);
  double number = 0;
  if (count == 1 && is_like_number(words[0]) && line.find_first_of("=:;") == std::string_view::npos) {
    if (read_number(words[0], number) == number_kind::number) {
      into.add(limits::stream_default, number, std::nullopt, line);
    } else {
      into.add_text(limits::stream_default, words[0], std::nullopt, line);
    }
    return true;
  }
  const bool has_mark = count == 3 && (words[1] == "=" || words[1] == ":");
  if ((count == 2 || has_mark) && !begins_as_number(words[0])) {
    const std::string_view value = words[count - 1];
    if (is_like_number(value) && words[0].find_first_of("{}<>") == std::string_view::npos) {
      const std::size_t before = into.points().size();
      into.add_text(without_mark(words[0]), value, std::nullopt, line);
      // Prometheus' text, where no labels stand.
      if (count == 2 && words[0].ends_with("_total")) into.mark_counters(before);
      return true;
    }
  }
  return read_pairs(line, into);
}

}  // namespace spindrift::formats
