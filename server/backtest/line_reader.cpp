// Reads lines of JSON or rows of a table.
#include "server/backtest/line_reader.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include "common/protocol/event_line.hpp"
#include "common/protocol/inbox.hpp"

namespace spindrift {
namespace {

constexpr std::string_view verdict_line = R"({"type":"verdict","stream":")";

// What the server says besides verdicts and events, to those who listen.
bool is_own_line(std::string_view line) {
  constexpr std::string_view begin = R"({"type":")";
  if (!line.starts_with(begin)) return false;
  line.remove_prefix(begin.size());
  constexpr std::array<std::string_view, 6> kinds = {"welcome", "subscribed", "ack", "gap", "aggregate", "pong"};
  return std::any_of(kinds.begin(), kinds.end(), [line](std::string_view kind) {
    return line.starts_with(kind) && line.substr(kind.size()).starts_with('"');
  });
}

}  // namespace

line_reader::line_reader(table_settings columns) : rows_(std::move(columns)) {
  padded_.resize(inbox::padding_bytes);
}

std::string_view line_reader::without_mark(std::string_view line) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  return line;
}

table::row line_reader::take(std::string_view line) {
  if (!has_begun_) {
    has_begun_ = true;
    is_json_ = line.starts_with('{');
  }
  return is_json_ ? take_json(line) : rows_.take(line);
}

table::row line_reader::take_json(std::string_view line) {
  const bool is_verdict = line.starts_with(verdict_line);
  if (is_event_line(line)) return table::heading{};
  padded_.replace(0, padded_.size() - inbox::padding_bytes, line);
  frames_.reset();
  frame found = frames_.decode(std::string_view(padded_).substr(0, line.size()));
  if (auto* const wrong = std::get_if<protocol_error>(&found)) {
    if (is_own_line(line)) return table::heading{};
    return std::move(*wrong);
  }
  const point* const measured = std::get_if<point>(&found);
  if (measured == nullptr) return protocol_error{error_code::bad_frame, "commands need the server"};
  point taken = *measured;
  // A verdict's time is in milliseconds, whatever its point had; what had a rate was judged by it, and what was
  // learned alone was told to nobody.
  if (is_verdict) {
    taken.unit = time_unit::none;
    taken.is_counter = line.find(R"(,"rate":)") != std::string_view::npos;
    taken.is_learned = line.find(R"(,"learned":true)") != std::string_view::npos;
  }
  return taken;
}

}  // namespace spindrift
