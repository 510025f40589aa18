// What people and programs ask of events: the history, why one was told, and their own word about it.
#include <nlohmann/json.hpp>

#include "common/log/log.hpp"
#include "common/protocol/encode.hpp"
#include "server/alerts/alert_desk.hpp"
#include "server/app/persistence.hpp"
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
  const nlohmann::json line = nlohmann::json::parse(found.line, nullptr, false);
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

constexpr std::string_view unknown_text = "no such event of this stream is known";

}  // namespace

desk_answer persistence::answer_to(const question& asked, const identity* who) {
  return std::visit([this, who](const auto& kind) { return answer_to(kind, who); }, asked);
}

desk_answer persistence::answer_to(const history_command& asked, const identity* who) {
  std::vector<history_event> found;
  // What is held is decided by the alerts' thread: of all that was answered before.
  if (asked.held && alerts_ != nullptr) (void)alerts_->flush();
  if (const storage_status status = history_.find(query_of(asked), found); !status.ok()) log_unreadable(status);
  desk_answer given{std::nullopt, ",\"events\":["};
  std::string& out = given.text;
  bool is_first = true;
  for (const history_event& one : found) {
    if (!may_see(who, one.stream)) continue;
    if (!std::exchange(is_first, false)) out += ',';
    out += one.line;
    if ((one.mark.empty() && !one.is_held) || !out.ends_with('}')) continue;
    out.pop_back();
    append_marked(one, out);
    out += '}';
  }
  out += ']';
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

void persistence::replay_note(const journal_entry& entry) {
  const std::string_view name = entry.record.subject.stream;
  const stream_note& said = entry.note;
  told_.clear();
  engine_->replay_note(name, said, entry.position, told_);
  record_told(name);
  const bool is_expected = said.says == stream_note::kind::expected;
  if (is_expected || said.says == stream_note::kind::real) {
    history_.record(mark_row(name, said.told, said.n, is_expected));
  }
}

}  // namespace spindrift
