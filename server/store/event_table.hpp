// Events in an SQLite database: one table, prepared statements, no thread of its own.
//
// Text from outside is only ever bound as a parameter, never part of a statement. An event is known by its stream, its
// number and when it was told; storing it again (a newer version of it, replay after a crash) replaces it. Rows without
// a number are of version 2 and earlier: verdicts that were an anomaly, a drift or an alarm. One thread at a time; no
// exceptions. A database that SQLite finds broken is set aside by open() or, when found later, by the next call of
// reopen(). One of an earlier version is taken over by open(): of version 1 in some six seconds for 256 MiB, of
// version 2 in the time it takes to write one index, of versions 3 and 4 at once.
//
//   stream(id, name)
//   event(id, stream, ts, n, kinds, z, score, line, stored, number, severity, is_open, mark, held), in the order of
//   storing; `stored` is our clock, of its newest version, so that retention does not depend on what time a producer
//   claims explanation(id, stream, number, ts, evidence, picture), of events that have one: some 2 KB each, gone with
//   its event
//
// An event costs a place at the end of the table and in four indexes, and a batch dirties few pages as long as events
// come about in the order of their time:
//   event_key (ts, stream, n, number) says whether an event is new, and gives all events by time;
//   event_by_stream (block, stream, ts) gives those of one stream. A block is 4,096 events stored one after another: an
//   index by stream alone would dirty a page for nearly every event. A query asks each block, 250 for a million events;
//   event_by_look (ts, severity, kinds, is_open, number, stream) is gone through for whatever is chosen otherwise: a
//   hundred thousand events are a few megabytes of it;
//   event_by_stored (stored) is for retention, and for who comes again and has missed what was stored meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "server/store/database.hpp"
#include "server/store/status.hpp"

namespace spindrift {

struct history_event {
  std::string stream{};
  std::int64_t ts = 0;  // when it was told, milliseconds since the Unix epoch
  std::uint64_t n = 0;  // at which point of its stream
  std::uint64_t number = 0;
  std::uint16_t kinds = 0;  // one bit, 1 << event_kind
  int severity = 0;         // 1 to 100
  bool is_open = false;
  std::string line{};  // as it was sent, without the line feed; opaque here
  // What is to be written: the event, or of one that is there the picture, the mark or `is_held` alone.
  enum class part : std::uint8_t { whole, picture, mark, held };
  part writes = part::whole;
  std::string evidence{};  // JSON, of the notice that opened it; found by find_event() alone, as is the next
  std::string picture{};   // bytes, opaque here; empty: as it was
  std::string mark{};      // what a person has called it
  bool is_held = false;    // a budget keeps somebody from being told
};

struct history_query {
  std::vector<std::string> streams{};  // globs; empty: all
  std::int64_t since = INT64_MIN;      // of when it was told, milliseconds, inclusive
  std::size_t limit = 100;             // the newest so many
  std::int64_t until = INT64_MAX;      // as since
  std::uint16_t kinds = 0;             // bits, 1 << event_kind; 0: whatever there is
  int severity = 0;                    // at least
  std::optional<bool> is_open{};       // only those that are, or are not; as is the next
  std::optional<bool> is_held{};
  // By our clock, inclusive: in place of the times of telling, and in the order of storing. A newer version of an event
  // counts as stored when it came. The named streams are then looked for among all of them.
  std::optional<std::int64_t> stored_since{};
};

class event_table {
public:
  // Names whose ids are remembered, so that an event need not look for its own; all are forgotten beyond.
  static constexpr std::size_t stream_ids_max = 65'536;

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
  // The newest event of that number, with all that is known of it. Empty: there is none.
  storage_status find_event(const std::string& stream, std::uint64_t number, std::optional<history_event>& found);
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
  using statement = statement_handle;

  storage_status open_file();
  storage_status make_schema();
  storage_status prepare_statements();
  storage_status prepare(const char* text, statement& into);
  storage_status set_aside(const storage_status& why);
  storage_status run(const char* text);
  storage_status run(const statement& prepared, const char* doing);
  storage_status fault(const char* doing);
  storage_status insert_rows(std::span<const history_event> events, std::int64_t now_ms);
  storage_status insert_explanation(const history_event& event, std::int64_t stream);
  storage_status insert_held(const history_event& event, std::int64_t stream);
  storage_status insert_mark(const history_event& event, std::int64_t stream);
  storage_status intern(const std::string& name, std::int64_t& id);
  storage_status read(const statement& prepared, std::optional<std::int64_t>& number);
  storage_status choose_streams(const std::vector<std::string>& globs);
  storage_status find_matching(const history_query& query, std::int64_t limit, std::vector<history_event>& found);
  storage_status find_named(const history_query& query, std::int64_t limit, std::vector<history_event>& found);
  storage_status find_stored(const history_query& query, std::int64_t limit, std::vector<history_event>& found);
  storage_status find_of(const std::set<std::int64_t>& streams, const history_query& query, std::int64_t limit,
                         std::vector<history_event>& found);
  storage_status delete_with(const statement& prepared, std::int64_t bound, std::int64_t& deleted);
  storage_status forget_streams(std::int64_t deleted);
  storage_status collect(sqlite3_stmt* select, std::vector<history_event>& found);
  std::int64_t pragma(const char* text);

  std::string path_;
  std::uint64_t bytes_max_ = 0;
  database_handle database_;
  statement begin_, commit_, find_stream_, insert_stream_, insert_one_, insert_many_, find_before_, find_span_,
      find_one_, find_any_, delete_old_, delete_some_, delete_streams_, insert_explanation_, insert_mark_,
      find_numbered_, list_streams_, insert_held_, find_stored_;
  std::unordered_map<std::string, std::int64_t> stream_ids_;  // of names seen lately; none that may be rolled back
  std::int64_t deleted_ = 0;                                  // events, since names without events were looked for
  // Of the query that is running: the ids of the streams whose names match; null: all.
  std::unique_ptr<std::unordered_set<std::int64_t>> wanted_streams_;
  std::vector<storage_note> notes_;
};

}  // namespace spindrift
