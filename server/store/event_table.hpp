// Events (anomalies, drifts, alarms) in an SQLite database: one table, prepared statements, no thread of its own.
//
// Text from outside is only ever bound as a parameter, never part of a statement. An event is known by stream, time
// and number; storing it again (replay after a crash) changes nothing. One thread at a time; no exceptions. A database
// that SQLite finds broken is set aside by open() or, when found later, by the next call of reopen().
//
//   event(stream, ts, n, kinds, z, score, line, stored), keyed by (stream, ts, n); `stored` is our clock, so that
//   retention does not depend on what time a producer claims
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/status.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace spindrift {

// Bits of history_event::kinds.
enum class event_kind : std::uint8_t { anomaly = 1, drift = 2, alarm = 4 };

struct history_event {
  std::string stream{};
  std::int64_t ts = 0;  // milliseconds since the Unix epoch
  std::uint64_t n = 0;
  std::uint8_t kinds = 0;
  double z = 0;
  std::optional<double> score{};
  std::string line{};  // the verdict as it was sent, without the line feed; opaque here
};

struct history_query {
  std::vector<std::string> streams{};  // globs; empty: all
  std::int64_t since = INT64_MIN;      // milliseconds, inclusive
  std::size_t limit = 100;             // the newest so many
};

class event_table {
public:
  event_table() = default;
  ~event_table();
  event_table(const event_table&) = delete;
  event_table& operator=(const event_table&) = delete;

  // `path` ":memory:" keeps it in memory. A broken database is renamed to <path>.damaged-<n> and noted.
  storage_status open(const std::string& path);
  void close();
  bool is_open() const { return database_ != nullptr; }
  std::vector<storage_note> take_notes();

  // In one transaction, all or none. `full` may pass; `damaged`: set it aside.
  storage_status insert(std::span<const history_event> events, std::int64_t now_ms);
  // Newest last, at most `limit`.
  storage_status find(const history_query& query, std::vector<history_event>& found);
  // Deletes what was stored before `oldest_ms`, then the oldest until the database fits `bytes_max` (0: any size).
  storage_status retain(std::int64_t oldest_ms, std::uint64_t bytes_max);
  // Puts the write-ahead log into the database and both on the disk.
  storage_status checkpoint();
  storage_status reopen() { return open(std::string(path_)); }
  // For a database that turned out to be broken while it was in use; `why` goes into the note.
  storage_status set_aside_and_reopen(const storage_status& why);
  std::uint64_t bytes_used();
  // A hard bound: a transaction that would grow the file beyond it is `full`. 0: none. Holds from now on, also for the
  // next database that is opened here.
  storage_status limit_bytes(std::uint64_t bytes_max);

private:
  struct database_closer {
    void operator()(sqlite3* database) const;
  };
  struct statement_closer {
    void operator()(sqlite3_stmt* statement) const;
  };
  using statement = std::unique_ptr<sqlite3_stmt, statement_closer>;

  storage_status open_file();
  storage_status make_schema();
  storage_status prepare(const char* text, statement& into);
  storage_status set_file_aside(const storage_status& why);
  storage_status run(const char* text);
  storage_status fault(const char* doing);
  storage_status insert_rows(std::span<const history_event> events, std::int64_t now_ms);
  storage_status collect(sqlite3_stmt* select, std::vector<history_event>& found);
  std::int64_t pragma(const char* text);

  std::string path_;
  std::uint64_t bytes_max_ = 0;
  std::unique_ptr<sqlite3, database_closer> database_;
  statement insert_, find_one_, find_any_, delete_old_, delete_some_;
  const std::vector<std::string>* globs_ = nullptr;  // of the query that is running
  std::vector<storage_note> notes_;
};

}  // namespace spindrift
