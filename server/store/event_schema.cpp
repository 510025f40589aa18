// Makes the tables of the event table, or takes over those of an earlier version.
#include "server/store/event_schema.hpp"

#include <sqlite3.h>

namespace spindrift {
namespace {

constexpr int schema_version = 5;

// No auto_vacuum: its maps of pages cost 15 % of an event, and a table at its limit moves pages with every batch.
constexpr const char* connection_settings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=4194304;";

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS stream(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE IF NOT EXISTS event("
    " id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL, kinds INTEGER NOT NULL,"
    " z REAL, score REAL, line TEXT NOT NULL, stored INTEGER NOT NULL, number INTEGER NOT NULL DEFAULT 0,"
    " severity INTEGER NOT NULL DEFAULT 0, is_open INTEGER NOT NULL DEFAULT 0, mark TEXT,"
    " held INTEGER NOT NULL DEFAULT 0);"
    "CREATE UNIQUE INDEX IF NOT EXISTS event_key ON event(ts, stream, n, number);"
    "CREATE INDEX IF NOT EXISTS event_by_stream ON event(id>>12, stream, ts);"
    "CREATE INDEX IF NOT EXISTS event_by_stored ON event(stored);"
    "CREATE INDEX IF NOT EXISTS event_by_look ON event(ts, severity, kinds, is_open, number, stream);"
    "CREATE TABLE IF NOT EXISTS explanation("
    " id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, number INTEGER NOT NULL, ts INTEGER NOT NULL,"
    " evidence TEXT NOT NULL, picture BLOB NOT NULL);"
    "CREATE UNIQUE INDEX IF NOT EXISTS explanation_key ON explanation(stream, number);"
    "CREATE TRIGGER IF NOT EXISTS event_gone AFTER DELETE ON event BEGIN"
    " DELETE FROM explanation WHERE stream=OLD.stream AND number=OLD.number AND ts=OLD.ts; END;";

// Version 1 was one table with the names in it, ordered by (stream, ts, n).
constexpr const char* give_way_1 =
    "DROP INDEX event_by_ts; DROP INDEX event_by_stored; ALTER TABLE event RENAME TO event_1;";
constexpr const char* take_over_1 =
    "INSERT INTO stream(name) SELECT DISTINCT stream FROM event_1;"
    "INSERT INTO event(stream, ts, n, kinds, z, score, line, stored)"
    " SELECT stream.id, ts, n, kinds, z, score, line, stored"
    " FROM event_1 JOIN stream ON stream.name=event_1.stream ORDER BY stored, ts;"
    "DROP TABLE event_1;";

// Version 2 had no numbers: what it kept were verdicts, whose `kinds` meant something else.
constexpr const char* take_over_2 =
    "DROP INDEX event_key;"
    "ALTER TABLE event ADD COLUMN number INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE event ADD COLUMN severity INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE event ADD COLUMN is_open INTEGER NOT NULL DEFAULT 0;";

// Version 3 had no explanations and no marks.
constexpr const char* take_over_3 = "ALTER TABLE event ADD COLUMN mark TEXT;";

// Version 4 did not know of alerts.
constexpr const char* take_over_4 = "ALTER TABLE event ADD COLUMN held INTEGER NOT NULL DEFAULT 0;";

bool runs(sqlite3* database, const char* text, const char*& doing) {
  doing = text;
  return sqlite3_exec(database, text, nullptr, nullptr, nullptr) == SQLITE_OK;
}

// -1: cannot be read.
int version_of(sqlite3* database) {
  sqlite3_stmt* select = nullptr;
  if (sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &select, nullptr) != SQLITE_OK) return -1;
  const int version = sqlite3_step(select) == SQLITE_ROW ? sqlite3_column_int(select, 0) : -1;
  sqlite3_finalize(select);
  return version;
}

}  // namespace

event_schema_result make_event_schema(sqlite3* database, const char*& doing) {
  doing = "PRAGMA user_version";
  const int version = version_of(database);
  if (version < 0) return event_schema_result::failed;
  if (version > schema_version) return event_schema_result::later;
  const bool is_1 = version == 1;
  bool good = runs(database, connection_settings, doing) && runs(database, "BEGIN IMMEDIATE", doing);
  if (good && is_1) good = runs(database, give_way_1, doing);
  if (good && version == 2) good = runs(database, take_over_2, doing);
  if (good && (version == 2 || version == 3)) good = runs(database, take_over_3, doing);
  if (good && version >= 2 && version <= 4) good = runs(database, take_over_4, doing);
  good = good && runs(database, schema, doing);
  if (good && is_1) good = runs(database, take_over_1, doing);
  good = good && runs(database, "PRAGMA user_version=5; COMMIT", doing);
  // Version 1 had auto_vacuum: the pages of its table are given back.
  if (good && is_1) good = runs(database, "PRAGMA incremental_vacuum", doing);
  return good ? event_schema_result::ready : event_schema_result::failed;
}

}  // namespace spindrift
