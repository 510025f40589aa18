// Writes commands, as a client sends them.
#include <array>
#include <string_view>
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
  if (asked.replies) put_text("replies", name_of(*asked.replies), out);
}
void put(const subscribe_command& asked, std::string& out) {
  out += "\"subscribe\"";
  put_patterns(asked.streams, out);
  constexpr std::array<std::string_view, 3> choices = {"all", "marked", "events"};
  put_text("only", choices[static_cast<std::size_t>(asked.only)], out);
  if (asked.updates) out += ",\"updates\":true";
  if (asked.every_ms > 0) {
    out += ",\"every_ms\":";
    append_number(static_cast<std::uint64_t>(asked.every_ms), out);
  }
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
void put(const recent_command& asked, std::string& out) {
  out += "\"recent\"";
  put_text("stream", asked.stream, out);
  out += ",\"points\":";
  append_number(static_cast<std::uint64_t>(asked.points), out);
}
void put(const history_command& asked, std::string& out) {
  out += "\"history\"";
  put_patterns(asked.streams, out);
  out += ",\"since\":";
  append_number(asked.since, out);
  if (asked.until != INT64_MAX) {
    out += ",\"until\":";
    append_number(asked.until, out);
  }
  put_limit(asked.limit, out);
  for (std::size_t i = 0; i < asked.kinds.size(); ++i) {
    out += i == 0 ? ",\"kinds\":[\"" : "\",\"";
    out += name_of(asked.kinds[i]);
  }
  if (!asked.kinds.empty()) out += "\"]";
  if (asked.severity > 0) {
    out += ",\"severity\":";
    append_number(static_cast<std::uint64_t>(asked.severity), out);
  }
  if (asked.state) put_text("state", name_of(*asked.state), out);
  if (asked.held) out += *asked.held ? ",\"held\":true" : ",\"held\":false";
}
void put_event(std::string_view stream, std::uint64_t event, std::string& out) {
  put_text("stream", stream, out);
  out += ",\"event\":";
  append_number(event, out);
}
void put(const explain_command& asked, std::string& out) {
  out += "\"explain\"";
  put_event(asked.stream, asked.event, out);
}
void put(const learn_command& asked, std::string& out) {
  out += asked.is_on ? "\"learn\"" : "\"learn\",\"on\":false";
}
void put(const mark_command& asked, std::string& out) {
  out += "\"mark\"";
  put_event(asked.stream, asked.event, out);
  put_text("as", asked.is_expected ? "expected" : "real", out);
}

}  // namespace

void encode(const command_frame& asked, std::string& out) {
  out += "{\"op\":";
  std::visit([&out](const auto& kind) { put(kind, out); }, asked.order);
  if (!asked.id.empty()) {
    out += ",\"id\":";
    out += asked.id;
  }
  out += "}\n";
}

}  // namespace spindrift
