// What people and programs ask of events: the history, why one was told, and their own word about it.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/log/log.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/json_value.hpp"
#include "server/alerts/alert_desk.hpp"
#include "server/app/persistence.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/told_event.hpp"
#include "server/session/permission.hpp"
#include "server/sinks/picture_bytes.hpp"

namespace spindrift {
namespace {

void log_unreadable(const storage_status& status) {
  log_event(log_level::warning, "history_unreadable",
            {{"file", status.file}, {"offset", status.offset}, {"reason", status.reason}});
}

history_query query_of(const history_command& asked) {
  history_query query;
  query.streams = asked.streams;
  query.since = asked.since;
  query.until = asked.until;
  query.limit = asked.limit;
  query.severity = asked.severity;
  query.is_held = asked.held;
  if (asked.state) query.is_open = *asked.state == event_state::open;
  for (const event_kind kind : asked.kinds) {
    query.kinds = static_cast<std::uint16_t>(query.kinds | 1U << static_cast<unsigned>(kind));
  }
  return query;
}

void append_marked(const history_event& found, std::string& out) {
  if (found.is_held) out += ",\"held\":true";
  if (found.mark.empty()) return;
  out += ",\"marked\":";
  append_json_string(found.mark, out);
}

void append_line(const history_event& found, std::string& out) {
  out += found.line;
  if ((found.mark.empty() && !found.is_held) || !out.ends_with('}')) return;
  out.pop_back();
  append_marked(found, out);
  out += '}';
}

// The fields of an event's line behind its type.
std::string_view fields_of(std::string_view line) {
  constexpr std::string_view opening = R"({"type":"event")";
  if (!line.starts_with(opening) || !line.ends_with('}')) return {};
  line.remove_prefix(opening.size());
  line.remove_suffix(1);
  return line;
}

// As far as it says what is like it.
event event_in(const history_event& found) {
  event read;
  read.number = found.number;
  read.told = found.ts;
  for (std::size_t i = 0; i < event_kind_count; ++i) {
    if ((found.kinds >> i & 1U) != 0) read.kind = static_cast<event_kind>(i);
  }
  const nlohmann::json line = read_json(found.line);
  const auto number = [&](const char* key) -> std::optional<double> {
    const auto at = line.is_object() ? line.find(key) : line.end();
    return line.is_object() && at != line.end() && at->is_number() ? std::optional(at->get<double>()) : std::nullopt;
  };
  read.value = number("value").value_or(0);
  read.expected = number("expected").value_or(0);
  read.before = number("before");
  read.after = number("after");
  const std::string direction = line.is_object() && line.contains("direction") && line["direction"].is_string()
                                    ? line["direction"].get<std::string>()
                                    : std::string();
  if (direction == name_of(event_direction::up)) read.direction = event_direction::up;
  if (direction == name_of(event_direction::down)) read.direction = event_direction::down;
  return read;
}

history_event mark_row(std::string_view stream, std::int64_t told, std::uint64_t number, bool is_expected) {
  history_event row;
  row.stream = stream;
  row.ts = told;
  row.number = number;
  row.writes = history_event::part::mark;
  row.mark = is_expected ? "expected" : "real";
  return row;
}

// "events":[...], of what this client may see.
void append_events(const std::vector<history_event>& found, const identity* who, std::string& out) {
  out += "\"events\":[";
  bool is_first = true;
  for (const history_event& one : found) {
    if (!may_see(who, one.stream)) continue;
    if (!std::exchange(is_first, false)) out += ',';
    append_line(one, out);
  }
  out += ']';
}

void append_event_page(const std::vector<history_event>& found, const std::string& next, const identity* who,
                       std::string& out) {
  out = '{';
  append_events(found, who, out);
  out += next.empty() ? ",\"next\":null}\n" : ",\"next\":\"" + next + "\"}\n";
}

// The page behind this one, of which all are shown that were found.
std::string next_page(const std::vector<history_event>& found, const event_page_question& asked) {
  if (found.empty()) return {};
  const std::int64_t at = found.back().ts;
  auto same = static_cast<std::size_t>(
      std::count_if(found.begin(), found.end(), [at](const history_event& one) { return one.ts == at; }));
  if (at == asked.of.until) same += asked.skipped;
  return same > event_page_question::skipped_max ? std::string() : std::to_string(at) + '.' + std::to_string(same);
}

void append_event_lines(const std::vector<history_event>& found, bool has_more, const identity* who, std::string& out) {
  if (has_more) out = "{\"type\":\"gap\"}\n";
  for (const history_event& one : found) {
    if (!may_see(who, one.stream)) continue;
    append_line(one, out);
    out += '\n';
  }
}

// https://grafana.com/docs/grafana/latest/developers/http_api/annotations/: times in milliseconds; one without an end
// is a line in the chart, one with an end a region.
void append_annotations(const std::vector<history_event>& found, const identity* who, std::string& out) {
  nlohmann::json all = nlohmann::json::array();
  for (const history_event& one : found) {
    if (!may_see(who, one.stream)) continue;
    const nlohmann::json line = read_json(one.line);
    if (!line.is_object()) continue;
    const auto text_of = [&line](const char* key) {
      const auto at = line.find(key);
      return at != line.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    const auto time_of = [&line, &one](const char* key) {
      const auto at = line.find(key);
      return at != line.end() && at->is_number_integer() ? at->get<std::int64_t>() : one.ts;
    };
    nlohmann::json note = {{"time", time_of("from")}, {"title", one.stream + ": " + text_of("kind")}};
    if (!one.is_open) note["timeEnd"] = time_of("to");
    note["text"] = text_of("text").empty() ? one.stream : text_of("text");
    note["tags"] = {one.stream, text_of("kind"), one.is_open ? "open" : "closed"};
    note["severity"] = one.severity;
    note["event"] = one.number;
    all.push_back(std::move(note));
  }
  out = write_json(all) + '\n';
}

constexpr std::string_view unknown_text = "no such event of this stream is known";

}  // namespace

desk_answer persistence::answer_to(const question& asked, const identity* who) {
  return std::visit([this, who](const auto& kind) { return answer_to(kind, who); }, asked);
}

std::vector<history_event> persistence::find_events(const history_query& wanted) {
  std::vector<history_event> found;
  // What is held is decided by the alerts' thread: of all that was answered before.
  if (wanted.is_held && alerts_ != nullptr) (void)alerts_->flush();
  if (const storage_status status = history_.find(wanted, found); !status.ok()) log_unreadable(status);
  return found;
}

desk_answer persistence::answer_to(const history_command& asked, const identity* who) {
  desk_answer given{std::nullopt, ","};
  append_events(find_events(query_of(asked)), who, given.text);
  return given;
}

// A page ends where the next begins: at the time of its oldest event, behind those of that very time that were shown.
desk_answer persistence::answer_to(const event_page_question& asked, const identity* who) {
  using shape = event_page_question::shape;
  history_query wanted = query_of(asked.of);
  if (asked.as == shape::lines) wanted.stored_since = asked.stored_since;
  wanted.limit += asked.skipped + 1;
  std::vector<history_event> found = find_events(wanted);
  const bool has_more = found.size() == wanted.limit;
  if (asked.as != shape::lines) {
    found.resize(found.size() - std::min(found.size(), asked.skipped));
    std::reverse(found.begin(), found.end());
  }
  if (found.size() > asked.of.limit) {
    const auto surplus = static_cast<std::ptrdiff_t>(found.size() - asked.of.limit);
    if (asked.as == shape::lines) {
      found.erase(found.begin(), found.begin() + surplus);
    } else {
      found.erase(found.end() - surplus, found.end());
    }
  }
  desk_answer given;
  if (asked.as == shape::lines) {
    append_event_lines(found, has_more, who, given.text);
  } else if (asked.as == shape::annotations) {
    append_annotations(found, who, given.text);
  } else {
    append_event_page(found, has_more ? next_page(found, asked) : std::string(), who, given.text);
  }
  return given;
}

bool persistence::find_event(const std::string& stream, std::uint64_t number, history_event& found) {
  std::optional<history_event> row;
  if (const storage_status status = history_.find_event(stream, number, row); !status.ok()) log_unreadable(status);
  if (row) found = std::move(*row);
  return row.has_value();
}

desk_answer persistence::answer_to(const explain_command& asked, const identity* /*who*/) {
  history_event found;
  if (!find_event(asked.stream, asked.event, found)) return {error_code::not_found, std::string(unknown_text)};
  desk_answer given{std::nullopt, std::string(fields_of(found.line))};
  append_marked(found, given.text);
  given.text += ",\"evidence\":";
  given.text += found.evidence.empty() ? "{}" : found.evidence;
  event_picture shown = picture_of(found.picture);
  // Where the event is young its stream knows more by now; of another event of that number it does not speak.
  const auto grown = engine_ == nullptr ? std::nullopt : engine_->picture_of(asked.stream, asked.event);
  const bool is_same = grown && (shown.from.empty() || (!grown->from.empty() && grown->from[0].ts == shown.from[0].ts));
  given.text += ",\"context\":";
  append_picture(is_same && grown->from.size() > shown.from.size() ? *grown : shown, given.text);
  return given;
}

desk_answer persistence::answer_to(const mark_command& asked, const identity* /*who*/) {
  history_event found;
  if (!find_event(asked.stream, asked.event, found)) return {error_code::not_found, std::string(unknown_text)};
  const history_event row = mark_row(asked.stream, found.ts, asked.event, asked.is_expected);
  desk_answer given{std::nullopt, ",\"stream\":"};
  append_json_string(asked.stream, given.text);
  given.text += ",\"event\":";
  append_number(asked.event, given.text);
  given.text += ",\"as\":\"" + row.mark + '"';
  // Said again it changes nothing.
  if (found.mark == row.mark) return given;
  if (engine_ != nullptr &&
      engine_->mark(asked.stream, event_in(found), asked.is_expected) == engine::marking::refused) {
    return {error_code::storage_full, "the journal cannot be written; the event was not marked"};
  }
  history_.record(row);
  return given;
}

// What a person has said of an event, by a note of the journal.
void persistence::record_mark(std::string_view stream, const stream_note& said) {
  const bool is_expected = said.says == stream_note::kind::expected;
  if (!is_expected && said.says != stream_note::kind::real) return;
  history_.record_again(mark_row(stream, said.told, said.n, is_expected));
}

}  // namespace spindrift
