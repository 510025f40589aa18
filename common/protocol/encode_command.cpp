#include <type_traits>
#include <variant>

#include "common/protocol/encode.hpp"

namespace spindrift {
namespace {

void put_text(std::string_view key, std::string_view text, std::string& out) {
  out += ",\"";
  out += key;
  out += "\":";
  append_json_string(text, out);
}

void put_patterns(const std::vector<std::string>& patterns, std::string& out) {
  out += ",\"streams\":[";
  bool is_first = true;
  for (const std::string& pattern : patterns) {
    if (!is_first) out += ',';
    is_first = false;
    append_json_string(pattern, out);
  }
  out += ']';
}

void put_limit(std::size_t limit, std::string& out) {
  out += ",\"limit\":";
  append_number(static_cast<std::uint64_t>(limit), out);
}

void put(const hello_command& what, std::string& out) {
  out += "\"hello\"";
  if (!what.producer.empty()) put_text("producer", what.producer, out);
  if (!what.token.empty()) put_text("token", what.token, out);
}
void put(const subscribe_command& what, std::string& out) {
  out += "\"subscribe\"";
  put_patterns(what.streams, out);
  put_text("only", what.only_events ? "events" : "all", out);
}
void put(const unsubscribe_command& /*what*/, std::string& out) {
  out += "\"unsubscribe\"";
}
void put(const ping_command& /*what*/, std::string& out) {
  out += "\"ping\"";
}
void put(const stats_command& /*what*/, std::string& out) {
  out += "\"stats\"";
}
void put(const streams_command& what, std::string& out) {
  out += "\"streams\"";
  put_text("match", what.match, out);
  put_limit(what.limit, out);
}
void put(const history_command& what, std::string& out) {
  out += "\"history\"";
  put_patterns(what.streams, out);
  out += ",\"since\":";
  append_number(what.since, out);
  put_limit(what.limit, out);
}

}  // namespace

void encode(const command_frame& what, std::string& out) {
  out += "{\"op\":";
  std::visit([&out](const auto& each) { put(each, out); }, what.what);
  if (!what.id.empty()) {
    out += ",\"id\":";
    out += what.id;
  }
  out += "}\n";
}

}  // namespace spindrift
