// Event lines.
#include "common/model/event.hpp"
#include "common/model/explanation.hpp"
#include "common/protocol/encode.hpp"

namespace spindrift {
namespace {

void put_count(std::string_view key, std::uint64_t count, std::string& out) {
  out += key;
  append_number(count, out);
}

void put_time(std::string_view key, std::int64_t time, std::string& out) {
  out += key;
  append_number(time, out);
}

void put_derived(std::string_view key, double number, std::string& out) {
  out += key;
  append_derived(number, out);
}

}  // namespace

// Names of streams and features are of the name alphabet, which needs no escaping.
void encode(const event& told, std::string_view stream, std::string_view feature_name, std::string& out) {
  put_count("{\"type\":\"event\",\"event\":", told.number, out);
  out += ",\"stream\":\"";
  out += stream;
  out += "\",\"state\":\"";
  out += name_of(told.state);
  out += "\",\"kind\":\"";
  out += name_of(told.kind);
  out += '"';
  if (told.direction != event_direction::none) {
    out += ",\"direction\":\"";
    out += name_of(told.direction);
    out += '"';
  }
  if (!feature_name.empty()) {
    out += ",\"feature\":\"";
    out += feature_name;
    out += '"';
  }
  put_count(",\"severity\":", static_cast<std::uint64_t>(told.severity), out);
  put_count(",\"told_n\":", told.told_n, out);
  put_time(",\"told\":", told.told, out);
  put_count(",\"from_n\":", told.from_n, out);
  put_time(",\"from\":", told.from, out);
  if (told.to_n) {
    put_count(",\"to_n\":", *told.to_n, out);
    put_time(",\"to\":", told.to.value_or(0), out);
  } else {
    out += ",\"to_n\":null,\"to\":null";
  }
  put_count(",\"points\":", told.points, out);
  put_derived(",\"value\":", told.value, out);
  put_derived(",\"expected\":", told.expected, out);
  if (told.before) put_derived(",\"before\":", *told.before, out);
  if (told.after) put_derived(",\"after\":", *told.after, out);
  if (told.accepted) out += ",\"accepted\":true";
  out += ",\"text\":";
  append_json_string(told.text, out);
  out += "}\n";
}

// The numbers of a part stand together.
void append_evidence(const std::vector<evidence_number>& numbers, std::string& out) {
  std::string_view part;
  out += '{';
  for (const evidence_number& one : numbers) {
    if (one.part != part) {
      out += part.empty() ? "\"" : "},\"";
      out += part = one.part;
      out += "\":{\"";
    } else {
      out += ",\"";
    }
    out += one.name;
    out += "\":";
    if (one.word.empty()) {
      append_number(one.value, out);
    } else {
      append_json_string(one.word, out);
    }
  }
  out += part.empty() ? "}" : "}}";
}

void append_picture(const event_picture& shown, std::string& out) {
  const auto put = [&out](std::string_view key, auto number) {
    out += key;
    append_number(number, out);
  };
  out += R"({"before":[)";
  for (const context_point& one : shown.before) {
    if (&one != &shown.before.front()) out += ',';
    put(R"({"ts":)", one.ts);
    put(R"(,"value":)", one.value);
    out += '}';
  }
  out += R"(],"from":[)";
  for (const pictured_point& one : shown.from) {
    if (&one != &shown.from.front()) out += ',';
    put(R"({"n":)", one.n);
    put(R"(,"ts":)", one.ts);
    put(R"(,"value":)", one.value);
    put(R"(,"expected":)", one.expected);
    put(R"(,"sigma":)", one.sigma);
    out += '}';
  }
  out += "]}";
}

}  // namespace spindrift
