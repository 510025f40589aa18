// Writes the replies to commands.
#include "server/session/reply_line.hpp"

#include "common/model/limit.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/frame_limits.hpp"
#include "server/session/version.hpp"

namespace spindrift {
namespace {

// What a person calls a stream, and the unit of its values, where somebody has said.
void append_words(const std::string& title, const std::string& unit, std::string& out) {
  if (!title.empty()) {
    append_key("title", out);
    append_json_string(title, out);
  }
  if (!unit.empty()) {
    append_key("unit", out);
    append_json_string(unit, out);
  }
}

}  // namespace

void begin_reply(std::string_view type, const command_id& id, std::string& out) {
  out += R"({"type":")";
  out += type;
  out += '"';
  if (!id.empty()) {
    out += ",\"id\":";
    out += id;
  }
}

void append_key(std::string_view key, std::string& out) {
  out += ",\"";
  out += key;
  out += "\":";
}

void append_bare_reply(std::string_view type, const command_id& id, std::string& out) {
  begin_reply(type, id, out);
  out += "}\n";
}

void append_errors(const std::array<counter, counters::error_codes>& counts, std::string& out) {
  append_key("errors", out);
  out += '{';
  bool is_first = true;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::uint64_t count = read(counts[i]);
    if (count == 0) continue;
    out += is_first ? "\"" : ",\"";
    is_first = false;
    out += name_of(static_cast<error_code>(i));
    out += "\":";
    append_number(count, out);
  }
  out += '}';
}

void append_own_stats(const identity& who, std::string& out) {
  append_key("server", out);
  append_json_string(server_name, out);
  append_key("token", out);
  append_json_string(who.name, out);
  append_key("frames", out);
  append_number(read(who.use->frames), out);
  append_key("points", out);
  append_number(read(who.use->points), out);
  append_key("duplicates", out);
  append_number(read(who.use->duplicates), out);
  append_errors(who.use->errors, out);
}

void append_welcome(const hello_command& asked, std::uint64_t last_seq, const command_id& id, std::string& out) {
  begin_reply("welcome", id, out);
  append_key("version", out);
  append_number(std::int64_t{limits::protocol_version}, out);
  append_key("server", out);
  append_json_string(server_name, out);
  if (!asked.producer.empty()) {
    append_key("producer", out);
    append_json_string(asked.producer, out);
  }
  append_key("last_seq", out);
  append_number(last_seq, out);
  append_key("in_flight_max", out);
  append_number(std::uint64_t{model::in_flight_max}, out);
  if (asked.replies) {
    append_key("replies", out);
    append_json_string(name_of(*asked.replies), out);
  }
  out += "}\n";
}

void append_recent(const recent_points& shown, std::string& out) {
  append_key("n", out);
  append_number(shown.n, out);
  append_words(shown.title, shown.unit, out);
  append_key("points", out);
  out += '[';
  const std::size_t count = shown.by_feature.front().size();
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? "{\"ts\":" : ",{\"ts\":";
    append_number(shown.by_feature.front()[i].ts, out);
    if (shown.features.empty()) {
      append_key("value", out);
      append_number(shown.by_feature.front()[i].value, out);
    } else {
      append_key("values", out);
      for (std::size_t j = 0; j < shown.features.size(); ++j) {
        out += j == 0 ? '{' : ',';
        append_json_string(shown.features[j], out);
        out += ':';
        append_number(shown.by_feature[j][i].value, out);
      }
      out += '}';
    }
    out += '}';
  }
  out += ']';
}

void append_stream(const stream_summary& shown, std::string& out) {
  out += R"({"stream":)";
  append_json_string(shown.name, out);
  append_key("n", out);
  append_number(shown.n, out);
  append_key("last", out);
  append_number(shown.last, out);
  append_key("mean", out);
  append_number(shown.mean, out);
  append_key("ts", out);
  append_number(shown.last_ts, out);
  append_key("features", out);
  append_number(std::uint64_t{shown.features}, out);
  append_words(shown.title, shown.unit, out);
  out += '}';
}

}  // namespace spindrift
