// Cuts a reply to `history` into events.
#include "visualizer/subscription/history_events.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

#include "common/protocol/inbox.hpp"
#include "visualizer/subscription/feed_reader.hpp"

namespace spindrift {
namespace {

// The end of the object that begins here, behind its brace; npos: it has none.
std::size_t end_of_object(std::string_view text) {
  std::size_t depth = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_quoted) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"')
        is_quoted = false;
    } else if (text[i] == '"') {
      is_quoted = true;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::vector<stream_event> events_of_history(const std::string& answer) {
  std::vector<stream_event> events;
  feed_reader reader;
  constexpr std::string_view key = "\"events\":[";
  std::size_t at = answer.find(key);
  if (at == std::string::npos) return events;
  at += key.size();
  while (at < answer.size() && answer[at] == '{') {
    const std::size_t length = end_of_object(std::string_view(answer).substr(at));
    if (length == std::string_view::npos) break;
    std::string line = answer.substr(at, length);
    line.resize(length + inbox::padding_bytes);
    feed_item item = reader.read(std::string_view(line).substr(0, length));
    if (auto* const told = std::get_if<stream_event>(&item)) events.push_back(std::move(*told));
    at += length + 1;  // the comma
  }
  return events;
}

}  // namespace spindrift
