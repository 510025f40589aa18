#include "server/store/event_table.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <tuple>
#include <utility>

#include "common/model/glob.hpp"

namespace spindrift {

namespace {

constexpr int schema_version = 1;
constexpr int set_aside_max = 10'000;
constexpr const char* in_memory = ":memory:";

std::string_view column_text(sqlite3_stmt* row, int column) {
  const auto* text = static_cast<const char*>(sqlite3_column_blob(row, column));
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return text == nullptr ? std::string_view{} : std::string_view(text, bytes);
}

void bind_text(sqlite3_stmt* statement, int parameter, std::string_view text) {
  // A null pointer would bind NULL; SQLite copies nothing, the text outlives the step.
  sqlite3_bind_text64(statement, parameter, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

// is_wanted(stream): does it match one of the globs of the query that is running?
void is_wanted(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* globs = *static_cast<const std::vector<std::string>**>(sqlite3_user_data(context));
  const auto* text = static_cast<const char*>(sqlite3_value_blob(values[0]));
  const std::string_view name(text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_value_bytes(values[0])));
  const bool is_match = globs->empty() || std::any_of(globs->begin(), globs->end(),
                                                      [&](const std::string& glob) { return matches(glob, name); });
  sqlite3_result_int(context, is_match ? 1 : 0);
}

bool is_exact_name(const std::string& glob) {
  return glob.find_first_of("*?") == std::string::npos;
}

// SQLite makes files by the umask, and its -wal and -shm with the mode of the database: so the database is made first.
void make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

}  // namespace

void event_table::database_closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}
void event_table::statement_closer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

event_table::~event_table() {
  close();
}

void event_table::close() {
  for (auto* each : {&insert_, &find_one_, &find_any_, &delete_old_, &delete_some_}) each->reset();
  database_ = nullptr;
}

std::vector<storage_note> event_table::take_notes() {
  return std::exchange(notes_, {});
}

storage_status event_table::fault(const char* doing) {
  const int code = database_ == nullptr ? SQLITE_CANTOPEN : sqlite3_errcode(database_.get());
  storage_fault kind = storage_fault::failed;
  if (code == SQLITE_FULL) kind = storage_fault::full;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) kind = storage_fault::damaged;
  const char* text = database_ == nullptr ? "no database" : sqlite3_errmsg(database_.get());
  return {kind, path_, 0, std::string(doing) + ": " + text};
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
  if (status.fault != storage_fault::damaged || path == in_memory) return status;
  if (auto renamed = set_file_aside(status); !renamed.ok()) return renamed;
  return open_file();
}

storage_status event_table::set_aside_and_reopen(const storage_status& why) {
  if (path_ != in_memory) {
    if (auto status = set_file_aside(why); !status.ok()) return status;
  }
  return open_file();
}

storage_status event_table::open_file() {
  close();
  if (path_ != in_memory) make_private_file(path_);
  sqlite3* made = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(path_.c_str(), &made, flags, nullptr);
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
  const std::int64_t version = pragma("PRAGMA user_version");
  if (version < 0) return fault("PRAGMA user_version");
  if (version > schema_version) return {storage_fault::damaged, path_, 0, "written by a later version of this program"};
  constexpr const char* schema =
      "PRAGMA auto_vacuum=INCREMENTAL;"
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=4194304;"
      "BEGIN IMMEDIATE;"
      "CREATE TABLE IF NOT EXISTS event("
      " stream TEXT NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL, kinds INTEGER NOT NULL, z REAL, score REAL,"
      " line TEXT NOT NULL, stored INTEGER NOT NULL, PRIMARY KEY(stream, ts, n)) WITHOUT ROWID;"
      "CREATE INDEX IF NOT EXISTS event_by_ts ON event(ts);"
      "CREATE INDEX IF NOT EXISTS event_by_stored ON event(stored);"
      "PRAGMA user_version=1;"
      "COMMIT;";
  if (auto status = run(schema); !status.ok()) return status;
  if (auto status = limit_bytes(bytes_max_); !status.ok()) return status;
  if (sqlite3_create_function_v2(database_.get(), "is_wanted", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &globs_, is_wanted,
                                 nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fault("is_wanted");
  }
  auto status = prepare("INSERT OR IGNORE INTO event VALUES(?1,?2,?3,?4,?5,?6,?7,?8)", insert_);
#define SPINDRIFT_EVENT_COLUMNS "SELECT stream, ts, n, kinds, z, score, line FROM event "
  if (status.ok()) {
    status = prepare(SPINDRIFT_EVENT_COLUMNS "WHERE stream=?3 AND ts>=?1 ORDER BY ts DESC, n DESC LIMIT ?2", find_one_);
  }
  if (status.ok()) {
    status = prepare(SPINDRIFT_EVENT_COLUMNS
                     "WHERE ts>=?1 AND is_wanted(stream) ORDER BY ts DESC, stream DESC, n DESC LIMIT ?2",
                     find_any_);
  }
#undef SPINDRIFT_EVENT_COLUMNS
  if (status.ok()) status = prepare("DELETE FROM event WHERE stored<?1", delete_old_);
  if (status.ok()) {
    status = prepare(
        "DELETE FROM event WHERE (stream, ts, n) IN (SELECT stream, ts, n FROM event ORDER BY stored, ts LIMIT ?1)",
        delete_some_);
  }
  return status;
}

storage_status event_table::set_file_aside(const storage_status& why) {
  close();
  for (int number = 1; number < set_aside_max; ++number) {
    const std::string into = path_ + ".damaged-" + std::to_string(number);
    if (::access(into.c_str(), F_OK) == 0) continue;
    if (std::rename(path_.c_str(), into.c_str()) != 0) break;
    // Left behind, the log of the old database would be played into the new one.
    for (const char* suffix : {"-wal", "-shm"}) std::rename((path_ + suffix).c_str(), (into + suffix).c_str());
    notes_.push_back({"history_set_aside", into, 0, 0, why.reason});
    return {};
  }
  return storage_error(errno, path_, 0, "cannot be set aside");
}

storage_status event_table::insert(std::span<const history_event> events, std::int64_t now_ms) {
  if (database_ == nullptr) return fault("insert");
  if (auto status = run("BEGIN IMMEDIATE"); !status.ok()) return status;
  auto status = insert_rows(events, now_ms);
  if (status.ok()) status = run("COMMIT");
  // A full disk may have rolled back already; a second time does no harm.
  if (!status.ok()) run("ROLLBACK");
  return status;
}

storage_status event_table::insert_rows(std::span<const history_event> events, std::int64_t now_ms) {
  auto* row = insert_.get();
  for (const auto& event : events) {
    bind_text(row, 1, event.stream);
    sqlite3_bind_int64(row, 2, event.ts);
    sqlite3_bind_int64(row, 3, static_cast<std::int64_t>(event.n));
    sqlite3_bind_int(row, 4, event.kinds);
    sqlite3_bind_double(row, 5, event.z);
    event.score.has_value() ? sqlite3_bind_double(row, 6, *event.score) : sqlite3_bind_null(row, 6);
    bind_text(row, 7, event.line);
    sqlite3_bind_int64(row, 8, now_ms);
    const int result = sqlite3_step(row);
    auto status = result == SQLITE_DONE ? storage_status{} : fault("insert");
    sqlite3_reset(row);
    if (!status.ok()) return status;
  }
  return {};
}

storage_status event_table::collect(sqlite3_stmt* select, std::vector<history_event>& found) {
  int result = sqlite3_step(select);
  for (; result == SQLITE_ROW; result = sqlite3_step(select)) {
    auto& event = found.emplace_back();
    event.stream = column_text(select, 0);
    event.ts = sqlite3_column_int64(select, 1);
    event.n = static_cast<std::uint64_t>(sqlite3_column_int64(select, 2));
    event.kinds = static_cast<std::uint8_t>(sqlite3_column_int(select, 3));
    event.z = sqlite3_column_double(select, 4);
    if (sqlite3_column_type(select, 5) != SQLITE_NULL) event.score = sqlite3_column_double(select, 5);
    event.line = column_text(select, 6);
  }
  auto status = result == SQLITE_DONE ? storage_status{} : fault("select");
  sqlite3_reset(select);
  return status;
}

storage_status event_table::find(const history_query& query, std::vector<history_event>& found) {
  found.clear();
  if (database_ == nullptr) return fault("select");
  const auto limit = static_cast<std::int64_t>(std::min<std::size_t>(query.limit, INT32_MAX));
  const bool is_exact =
      !query.streams.empty() && std::all_of(query.streams.begin(), query.streams.end(), is_exact_name);
  auto* select = is_exact ? find_one_.get() : find_any_.get();
  sqlite3_bind_int64(select, 1, query.since);
  sqlite3_bind_int64(select, 2, limit);
  storage_status status;
  if (is_exact) {
    auto names = query.streams;  // named streams are found by the key; each once
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (std::size_t at = 0; at < names.size() && status.ok(); ++at) {
      bind_text(select, 3, names[at]);
      status = collect(select, found);
    }
  } else {
    globs_ = &query.streams;
    status = collect(select, found);
    globs_ = nullptr;
  }
  std::sort(found.begin(), found.end(), [](const history_event& a, const history_event& b) {
    return std::tie(a.ts, a.stream, a.n) < std::tie(b.ts, b.stream, b.n);
  });
  const auto surplus = found.size() - std::min(found.size(), static_cast<std::size_t>(limit));
  found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(surplus));
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
  constexpr std::int64_t at_a_time = 1'000;
  sqlite3_bind_int64(delete_old_.get(), 1, oldest_ms);
  int result = sqlite3_step(delete_old_.get());
  auto status = result == SQLITE_DONE ? storage_status{} : fault("delete");
  sqlite3_reset(delete_old_.get());
  bool deletes = true;
  while (status.ok() && bytes_max != 0 && deletes && bytes_used() > bytes_max) {
    sqlite3_bind_int64(delete_some_.get(), 1, at_a_time);
    result = sqlite3_step(delete_some_.get());
    if (result != SQLITE_DONE) status = fault("delete");
    sqlite3_reset(delete_some_.get());
    deletes = sqlite3_changes(database_.get()) > 0;
  }
  // Given back to the file system a piece at a time, so that no single call rewrites a large file.
  if (status.ok()) status = run("PRAGMA incremental_vacuum(4096)");
  return status;
}

storage_status event_table::checkpoint() {
  if (database_ == nullptr) return fault("checkpoint");
  return run("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace spindrift
