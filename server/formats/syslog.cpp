// Syslog around JSON or a number: `<13>1 TIME HOST APP PROCID MSGID SD MESSAGE` (RFC 5424) and `<13>Mmm dd hh:mm:ss
// HOST TAG: MESSAGE` (RFC 3164), with a length in front (RFC 6587) or without.
//
// A message that is JSON is read as such; one that is a number is a point of the program's stream. Any other is text,
// which nobody here reads: a fault.
#include <array>
#include <string>

#include "server/formats/json_tools.hpp"
#include "server/formats/line_format.hpp"
#include "server/formats/number.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

constexpr std::size_t nowhere = std::string_view::npos;

std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

struct message {
  std::string_view host;
  std::string_view program;
  std::optional<std::int64_t> ts;
  std::string_view text;
};

// Structured data: `-` or [id name="value" ...] one after the other, with \" inside.
void pass_structured_data(std::string_view& rest) {
  if (rest.starts_with('-')) {
    rest.remove_prefix(1);
    return;
  }
  while (rest.starts_with('[')) {
    std::size_t at = 1;
    bool in_quotes = false;
    for (; at < rest.size() && (in_quotes || rest[at] != ']'); ++at) {
      if (rest[at] == '\\')
        ++at;
      else if (rest[at] == '"')
        in_quotes = !in_quotes;
    }
    rest.remove_prefix(std::min(at + 1, rest.size()));
  }
}

message read_new_header(std::string_view rest) {
  message found;
  found.ts = read_date(take_word(rest));
  found.host = take_word(rest);
  found.program = take_word(rest);
  take_word(rest);
  take_word(rest);
  pass_structured_data(rest);
  found.text = trimmed(rest);
  if (found.text.starts_with("\xef\xbb\xbf")) found.text.remove_prefix(3);
  return found;
}

// The time has neither year nor zone: the time of arrival is better than a guess. Local senders leave out the host.
message read_old_header(std::string_view rest) {
  message found;
  constexpr std::size_t time_bytes = 16;  // "Nov 21 18:35:41 "
  const bool has_time = rest.size() > time_bytes && rest[3] == ' ' && rest[9] == ':' && rest[12] == ':';
  if (has_time) rest.remove_prefix(time_bytes);
  std::string_view word = take_word(rest);
  if (has_time && !word.ends_with(':')) {
    found.host = word;
    word = take_word(rest);
  }
  if (word.ends_with(':')) word.remove_suffix(1);
  found.program = word.substr(0, word.find('['));
  found.text = trimmed(rest);
  return found;
}

}  // namespace

bool read_syslog(std::string_view line, parsed& into) {
  std::string_view rest = line;
  // A length that the framing has left: whole lines came.
  std::size_t digits = 0;
  while (digits < rest.size() && digits < 6 && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
  if (digits > 0 && digits + 1 < rest.size() && rest[digits] == ' ' &&
      (rest[digits + 1] == '<' || rest[digits + 1] == '{')) {
    rest.remove_prefix(digits + 1);
    if (rest.front() == '{') {
      read_json_text(rest, {}, into, line);
      return true;
    }
  }
  const std::size_t close = rest.find('>');
  if (!rest.starts_with('<') || close == nowhere || close < 2 || close > 4) return false;
  for (const char c : rest.substr(1, close - 1)) {
    if (c < '0' || c > '9') return false;
  }
  rest.remove_prefix(close + 1);
  message found = rest.starts_with("1 ") ? read_new_header(rest.substr(2)) : read_old_header(rest);
  if (found.text.starts_with("@cee:")) found.text = trimmed(found.text.substr(5));
  if (found.host == "-") found.host = {};
  if (found.text.starts_with('{') || found.text.starts_with('[')) {
    read_json_text(found.text, {.name = found.program, .host = found.host, .ts = found.ts}, into, line);
    return true;
  }
  double number = 0;
  if (read_number(found.text, number) != number_kind::number) {
    into.refuse(fault_cause::unknown_shape, line, "a syslog message of text; one that is JSON or a number is read");
    return true;
  }
  series_name name;
  name.begin(found.program);
  if (!found.host.empty()) name.add_tag("host", found.host);
  into.add_copy(name.build(), number, found.ts, line);
  return true;
}

}  // namespace spindrift::formats
