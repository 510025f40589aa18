// The statements of the alerts' database.
#include "server/alerts/alert_book.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "server/store/event_file.hpp"

namespace spindrift {
namespace {

constexpr int version = 1;

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS queue(id INTEGER PRIMARY KEY AUTOINCREMENT, alert TEXT NOT NULL, message INTEGER NOT"
    " NULL, due INTEGER NOT NULL, stream TEXT NOT NULL, number INTEGER NOT NULL, told INTEGER NOT NULL, state INTEGER"
    " NOT NULL, kind INTEGER NOT NULL, severity INTEGER NOT NULL, is_over INTEGER NOT NULL, first_kind INTEGER NOT "
    "NULL,"
    " first_severity INTEGER NOT NULL, line TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS queue_by_alert ON queue(alert, message, due);"
    "CREATE TABLE IF NOT EXISTS fate(alert TEXT NOT NULL, stream TEXT NOT NULL, number INTEGER NOT NULL, told INTEGER"
    " NOT NULL, fate INTEGER NOT NULL, kind INTEGER NOT NULL, severity INTEGER NOT NULL, worst INTEGER NOT NULL,"
    " due INTEGER NOT NULL, state INTEGER NOT NULL, newest_kind INTEGER NOT NULL, line TEXT NOT NULL,"
    " PRIMARY KEY(alert, stream, number));"
    "CREATE INDEX IF NOT EXISTS fate_by_due ON fate(due) WHERE due>0;"
    "CREATE INDEX IF NOT EXISTS fate_over ON fate(told) WHERE fate=3;"
    "CREATE TABLE IF NOT EXISTS budget(alert TEXT PRIMARY KEY, state TEXT NOT NULL);"
    "PRAGMA user_version=1;";

constexpr const char* columns =
    "id, stream, number, told, state, kind, severity, is_over, first_kind, first_severity, line";

void fill(sqlite3_stmt* to, int at, std::string_view text) {
  bind_text(to, at, text);
}
void fill(sqlite3_stmt* to, int at, std::int64_t number) {
  sqlite3_bind_int64(to, at, number);
}
int small_at(sqlite3_stmt* row, int column, int most) {
  return std::clamp(sqlite3_column_int(row, column), 0, most);
}
event_kind kind_at(sqlite3_stmt* row, int column) {
  return static_cast<event_kind>(small_at(row, column, static_cast<int>(event_kind_count) - 1));
}
event_state state_at(sqlite3_stmt* row, int column) {
  return static_cast<event_state>(small_at(row, column, static_cast<int>(event_state::closed)));
}

queued_notice queued_at(sqlite3_stmt* row) {
  queued_notice one;
  one.id = sqlite3_column_int64(row, 0);
  one.what.stream = column_text(row, 1);
  one.what.number = static_cast<std::uint64_t>(sqlite3_column_int64(row, 2));
  one.what.told = sqlite3_column_int64(row, 3);
  one.what.state = state_at(row, 4);
  one.what.kind = kind_at(row, 5);
  one.what.severity = sqlite3_column_int(row, 6);
  one.what.is_over = sqlite3_column_int(row, 7) != 0;
  one.first_kind = kind_at(row, 8);
  one.first_severity = sqlite3_column_int(row, 9);
  one.what.line = column_text(row, 10);
  return one;
}

alert_book::entry entry_at(sqlite3_stmt* row) {
  alert_book::entry found;
  found.told = sqlite3_column_int64(row, 0);
  found.is = static_cast<alert_book::fate>(small_at(row, 1, static_cast<int>(alert_book::fate::over)));
  found.kind = kind_at(row, 2);
  found.severity = sqlite3_column_int(row, 3);
  found.worst = sqlite3_column_int(row, 4);
  found.due = sqlite3_column_int64(row, 5);
  found.newest.told = found.told;
  found.newest.state = state_at(row, 6);
  found.newest.kind = kind_at(row, 7);
  found.newest.severity = found.worst;
  found.newest.line = column_text(row, 8);
  return found;
}

}  // namespace

alert_book::~alert_book() {
  close();
}

void alert_book::close() {
  for (statement* one : {&find_, &keep_, &due_, &put_, &tried_, &untried_, &assign_, &next_due_, &acknowledge_,
                         &budget_, &keep_budget_, &trim_, &count_}) {
    one->reset();
  }
  database_.reset();
}

std::vector<storage_note> alert_book::take_notes() {
  return std::exchange(notes_, {});
}

storage_status alert_book::fault(const char* doing) const {
  return database_fault(database_.get(), path_, doing);
}

storage_status alert_book::open(const std::string& path, bool is_synced) {
  path_ = path;
  storage_status opened = open_file(is_synced);
  return opened.fault == storage_fault::damaged ? replace(opened, is_synced) : opened;
}

storage_status alert_book::replace(const storage_status& why, bool is_synced) {
  close();
  if (path_ != memory_path) {
    std::string into = set_file_aside(path_);
    if (into.empty()) return storage_error(errno, path_, 0, "cannot be set aside");
    notes_.push_back({"alerts_set_aside", std::move(into), 0, 0, why.reason});
  }
  return open_file(is_synced);
}

storage_status alert_book::open_file(bool is_synced) {
  close();
  status_ = {};
  const int error = path_ == memory_path ? 0 : make_private_file(path_);
  if (error == ELOOP) return storage_error(error, path_, 0, "cannot be opened");
  sqlite3* made = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
  const std::string path = path_ == memory_path ? path_ : without_links(path_);
  const int result = sqlite3_open_v2(path.c_str(), &made, flags, nullptr);
  database_.reset(made);
  if (result != SQLITE_OK) return fault("open");
  sqlite3_busy_timeout(made, 2'000);
  sqlite3_db_config(made, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(made, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  statement asked;
  sqlite3_stmt* select = nullptr;
  if (sqlite3_prepare_v2(made, "PRAGMA user_version", -1, &select, nullptr) != SQLITE_OK) return fault("open");
  asked.reset(select);
  if (sqlite3_step(select) == SQLITE_ROW && sqlite3_column_int(select, 0) > version) {
    return {storage_fault::damaged, path_, 0, "written by a later version of this program"};
  }
  asked.reset();
  if (!run("PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=4194304;")) return status_;
  if (!run(is_synced ? "PRAGMA synchronous=FULL;" : "PRAGMA synchronous=NORMAL;")) return status_;
  if (!run(schema)) return status_;
  storage_status prepared = prepare_all();
  if (prepared.ok()) queued_ = count_queue();
  return prepared;
}

storage_status alert_book::prepare_all() {
  const std::string from_queue = std::string("SELECT ") + columns + " FROM queue WHERE alert=?1 AND message";
  const std::pair<std::string, statement*> wanted[] = {
      {"SELECT told, fate, kind, severity, worst, due, state, newest_kind, line FROM fate"
       " WHERE alert=?1 AND stream=?2 AND number=?3",
       &find_},
      {"INSERT OR REPLACE INTO fate(alert, stream, number, told, fate, kind, severity, worst, due, state, newest_kind,"
       " line) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
       &keep_},
      {"SELECT told, fate, kind, severity, worst, due, state, newest_kind, line, alert, stream, number FROM fate"
       " WHERE due>0 AND due<=?1 ORDER BY due LIMIT ?2",
       &due_},
      {"INSERT INTO queue(alert, message, due, stream, number, told, state, kind, severity, is_over, first_kind,"
       " first_severity, line) VALUES(?1,0,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
       &put_},
      {from_queue + "=(SELECT min(message) FROM queue WHERE alert=?1 AND message>0) ORDER BY id", &tried_},
      {from_queue + "=0 AND due<=?2 ORDER BY id LIMIT ?3", &untried_},
      {"UPDATE queue SET message=?1 WHERE id=?2", &assign_},
      {"SELECT min(due) FROM queue WHERE alert=?1 AND message=0", &next_due_},
      {"DELETE FROM queue WHERE alert=?1 AND message=?2", &acknowledge_},
      {"SELECT state FROM budget WHERE alert=?1", &budget_},
      {"INSERT OR REPLACE INTO budget(alert, state) VALUES(?1,?2)", &keep_budget_},
      {"DELETE FROM fate WHERE fate=3 AND told<(SELECT told FROM fate WHERE fate=3 ORDER BY told DESC LIMIT 1 OFFSET"
       " ?1)",
       &trim_},
      {"SELECT count(*) FROM queue", &count_},
  };
  for (const auto& [text, into] : wanted) {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v3(database_.get(), text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) {
      return fault(text.c_str());
    }
    into->reset(made);
  }
  return {};
}

bool alert_book::run(const char* text) {
  if (database_ != nullptr && sqlite3_exec(database_.get(), text, nullptr, nullptr, nullptr) == SQLITE_OK) return true;
  if (status_.ok()) status_ = fault(text);
  return false;
}

// True: there is a row.
bool alert_book::step(const statement& prepared, const char* doing) {
  if (prepared == nullptr) {
    if (status_.ok()) status_ = fault(doing);
    return false;
  }
  const int result = sqlite3_step(prepared.get());
  if (result != SQLITE_ROW && result != SQLITE_DONE && status_.ok()) status_ = fault(doing);
  return result == SQLITE_ROW;
}

void alert_book::finish(const statement& prepared) const {
  if (prepared == nullptr) return;
  sqlite3_reset(prepared.get());
  sqlite3_clear_bindings(prepared.get());
}

storage_status alert_book::begin() {
  status_ = {};
  run("BEGIN IMMEDIATE");
  return status_;
}

storage_status alert_book::commit() {
  if (!status_.ok() || !run("COMMIT")) roll_back();
  return status_;
}

void alert_book::roll_back() {
  const storage_status why = status_;
  if (database_ != nullptr) sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  queued_ = count_queue();
  status_ = why;
}

std::size_t alert_book::count_queue() {
  const bool is_there = step(count_, "count");
  const std::int64_t count = is_there ? sqlite3_column_int64(count_.get(), 0) : 0;
  finish(count_);
  return static_cast<std::size_t>(count);
}

std::optional<alert_book::entry> alert_book::find(std::string_view alert, std::string_view stream,
                                                  std::uint64_t number) {
  std::optional<entry> found;
  fill(find_.get(), 1, alert);
  fill(find_.get(), 2, stream);
  fill(find_.get(), 3, static_cast<std::int64_t>(number));
  if (step(find_, "find")) {
    found = entry_at(find_.get());
    found->newest.stream = stream;
    found->newest.number = number;
  }
  finish(find_);
  return found;
}

void alert_book::keep(std::string_view alert, const entry& now) {
  sqlite3_stmt* const to = keep_.get();
  fill(to, 1, alert);
  fill(to, 2, now.newest.stream);
  fill(to, 3, static_cast<std::int64_t>(now.newest.number));
  fill(to, 4, now.told);
  fill(to, 5, static_cast<std::int64_t>(now.is));
  fill(to, 6, static_cast<std::int64_t>(now.kind));
  fill(to, 7, std::int64_t{now.severity});
  fill(to, 8, std::int64_t{now.worst});
  fill(to, 9, now.due);
  fill(to, 10, static_cast<std::int64_t>(now.newest.state));
  fill(to, 11, static_cast<std::int64_t>(now.newest.kind));
  // Of what is over nothing is said again.
  fill(to, 12, now.is == fate::over ? std::string_view() : std::string_view(now.newest.line));
  step(keep_, "keep");
  finish(keep_);
  if (now.is == fate::over && ++kept_since_trim_ >= over_max / 16) trim_over();
}

void alert_book::trim_over() {
  kept_since_trim_ = 0;
  fill(trim_.get(), 1, static_cast<std::int64_t>(over_max));
  step(trim_, "trim");
  finish(trim_);
}

std::vector<alert_book::due_entry> alert_book::due_entries(std::int64_t now_ms, std::size_t most) {
  std::vector<due_entry> found;
  fill(due_.get(), 1, now_ms);
  fill(due_.get(), 2, static_cast<std::int64_t>(most));
  while (step(due_, "find")) {
    due_entry& one = found.emplace_back(due_entry{std::string(column_text(due_.get(), 9)), entry_at(due_.get())});
    one.of.newest.stream = column_text(due_.get(), 10);
    one.of.newest.number = static_cast<std::uint64_t>(sqlite3_column_int64(due_.get(), 11));
  }
  finish(due_);
  return found;
}

bool alert_book::put(std::string_view alert, std::int64_t due_ms, const queued_notice& added) {
  if (queued_ >= queue_max) return false;
  sqlite3_stmt* const to = put_.get();
  fill(to, 1, alert);
  fill(to, 2, due_ms);
  fill(to, 3, added.what.stream);
  fill(to, 4, static_cast<std::int64_t>(added.what.number));
  fill(to, 5, added.what.told);
  fill(to, 6, static_cast<std::int64_t>(added.what.state));
  fill(to, 7, static_cast<std::int64_t>(added.what.kind));
  fill(to, 8, std::int64_t{added.what.severity});
  fill(to, 9, std::int64_t{added.what.is_over ? 1 : 0});
  fill(to, 10, static_cast<std::int64_t>(added.first_kind));
  fill(to, 11, std::int64_t{added.first_severity});
  fill(to, 12, added.what.line);
  step(put_, "put");
  finish(put_);
  ++queued_;
  return true;
}

alert_book::message alert_book::next(std::string_view alert, std::int64_t now_ms) {
  message made;
  fill(tried_.get(), 1, alert);
  while (step(tried_, "next")) made.notices.push_back(queued_at(tried_.get()));
  finish(tried_);
  if (!made.notices.empty()) {
    made.id = made.notices.front().id;
    return made;
  }
  fill(untried_.get(), 1, alert);
  fill(untried_.get(), 2, now_ms);
  fill(untried_.get(), 3, static_cast<std::int64_t>(message_notices_max));
  std::size_t bytes = 0;
  while (bytes < message_bytes_max && step(untried_, "next")) {
    bytes += made.notices.emplace_back(queued_at(untried_.get())).what.line.size();
  }
  finish(untried_);
  if (made.notices.empty()) {
    fill(next_due_.get(), 1, alert);
    if (step(next_due_, "next")) made.next_due = sqlite3_column_int64(next_due_.get(), 0);
    finish(next_due_);
    return made;
  }
  made.id = made.notices.front().id;
  for (const queued_notice& one : made.notices) {
    fill(assign_.get(), 1, made.id);
    fill(assign_.get(), 2, one.id);
    step(assign_, "assign");
    finish(assign_);
  }
  return made;
}

void alert_book::acknowledge(std::string_view alert, std::int64_t id) {
  fill(acknowledge_.get(), 1, alert);
  fill(acknowledge_.get(), 2, id);
  step(acknowledge_, "acknowledge");
  finish(acknowledge_);
  if (database_ == nullptr) return;
  const auto gone = static_cast<std::size_t>(std::max<std::int64_t>(sqlite3_changes64(database_.get()), 0));
  queued_ -= std::min(queued_, gone);
}

std::uint64_t alert_book::drop_others(const std::vector<std::string>& alerts) {
  std::string list;
  // Names of alerts are plain words (is_plain_name): no quote is among their characters.
  for (const std::string& name : alerts) list.append(list.empty() ? "'" : ",'").append(name).append("'");
  const std::size_t before = queued_;
  const std::string but = " WHERE alert NOT IN (" + list + ")";
  run(("DELETE FROM queue" + but + "; DELETE FROM fate" + but + "; DELETE FROM budget" + but).c_str());
  queued_ = count_queue();
  return before - std::min(before, queued_);
}

std::string alert_book::budget_state(std::string_view alert) {
  fill(budget_.get(), 1, alert);
  std::string state;
  if (step(budget_, "find")) state = column_text(budget_.get(), 0);
  finish(budget_);
  return state;
}

void alert_book::keep_budget(std::string_view alert, std::string_view state) {
  fill(keep_budget_.get(), 1, alert);
  fill(keep_budget_.get(), 2, state);
  step(keep_budget_, "keep");
  finish(keep_budget_);
}

}  // namespace spindrift
