// The event table's statements: events written, found by number, and thinned out.
#include "server/store/event_table.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "server/store/event_file.hpp"
#include "server/store/event_schema.hpp"
#include "server/store/yield_to_points.hpp"

namespace spindrift {

namespace {

// Rows of one INSERT: opening the table and its indexes for a statement costs as much as a row does.
constexpr std::size_t rows_at_once = 20;
constexpr int row_columns = 9;

// Another event of that number is one of a stream that was forgotten and began anew.
constexpr const char* insert_explanation_text =
    "INSERT INTO explanation(stream, number, ts, evidence, picture) VALUES(?1,?2,?3,?4,?5)"
    " ON CONFLICT(stream, number) DO UPDATE SET ts=excluded.ts,"
    " evidence=CASE WHEN excluded.evidence='' AND ts=excluded.ts THEN evidence ELSE excluded.evidence END,"
    " picture=CASE WHEN length(excluded.picture)=0 AND ts=excluded.ts THEN picture ELSE excluded.picture END";

std::string insert_text(std::size_t rows) {
  std::string text =
      "INSERT INTO event(stream, ts, n, kinds, line, stored, number, severity, is_open) VALUES(?,?,?,?,?,?,?,?,?)";
  for (std::size_t row = 1; row < rows; ++row) text += ",(?,?,?,?,?,?,?,?,?)";
  return text +
         " ON CONFLICT(ts, stream, n, number) DO UPDATE SET kinds=excluded.kinds,"
         " stored=CASE WHEN line=excluded.line THEN stored ELSE excluded.stored END, line=excluded.line,"
         " severity=excluded.severity, is_open=excluded.is_open";
}

void bind_row(sqlite3_stmt* insert, int before, const history_event& event, std::int64_t stream, std::int64_t now_ms) {
  sqlite3_bind_int64(insert, before + 1, stream);
  sqlite3_bind_int64(insert, before + 2, event.ts);
  sqlite3_bind_int64(insert, before + 3, static_cast<std::int64_t>(event.n));
  sqlite3_bind_int(insert, before + 4, event.kinds);
  bind_text(insert, before + 5, event.line);
  sqlite3_bind_int64(insert, before + 6, now_ms);
  sqlite3_bind_int64(insert, before + 7, static_cast<std::int64_t>(event.number));
  sqlite3_bind_int(insert, before + 8, event.severity);
  sqlite3_bind_int(insert, before + row_columns, event.is_open ? 1 : 0);
}

// is_wanted(stream): is it one of those that the query that is running has chosen?
void is_wanted(sqlite3_context* context, int, sqlite3_value** values) {
  const auto& chosen =
      *static_cast<const std::unique_ptr<std::unordered_set<std::int64_t>>*>(sqlite3_user_data(context));
  sqlite3_result_int(context, chosen == nullptr || chosen->count(sqlite3_value_int64(values[0])) > 0 ? 1 : 0);
}

}  // namespace

event_table::~event_table() {
  close();
}

void event_table::close() {
  for (statement* one :
       {&begin_, &commit_, &find_stream_, &insert_stream_, &insert_one_, &insert_many_, &find_before_, &find_span_,
        &find_one_, &find_any_, &delete_old_, &delete_some_, &delete_streams_, &insert_explanation_, &insert_mark_,
        &find_numbered_, &list_streams_, &insert_held_, &find_stored_}) {
    one->reset();
  }
  stream_ids_.clear();
  deleted_ = INT64_MAX / 2;  // what an earlier run left is unknown
  database_ = nullptr;
}

std::vector<storage_note> event_table::take_notes() {
  return std::exchange(notes_, {});
}

storage_status event_table::fault(const char* doing) {
  return database_fault(database_.get(), path_, doing);
}

storage_status event_table::run(const char* text) {
  return sqlite3_exec(database_.get(), text, nullptr, nullptr, nullptr) == SQLITE_OK ? storage_status{} : fault(text);
}

storage_status event_table::prepare(const char* text, statement& into) {
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v3(database_.get(), text, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) {
    return fault(text);
  }
  into.reset(made);
  return {};
}

std::int64_t event_table::pragma(const char* text) {
  statement select;
  if (!prepare(text, select).ok() || sqlite3_step(select.get()) != SQLITE_ROW) return -1;
  return sqlite3_column_int64(select.get(), 0);
}

storage_status event_table::open(const std::string& path) {
  path_ = path;
  auto status = open_file();
  if (status.fault != storage_fault::damaged || path == memory_path) return status;
  if (auto renamed = set_aside(status); !renamed.ok()) return renamed;
  return open_file();
}

storage_status event_table::set_aside_and_reopen(const storage_status& why) {
  if (path_ != memory_path) {
    if (auto status = set_aside(why); !status.ok()) return status;
  }
  return open_file();
}

storage_status event_table::open_file() {
  close();
  const int error = path_ == memory_path ? 0 : make_private_file(path_);
  if (error == ELOOP) return storage_error(error, path_, 0, "cannot be opened");
  sqlite3* made = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  const std::string path = path_ == memory_path ? path_ : without_links(path_);
  const int result = sqlite3_open_v2(path.c_str(), &made, flags, nullptr);
  database_.reset(made);
  storage_status status = result == SQLITE_OK ? make_schema() : fault("open");
  if (!status.ok()) close();
  return status;
}

storage_status event_table::make_schema() {
  sqlite3_busy_timeout(database_.get(), 2'000);
  // Nothing in the file may call functions of ours or of extensions; broken pages are reported, not followed.
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  const char* doing = "";
  switch (make_event_schema(database_.get(), doing)) {
    case event_schema_result::ready:
      break;
    case event_schema_result::later:
      return {storage_fault::damaged, path_, 0, "written by a later version of this program"};
    case event_schema_result::failed:
      return fault(doing);
  }
  const auto status = limit_bytes(bytes_max_);
  return status.ok() ? prepare_statements() : status;
}

storage_status event_table::prepare_statements() {
  if (sqlite3_create_function_v2(database_.get(), "is_wanted", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &wanted_streams_,
                                 is_wanted, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fault("is_wanted");
  }
  // The indexes are named: a plan that reads the whole table is to fail here, not to be slow later.
  const std::string columns =
      "SELECT name, ts, n, kinds, number, severity, is_open, line, mark, held FROM event INDEXED BY ";
  const std::string with_name =
      " CROSS JOIN stream ON stream.id=event.stream WHERE ts>=?1 AND ts<=?5 AND severity>=?6 AND"
      " (?7=0 OR (number>0 AND kinds&?7)) AND (?8<0 OR (number>0 AND is_open=?8))"
      " AND (?9<0 OR (number>0 AND held=?9)) AND ";
  const std::pair<std::string, statement*> wanted[] = {
      {"BEGIN IMMEDIATE", &begin_},
      {"COMMIT", &commit_},
      {"SELECT id FROM stream WHERE name=?", &find_stream_},
      {"INSERT INTO stream(name) VALUES(?)", &insert_stream_},
      {insert_text(1), &insert_one_},
      {insert_text(rows_at_once), &insert_many_},
      {"SELECT max(id) FROM event WHERE id<?", &find_before_},
      {"SELECT (SELECT max(id) FROM event) - (SELECT min(id) FROM event)", &find_span_},
      {columns + "event_by_stream" + with_name + "event.id>>12=?4 AND stream=?3 ORDER BY ts DESC, n DESC LIMIT ?2",
       &find_one_},
      {columns + "event_by_look" + with_name + "is_wanted(event.stream) ORDER BY ts DESC, name DESC, n DESC LIMIT ?2",
       &find_any_},
      {columns + "event_by_stored" + with_name + "is_wanted(event.stream) AND stored>=?3 ORDER BY stored DESC LIMIT ?2",
       &find_stored_},
      {"SELECT id, name FROM stream", &list_streams_},
      {"DELETE FROM event WHERE stored<?", &delete_old_},
      {"DELETE FROM event WHERE id<(SELECT min(id) FROM event)+?", &delete_some_},
      {"DELETE FROM stream WHERE id NOT IN (SELECT stream FROM event)", &delete_streams_},
      {insert_explanation_text, &insert_explanation_},
      {"UPDATE event INDEXED BY event_key SET mark=?4 WHERE ts=?1 AND stream=?2 AND number=?3", &insert_mark_},
      {"UPDATE event INDEXED BY event_key SET held=?4 WHERE ts=?1 AND stream=?2 AND number=?3", &insert_held_},
      {"SELECT name, event.ts, n, kinds, event.number, severity, is_open, line, mark, held, evidence, picture"
       " FROM event INDEXED BY event_by_stream CROSS JOIN stream ON stream.id=event.stream"
       " LEFT JOIN explanation ON explanation.stream=event.stream AND explanation.number=event.number"
       " AND explanation.ts=event.ts"
       " WHERE event.id>>12=?1 AND event.stream=?2 AND event.number=?3 ORDER BY event.ts DESC LIMIT 1",
       &find_numbered_},
  };
  for (const auto& [text, into] : wanted) {
    if (auto status = prepare(text.c_str(), *into); !status.ok()) return status;
  }
  return {};
}

storage_status event_table::set_aside(const storage_status& why) {
  close();
  std::string into = set_file_aside(path_);
  if (into.empty()) return storage_error(errno, path_, 0, "cannot be set aside");
  notes_.push_back({"history_set_aside", std::move(into), 0, 0, why.reason});
  return {};
}

// One that gives no rows.
storage_status event_table::run(const statement& prepared, const char* doing) {
  const int result = sqlite3_step(prepared.get());
  auto status = result == SQLITE_DONE ? storage_status{} : fault(doing);
  sqlite3_reset(prepared.get());
  return status;
}

storage_status event_table::insert(std::span<const history_event> events, std::int64_t now_ms) {
  if (database_ == nullptr) return fault("insert");
  if (auto status = run(begin_, "begin"); !status.ok()) return status;
  auto status = insert_rows(events, now_ms);
  if (status.ok()) status = run(commit_, "commit");
  if (status.ok()) return status;
  // A full disk may have rolled back already; a second time does no harm.
  run("ROLLBACK");
  stream_ids_.clear();
  return status;
}

storage_status event_table::insert_rows(std::span<const history_event> events, std::int64_t now_ms) {
  while (!events.empty()) {
    const auto is_whole = [](const history_event& event) { return event.writes == history_event::part::whole; };
    const auto rows = events.first(events.size() < rows_at_once ? 1 : rows_at_once);
    const bool are_whole = std::all_of(rows.begin(), rows.end(), is_whole);
    const auto taken = are_whole ? rows : rows.first(1);
    const auto& insert = taken.size() == 1 ? insert_one_ : insert_many_;
    for (std::size_t at = 0; at < taken.size(); ++at) {
      std::int64_t stream = 0;
      if (auto status = intern(taken[at].stream, stream); !status.ok()) return status;
      if (auto status = insert_explanation(taken[at], stream); !status.ok()) return status;
      if (auto status = insert_mark(taken[at], stream); !status.ok()) return status;
      if (auto status = insert_held(taken[at], stream); !status.ok()) return status;
      if (is_whole(taken[at])) {
        bind_row(insert.get(), static_cast<int>(at) * row_columns, taken[at], stream, now_ms);
      }
      yield_to_points();
    }
    if (is_whole(taken.front())) {
      if (auto status = run(insert, "insert"); !status.ok()) return status;
    }
    yield_to_points();
    events = events.subspan(taken.size());
  }
  return {};
}

storage_status event_table::insert_explanation(const history_event& event, std::int64_t stream) {
  if (event.evidence.empty() && event.picture.empty()) return {};
  sqlite3_stmt* const insert = insert_explanation_.get();
  sqlite3_bind_int64(insert, 1, stream);
  sqlite3_bind_int64(insert, 2, static_cast<std::int64_t>(event.number));
  sqlite3_bind_int64(insert, 3, event.ts);
  bind_text(insert, 4, event.evidence);
  // A null pointer would bind NULL.
  sqlite3_bind_blob64(insert, 5, event.picture.empty() ? "" : event.picture.data(), event.picture.size(),
                      SQLITE_STATIC);
  return run(insert_explanation_, "insert");
}

storage_status event_table::insert_mark(const history_event& event, std::int64_t stream) {
  if (event.writes != history_event::part::mark) return {};
  sqlite3_stmt* const update = insert_mark_.get();
  sqlite3_bind_int64(update, 1, event.ts);
  sqlite3_bind_int64(update, 2, stream);
  sqlite3_bind_int64(update, 3, static_cast<std::int64_t>(event.number));
  bind_text(update, 4, event.mark);
  return run(insert_mark_, "update");
}

storage_status event_table::insert_held(const history_event& event, std::int64_t stream) {
  if (event.writes != history_event::part::held) return {};
  sqlite3_stmt* const update = insert_held_.get();
  sqlite3_bind_int64(update, 1, event.ts);
  sqlite3_bind_int64(update, 2, stream);
  sqlite3_bind_int64(update, 3, static_cast<std::int64_t>(event.number));
  sqlite3_bind_int(update, 4, event.is_held ? 1 : 0);
  return run(insert_held_, "update");
}

// The id of a name, which is given one if it has none.
storage_status event_table::intern(const std::string& name, std::int64_t& id) {
  if (const auto known = stream_ids_.find(name); known != stream_ids_.end()) {
    id = known->second;
    return {};
  }
  std::optional<std::int64_t> found;
  bind_text(find_stream_.get(), 1, name);
  auto status = read(find_stream_, found);
  if (status.ok() && !found) {
    bind_text(insert_stream_.get(), 1, name);
    status = run(insert_stream_, "insert");
    found = sqlite3_last_insert_rowid(database_.get());
  }
  if (!status.ok()) return status;
  id = *found;
  if (stream_ids_.size() >= stream_ids_max) stream_ids_.clear();
  stream_ids_.emplace(name, id);
  return status;
}

// One number, or none where the answer is NULL or empty.
storage_status event_table::read(const statement& prepared, std::optional<std::int64_t>& number) {
  number.reset();
  auto* select = prepared.get();
  const int result = sqlite3_step(select);
  if (result == SQLITE_ROW && sqlite3_column_type(select, 0) != SQLITE_NULL) number = sqlite3_column_int64(select, 0);
  auto status = result == SQLITE_ROW || result == SQLITE_DONE ? storage_status{} : fault("select");
  sqlite3_reset(select);
  return status;
}

std::uint64_t event_table::bytes_used() {
  const std::int64_t pages = pragma("PRAGMA page_count") - pragma("PRAGMA freelist_count");
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, pages * pragma("PRAGMA page_size")));
}

storage_status event_table::limit_bytes(std::uint64_t bytes_max) {
  bytes_max_ = bytes_max;
  if (database_ == nullptr) return {};
  const std::int64_t page_bytes = pragma("PRAGMA page_size");
  if (page_bytes <= 0) return fault("PRAGMA page_size");
  const std::uint64_t pages = bytes_max == 0 ? UINT32_MAX - 1 : bytes_max / static_cast<std::uint64_t>(page_bytes);
  return run(("PRAGMA max_page_count=" + std::to_string(pages)).c_str());
}

storage_status event_table::retain(std::int64_t oldest_ms, std::uint64_t bytes_max) {
  if (database_ == nullptr) return fault("delete");
  std::int64_t deleted = 0;
  auto status = delete_with(delete_old_, oldest_ms, deleted);
  bool deletes = true;
  while (status.ok() && bytes_max != 0 && deletes && bytes_used() > bytes_max) {
    constexpr std::int64_t at_a_time = 1'000;
    const auto before = deleted;
    status = delete_with(delete_some_, at_a_time, deleted);
    deletes = deleted > before;
  }
  return status.ok() && deleted > 0 ? forget_streams(deleted) : status;
}

storage_status event_table::delete_with(const statement& prepared, std::int64_t bound, std::int64_t& deleted) {
  sqlite3_bind_int64(prepared.get(), 1, bound);
  auto status = run(prepared, "delete");
  if (status.ok()) deleted += sqlite3_changes64(database_.get());
  return status;
}

// Names without events are looked for, which reads an index from end to end, once per so many deleted events that it
// costs each of them little and that there are never many such names.
storage_status event_table::forget_streams(std::int64_t deleted) {
  deleted_ += deleted;
  std::optional<std::int64_t> kept;
  if (auto status = read(find_span_, kept); !status.ok()) return status;
  if (deleted_ < kept.value_or(0) / 2) return {};
  deleted_ = 0;
  stream_ids_.clear();
  return run(delete_streams_, "delete");
}

storage_status event_table::checkpoint() {
  if (database_ == nullptr) return fault("checkpoint");
  return run("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace spindrift
