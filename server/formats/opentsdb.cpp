// OpenTSDB's telnet protocol: `put metric time value tag=value...`, and `version`.
#include <array>

#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {

bool read_opentsdb(std::string_view line, parsed& into) {
  constexpr std::size_t words_max = 64;
  std::array<std::string_view, words_max> words;
  if (line == "version") {
    into.ask_version();
    return true;
  }
  if (!line.starts_with("put ") && !line.starts_with("put\t")) return false;
  const std::size_t count = split_words(line, words);
  if (count < 4 || count > words_max) {
    into.refuse(fault_cause::bad_syntax, line, "it is: put METRIC TIME VALUE TAG=VALUE ...");
    return true;
  }
  const auto ts = read_epoch(words[2]);
  if (!ts) {
    into.refuse(fault_cause::bad_time, line, "the third word is no time since 1970 (seconds or milliseconds)");
    return true;
  }
  series_name name;
  name.begin(words[1]);
  for (std::size_t i = 4; i < count; ++i) {
    const std::size_t equals = words[i].find('=');
    if (equals == std::string_view::npos || equals == 0) {
      into.refuse(fault_cause::bad_syntax, line, "a tag is not of the form TAG=VALUE");
      return true;
    }
    name.add_tag(words[i].substr(0, equals), words[i].substr(equals + 1));
  }
  into.add_text(name.build(), words[3], ts, line);
  return true;
}

}  // namespace spindrift::formats
