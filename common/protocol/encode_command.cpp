// Writes commands, as a client sends them.
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

void put(const hello_command& asked, std::string& out) {
  out += "\"hello\"";
  if (!asked.producer.empty()) put_text("producer", asked.producer, out);
  if (!asked.token.empty()) put_text("token", asked.token, out);
  if (asked.reset) out += ",\"reset\":true";
}
void put(const subscribe_command& asked, std::string& out) {
  out += "\"subscribe\"";
  put_patterns(asked.streams, out);
  put_text("only", asked.only_events ? "events" : "all", out);
}
void put(const unsubscribe_command& /*asked*/, std::string& out) {
  out += "\"unsubscribe\"";
}
void put(const ping_command& /*asked*/, std::string& out) {
  out += "\"ping\"";
}
void put(const stats_command& /*asked*/, std::string& out) {
  out += "\"stats\"";
}
void put(const streams_command& asked, std::string& out) {
  out += "\"streams\"";
  put_text("match", asked.match, out);
  put_limit(asked.limit, out);
}
void put(const history_command& asked, std::string& out) {
  out += "\"history\"";
  put_patterns(asked.streams, out);
  out += ",\"since\":";
  append_number(asked.since, out);
  put_limit(asked.limit, out);
}

}  // namespace

void encode(const command_frame& asked, std::string& out) {
  out += "{\"op\":";
  std::visit([&out](const auto& kind) { put(kind, out); }, asked.what);
  if (!asked.id.empty()) {
    out += ",\"id\":";
    out += asked.id;
  }
  out += "}\n";
}

}  // namespace spindrift
