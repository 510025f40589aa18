#include "server/store/event_table.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "common/model/glob.hpp"
#include "tests/unit/store/event_table_folder.hpp"

namespace spindrift {
namespace {

history_event event(std::string stream, std::int64_t ts, std::uint64_t n) {
  history_event made;
  made.stream = std::move(stream);
  made.ts = ts;
  made.n = n;
  made.number = n;
  made.kinds = 1;
  made.severity = 40;
  made.line = "{\"n\":" + std::to_string(n) + "}";
  return made;
}

class event_table_file : public event_table_folder {
protected:
  std::string ids(const history_query& query) {
    std::vector<history_event> found;
    const auto status = table_.find(query, found);
    EXPECT_TRUE(status.ok()) << status.text();
    std::string text;
    for (const auto& each : found) text += each.stream + "/" + std::to_string(each.n) + " ";
    return text;
  }
  std::string all() { return ids({{}, INT64_MIN, 1'000}); }
};

TEST_F(event_table_file, gives_what_was_stored_since_in_that_order_newer_versions_among_them) {
  ASSERT_TRUE(table_.open(path_).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("a", 30, 1), event("b", 20, 2)}, 100).ok());
  ASSERT_TRUE(table_.insert(std::vector<history_event>(1, event("late", 5, 3)), 200).ok());
  auto closed = event("a", 30, 1);
  closed.line = "{\"n\":1,\"state\":\"closed\"}";
  ASSERT_TRUE(table_.insert(std::vector{closed, event("b", 20, 2)}, 300).ok());
  history_query since;
  since.stored_since = 150;
  EXPECT_EQ(ids(since), "late/3 a/1 ") << "b was stored again as it was";
  since.streams = {"l*"};
  EXPECT_EQ(ids(since), "late/3 ");
  since.streams.clear();
  since.limit = 1;
  EXPECT_EQ(ids(since), "a/1 ");
}

TEST_F(event_table_file, gives_events_back_newest_last) {
  ASSERT_TRUE(table_.open(path_).ok());
  auto alarm = event("b", 20, 7);
  alarm.kinds = 1U << 8U;
  alarm.severity = 81;
  alarm.is_open = true;
  ASSERT_TRUE(table_.insert(std::vector{event("a", 30, 3), alarm, event("a", 10, 1)}, 0).ok());
  EXPECT_EQ(all(), "a/1 b/7 a/3 ");
  std::vector<history_event> found;
  ASSERT_TRUE(table_.find({{"b"}, 0, 10}, found).ok());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kinds, 1U << 8U);
  EXPECT_EQ(found[0].number, 7U);
  EXPECT_EQ(found[0].ts, 20);
  EXPECT_EQ(found[0].severity, 81);
  EXPECT_TRUE(found[0].is_open);
  EXPECT_EQ(found[0].line, "{\"n\":7}");
}

TEST_F(event_table_file, selects_by_names_globs_time_and_number) {
  ASSERT_TRUE(table_.open(path_).ok());
  std::vector<history_event> events;
  for (std::uint64_t n = 1; n <= 5; ++n) {
    for (const char* stream : {"cpu.1", "cpu.2", "mem"})
      events.push_back(event(stream, static_cast<std::int64_t>(n), n));
  }
  ASSERT_TRUE(table_.insert(events, 0).ok());
  EXPECT_EQ(ids({{"mem"}, INT64_MIN, 2}), "mem/4 mem/5 ");
  EXPECT_EQ(ids({{"mem", "cpu.1", "mem", "none"}, 5, 100}), "cpu.1/5 mem/5 ");
  EXPECT_EQ(ids({{"cpu.*"}, 5, 100}), "cpu.1/5 cpu.2/5 ");
  EXPECT_EQ(ids({{"?em", "cpu.2"}, 5, 100}), "cpu.2/5 mem/5 ");
  EXPECT_EQ(ids({{"*"}, INT64_MIN, 4}), "mem/4 cpu.1/5 cpu.2/5 mem/5 ");
  EXPECT_EQ(ids({{"*"}, 6, 100}), "");
  EXPECT_EQ(ids({{"*"}, 0, 0}), "");
}

TEST_F(event_table_file, takes_an_event_that_it_has_only_once) {
  ASSERT_TRUE(table_.open(path_).ok());
  for (int replay = 0; replay < 3; ++replay) {
    ASSERT_TRUE(table_.insert(std::vector{event("a", 10, 1), event("a", 20, 2)}, replay).ok());
  }
  EXPECT_EQ(all(), "a/1 a/2 ");
  // The same number at another time is another life of the stream.
  ASSERT_TRUE(table_.insert(std::vector{event("a", 30, 1)}, 0).ok());
  EXPECT_EQ(all(), "a/1 a/2 a/1 ");
}

TEST_F(event_table_file, takes_an_event_that_it_has_only_once_over_a_restart_and_within_a_batch) {
  std::vector<history_event> events;
  for (std::uint64_t n = 1; n <= 250; ++n) events.push_back(event("a", static_cast<std::int64_t>(n), n));
  events.insert(events.end(), events.begin(), events.begin() + 100);
  for (int life = 0; life < 3; ++life) {
    ASSERT_TRUE(table_.open(path_).ok());
    ASSERT_TRUE(table_.insert(events, life).ok());
    std::reverse(events.begin(), events.end());
    std::vector<history_event> found;
    ASSERT_TRUE(table_.find({{"a"}, INT64_MIN, 1'000}, found).ok());
    EXPECT_EQ(found.size(), 250U);
    table_.close();
  }
}

TEST_F(event_table_file, tells_streams_apart_whose_names_differ_only_in_case) {
  for (int life = 0; life < 2; ++life) {
    ASSERT_TRUE(table_.open(path_).ok());
    ASSERT_TRUE(table_.insert(std::vector{event("cpu", 1, 1), event("CPU", 1, 1), event("Cpu", 1, 1)}, 0).ok());
    EXPECT_EQ(all(), "CPU/1 Cpu/1 cpu/1 ");
    EXPECT_EQ(ids({{"CPU"}, 0, 10}), "CPU/1 ");
    EXPECT_EQ(ids({{"cpu", "Cpu"}, 0, 10}), "Cpu/1 cpu/1 ");
    EXPECT_EQ(ids({{"C*"}, 0, 10}), "CPU/1 Cpu/1 ");
    table_.close();
  }
}

// Method: thousands of events (several blocks of the index by stream) with times that come in no order and often
// together, against the same selection made here from a sorted list.
TEST_F(event_table_file, selects_among_many_streams_as_a_plain_list_would) {
  ASSERT_TRUE(table_.open(path_).ok());
  std::mt19937_64 random(7);
  std::vector<history_event> events;
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    const auto ts = static_cast<std::int64_t>(n / 4 + random() % 3'000);
    events.push_back(event("s" + std::to_string(random() % 300), ts, n));
    events.back().line = "{}";
  }
  for (std::size_t at = 0; at < events.size(); at += 1'000) {
    ASSERT_TRUE(table_.insert(std::span(events).subspan(at, 1'000), 0).ok());
  }
  std::sort(events.begin(), events.end(), [](const history_event& a, const history_event& b) {
    return std::tie(a.ts, a.stream, a.n) < std::tie(b.ts, b.stream, b.n);
  });
  const std::vector<std::vector<std::string>> selections{
      {"s7"}, {"s1", "s22", "s299", "s300"}, {"nobody"}, {"s1?"}, {"*9", "s7"}, {"*"}, {}, {"t*"}};
  for (const auto& streams : selections) {
    for (const std::int64_t since : {std::int64_t{INT64_MIN}, std::int64_t{4'000}, std::int64_t{7'990}}) {
      for (const std::size_t limit : {1U, 10U, 100U, 1'000U}) {
        std::vector<std::string> wanted;
        for (auto each = events.rbegin(); each != events.rend() && wanted.size() < limit; ++each) {
          const bool is_named =
              streams.empty() || std::any_of(streams.begin(), streams.end(),
                                             [&](const std::string& glob) { return matches(glob, each->stream); });
          if (each->ts >= since && is_named) wanted.push_back(each->stream + "/" + std::to_string(each->n) + " ");
        }
        std::string text;
        for (auto each = wanted.rbegin(); each != wanted.rend(); ++each) text += *each;
        ASSERT_EQ(ids({streams, since, limit}), text)
            << (streams.empty() ? "all" : streams[0]) << " since " << since << " limit " << limit;
      }
    }
  }
}

TEST_F(event_table_file, holds_hostile_text_as_text) {
  ASSERT_TRUE(table_.open(path_).ok());
  const std::vector<std::string> names{
      "'; DROP TABLE event; --", "\"", "[a-z]", "%", "_", "", "\xff\xfe", std::string("nul\0inside", 10),
      "a'||(SELECT 1)||'"};
  std::vector<history_event> events;
  for (const auto& name : names) {
    events.push_back(event(name, 1, events.size() + 1));
    events.back().line = name;
  }
  ASSERT_TRUE(table_.insert(events, 0).ok());
  for (std::size_t at = 0; at < names.size(); ++at) {
    std::vector<history_event> found;
    ASSERT_TRUE(table_.find({{names[at]}, 0, 100}, found).ok());
    ASSERT_EQ(found.size(), 1U) << names[at];
    EXPECT_EQ(found[0].stream, names[at]);
    EXPECT_EQ(found[0].line, names[at]);
    EXPECT_EQ(found[0].n, at + 1);
  }
  EXPECT_EQ(ids({{"[a-*"}, 0, 100}), "[a-z]/3 ");
  EXPECT_EQ(ids({{"zzz*", "%"}, 0, 100}), "%/4 ");
}

TEST_F(event_table_file, forgets_by_the_time_of_storing_not_by_the_time_of_the_event) {
  ASSERT_TRUE(table_.open(path_).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("new", 1, 1)}, 2'000).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("old", 9'999'999, 1)}, 1'000).ok());
  ASSERT_TRUE(table_.retain(1'500, 0).ok());
  EXPECT_EQ(all(), "new/1 ");
}

TEST_F(event_table_file, forgets_each_event_by_its_own_time_of_storing_whatever_the_clock_did) {
  ASSERT_TRUE(table_.open(path_).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("c", 3, 1)}, 1'000).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("ahead", 2, 1)}, 9'000).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("b", 1, 1)}, 2'000).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("a", 4, 1)}, 3'000).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("c", 3, 1)}, 8'000).ok()) << "a replay does not make it younger";
  ASSERT_TRUE(table_.retain(2'000, 0).ok());
  EXPECT_EQ(all(), "b/1 ahead/1 a/1 ");
  ASSERT_TRUE(table_.retain(2'001, 0).ok());
  EXPECT_EQ(all(), "ahead/1 a/1 ");
}

TEST_F(event_table_file, forgets_names_with_their_events) {
  ASSERT_TRUE(table_.open(path_).ok());
  for (std::int64_t batch = 0; batch < 20; ++batch) {
    std::vector<history_event> events;
    for (std::uint64_t at = 0; at < 2'000; ++at) {
      events.push_back(event(std::to_string(batch * 10'000 + static_cast<std::int64_t>(at)), batch, at));
      events.back().stream.resize(128, 'x');
    }
    events.push_back(event("stays", batch, 1));
    ASSERT_TRUE(table_.insert(events, batch).ok());
    ASSERT_TRUE(table_.retain(batch, 0).ok());
    ASSERT_LT(table_.bytes_used(), 3U << 20U) << "in batch " << batch;
  }
  EXPECT_EQ(ids({{"stays"}, 0, 100}), "stays/1 ");
}

TEST_F(event_table_file, stays_within_its_size_by_forgetting_the_oldest) {
  ASSERT_TRUE(table_.open(path_).ok());
  constexpr std::uint64_t bytes_max = 1U << 20U;
  for (std::uint64_t batch = 0; batch < 20; ++batch) {
    std::vector<history_event> events;
    for (std::uint64_t at = 0; at < 1'000; ++at) {
      events.push_back(event("stream", static_cast<std::int64_t>(batch * 1'000 + at), batch * 1'000 + at));
      events.back().line.assign(200, 'x');
    }
    ASSERT_TRUE(table_.insert(events, static_cast<std::int64_t>(batch)).ok());
    ASSERT_TRUE(table_.retain(INT64_MIN, bytes_max).ok());
    ASSERT_LE(table_.bytes_used(), bytes_max);
  }
  ASSERT_TRUE(table_.checkpoint().ok());
  std::vector<history_event> found;
  ASSERT_TRUE(table_.find({{}, INT64_MIN, 100'000}, found).ok());
  ASSERT_GT(found.size(), 1'000U);
  EXPECT_EQ(found.back().n, 19'999U);
  EXPECT_EQ(found.back().n - found.front().n, found.size() - 1) << "there is a hole";
  EXPECT_LT(std::filesystem::file_size(path_), 4 * bytes_max);
}

TEST_F(event_table_file, makes_its_files_for_the_owner_only) {
  ASSERT_TRUE(table_.open(path_).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("a", 1, 1)}, 0).ok());
  int files = 0;
  for (const auto& each : std::filesystem::directory_iterator(root_)) {
    struct stat facts {};
    ASSERT_EQ(::stat(each.path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U) << each.path();
    ++files;
  }
  EXPECT_EQ(files, 3);
}

TEST_F(event_table_file, takes_over_the_events_of_version_1) {
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &old), SQLITE_OK);
  constexpr const char* version_1 =
      "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"
      "CREATE TABLE event("
      " stream TEXT NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL, kinds INTEGER NOT NULL, z REAL, score REAL,"
      " line TEXT NOT NULL, stored INTEGER NOT NULL, PRIMARY KEY(stream, ts, n)) WITHOUT ROWID;"
      "CREATE INDEX event_by_ts ON event(ts); CREATE INDEX event_by_stored ON event(stored);"
      "INSERT INTO event "
      "VALUES('b',20,1,3,-1.5,NULL,'{1}',900),('a',10,1,1,2,4.25,'{2}',700),('a',30,2,1,2,NULL,'',800);"
      "PRAGMA user_version=1;";
  ASSERT_EQ(sqlite3_exec(old, version_1, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(old);
  sqlite3_close(old);
  ASSERT_TRUE(table_.open(path_).ok());
  EXPECT_TRUE(table_.take_notes().empty());
  std::vector<history_event> found;
  ASSERT_TRUE(table_.find({{}, INT64_MIN, 100}, found).ok());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].stream, "a");
  EXPECT_EQ(found[0].number, 0U);
  EXPECT_EQ(found[0].line, "{2}");
  EXPECT_EQ(found[1].stream, "b");
  EXPECT_EQ(found[1].kinds, 0);  // what a verdict was has no kind of event
  ASSERT_TRUE(table_.insert(std::vector{event("b", 20, 1), event("b", 40, 2)}, 1'000).ok());
  EXPECT_EQ(all(), "a/1 b/1 b/1 a/2 b/2 ") << "a verdict of before and an event told at the same point";
  ASSERT_TRUE(table_.reopen().ok());
  ASSERT_TRUE(table_.retain(850, 0).ok());
  EXPECT_EQ(all(), "b/1 b/1 b/2 ");
}

TEST_F(event_table_file, takes_over_the_verdicts_of_version_2) {
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &old), SQLITE_OK);
  constexpr const char* version_2 =
      "PRAGMA journal_mode=WAL; CREATE TABLE stream(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
      "CREATE TABLE event(id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL,"
      " kinds INTEGER NOT NULL, z REAL, score REAL, line TEXT NOT NULL, stored INTEGER NOT NULL);"
      "CREATE UNIQUE INDEX event_key ON event(ts, stream, n);"
      "CREATE INDEX event_by_stream ON event(id>>12, stream, ts); CREATE INDEX event_by_stored ON event(stored);"
      "INSERT INTO stream VALUES(1,'a');"
      "INSERT INTO event(stream,ts,n,kinds,z,score,line,stored) "
      "VALUES(1,10,1,1,2,4.25,'{1}',700),(1,20,2,3,-1,NULL,'{2}',800);"
      "PRAGMA user_version=2;";
  ASSERT_EQ(sqlite3_exec(old, version_2, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(old);
  sqlite3_close(old);
  ASSERT_TRUE(table_.open(path_).ok());
  EXPECT_EQ(all(), "a/1 a/2 ");
  ASSERT_TRUE(table_.insert(std::vector{event("a", 20, 2), event("a", 40, 5)}, 1'000).ok());
  EXPECT_EQ(all(), "a/1 a/2 a/2 a/5 ");
  history_query spikes;
  spikes.kinds = 1;
  EXPECT_EQ(ids(spikes), "a/2 a/5 ");
}

TEST_F(event_table_file, takes_over_the_events_of_version_3) {
  sqlite3* old = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &old), SQLITE_OK);
  constexpr const char* version_3 =
      "PRAGMA journal_mode=WAL; CREATE TABLE stream(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
      "CREATE TABLE event(id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, ts INTEGER NOT NULL, n INTEGER NOT NULL,"
      " kinds INTEGER NOT NULL, z REAL, score REAL, line TEXT NOT NULL, stored INTEGER NOT NULL,"
      " number INTEGER NOT NULL DEFAULT 0, severity INTEGER NOT NULL DEFAULT 0, is_open INTEGER NOT NULL DEFAULT 0);"
      "CREATE UNIQUE INDEX event_key ON event(ts, stream, n, number);"
      "CREATE INDEX event_by_stream ON event(id>>12, stream, ts); CREATE INDEX event_by_stored ON event(stored);"
      "INSERT INTO stream VALUES(1,'a');"
      "INSERT INTO event(stream,ts,n,kinds,line,stored,number,severity) VALUES(1,10,1,1,'{1}',700,1,50);"
      "PRAGMA user_version=3;";
  ASSERT_EQ(sqlite3_exec(old, version_3, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(old);
  sqlite3_close(old);
  ASSERT_TRUE(table_.open(path_).ok());
  EXPECT_EQ(all(), "a/1 ");
  std::optional<history_event> found;
  ASSERT_TRUE(table_.find_event("a", 1, found).ok());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->line, "{1}");
  EXPECT_TRUE(found->evidence.empty());
  history_event mark = event("a", 10, 1);
  mark.writes = history_event::part::mark;
  mark.mark = "real";
  ASSERT_TRUE(table_.insert(std::vector{mark}, 1'000).ok());
  ASSERT_TRUE(table_.find_event("a", 1, found).ok());
  EXPECT_EQ(found->mark, "real");
}

TEST_F(event_table_file, keeps_the_newest_version_of_an_event) {
  ASSERT_TRUE(table_.open(path_).ok());
  auto shift = event("a", 10, 1);
  shift.is_open = true;
  ASSERT_TRUE(table_.insert(std::vector{shift}, 0).ok());
  shift.is_open = false;
  shift.severity = 90;
  shift.kinds = 2;
  shift.line = "{over}";
  ASSERT_TRUE(table_.insert(std::vector{event("a", 5, 9), shift}, 0).ok());
  std::vector<history_event> found;
  ASSERT_TRUE(table_.find({{"a"}, 0, 10}, found).ok());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].line, "{over}");
  EXPECT_EQ(found[1].severity, 90);
  EXPECT_EQ(found[1].kinds, 2);
  EXPECT_FALSE(found[1].is_open);
}

// Both ways of finding: by names and by patterns.
TEST_F(event_table_file, selects_by_end_kind_severity_and_state) {
  ASSERT_TRUE(table_.open(path_).ok());
  std::vector<history_event> events;
  for (std::uint64_t n = 1; n <= 40; ++n) {
    auto made = event("a", static_cast<std::int64_t>(n), n);
    made.kinds = static_cast<std::uint16_t>(1U << (n % 4));
    made.severity = static_cast<int>(n);
    made.is_open = n % 8 == 1;
    events.push_back(made);
  }
  ASSERT_TRUE(table_.insert(events, 0).ok());
  for (const char* const name : {"a", "a*"}) {
    history_query query{{name}, 0, 100};
    query.until = 3;
    EXPECT_EQ(ids(query), "a/1 a/2 a/3 ");
    query = {{name}, 0, 100};
    query.severity = 39;
    EXPECT_EQ(ids(query), "a/39 a/40 ");
    query = {{name}, 0, 100};
    query.kinds = 1U << 3U;
    query.until = 11;
    EXPECT_EQ(ids(query), "a/3 a/7 a/11 ");
    query = {{name}, 0, 100};
    query.is_open = true;
    EXPECT_EQ(ids(query), "a/1 a/9 a/17 a/25 a/33 ");
    query.is_open = false;
    query.until = 2;
    EXPECT_EQ(ids(query), "a/2 ");
  }
}

TEST_F(event_table_file, sets_a_file_of_a_later_version_aside) {
  ASSERT_TRUE(table_.open(path_).ok());
  table_.close();
  sqlite3* later = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &later), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(later, "PRAGMA user_version=6", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(later);
  ASSERT_TRUE(table_.open(path_).ok());
  EXPECT_EQ(table_.take_notes().size(), 1U);
  ASSERT_TRUE(table_.insert(std::vector{event("a", 1, 1)}, 0).ok());
}

TEST_F(event_table_file, sets_a_file_that_is_no_database_aside) {
  for (int time = 1; time <= 2; ++time) {
    table_.close();
    std::ofstream(path_, std::ios::trunc) << std::string(10'000, 'x');
    ASSERT_TRUE(table_.open(path_).ok());
    const auto notes = table_.take_notes();
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].file, path_ + ".damaged-" + std::to_string(time));
    EXPECT_TRUE(std::filesystem::exists(notes[0].file));
    ASSERT_TRUE(table_.insert(std::vector{event("a", 1, 1)}, 0).ok());
    EXPECT_EQ(all(), "a/1 ");
  }
}

TEST_F(event_table_file, reports_pages_that_were_damaged_and_can_begin_anew) {
  ASSERT_TRUE(table_.open(path_).ok());
  std::vector<history_event> events;
  for (std::uint64_t n = 0; n < 5'000; ++n) events.push_back(event("stream", static_cast<std::int64_t>(n), n));
  ASSERT_TRUE(table_.insert(events, 0).ok());
  table_.close();
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = std::filesystem::file_size(path_);
    for (std::uintmax_t at = 3 * 4096; at < size; at += 4096) {
      file.seekp(static_cast<std::streamoff>(at));
      file.write(std::string(4096, '\x55').data(), 4096);
    }
  }
  auto status = table_.open(path_);
  if (status.ok()) status = table_.insert(std::vector{event("stream", 2'500, 2'500), event("a", 1, 1)}, 0);
  if (!status.ok()) {
    ASSERT_EQ(status.fault, storage_fault::damaged) << status.text();
    ASSERT_TRUE(table_.set_aside_and_reopen(status).ok());
    EXPECT_EQ(all(), "");
  }
  ASSERT_TRUE(table_.insert(std::vector{event("new", 1, 1)}, 0).ok());
  EXPECT_FALSE(table_.take_notes().empty());
}

TEST_F(event_table_file, inserts_all_or_none_when_the_disk_is_full) {
  ASSERT_TRUE(table_.open(path_).ok());
  ASSERT_TRUE(table_.insert(std::vector{event("a", 1, 1)}, 0).ok());
  ASSERT_TRUE(table_.limit_bytes(12 * 4096).ok());
  std::vector<history_event> many;
  for (std::uint64_t n = 0; n < 5'000; ++n) many.push_back(event("b", static_cast<std::int64_t>(n), n));
  EXPECT_EQ(table_.insert(many, 0).fault, storage_fault::full);
  EXPECT_EQ(all(), "a/1 ");
  ASSERT_TRUE(table_.limit_bytes(0).ok());
  // What was known of "b" was rolled back with it.
  ASSERT_TRUE(table_.insert(std::vector{event("c", 1, 1)}, 0).ok());
  EXPECT_TRUE(table_.insert(many, 0).ok());
  EXPECT_EQ(ids({{"b"}, INT64_MIN, 1}), "b/4999 ");
  EXPECT_EQ(ids({{"c"}, INT64_MIN, 1}), "c/1 ");
}

TEST_F(event_table_file, writes_through_no_symbolic_link) {
  const std::string target = path_ + "-target";
  std::ofstream(target) << "precious";
  ASSERT_EQ(::symlink(target.c_str(), path_.c_str()), 0);
  const auto status = table_.open(path_);
  EXPECT_EQ(status.fault, storage_fault::failed);
  EXPECT_NE(status.text().find("symbolic link"), std::string::npos) << status.text();
  EXPECT_EQ(std::filesystem::file_size(target), 8U);
}

}  // namespace
}  // namespace spindrift
