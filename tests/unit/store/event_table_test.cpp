#include "server/store/event_table.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace spindrift {
namespace {

history_event event(std::string stream, std::int64_t ts, std::uint64_t n) {
  history_event made;
  made.stream = std::move(stream);
  made.ts = ts;
  made.n = n;
  made.kinds = 1;
  made.z = -3.5;
  made.line = "{\"n\":" + std::to_string(n) + "}";
  return made;
}

class event_table_file : public ::testing::Test {
protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "spindrift-events-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    path_ = root_ + "/history.db";
  }
  void TearDown() override {
    table_.close();
    std::filesystem::remove_all(root_);
  }

  std::string ids(const history_query& query) {
    std::vector<history_event> found;
    const auto status = table_.find(query, found);
    EXPECT_TRUE(status.ok()) << status.text();
    std::string text;
    for (const auto& each : found) text += each.stream + "/" + std::to_string(each.n) + " ";
    return text;
  }
  std::string all() { return ids({{}, INT64_MIN, 1'000}); }

  std::string root_;
  std::string path_;
  event_table table_;
};

TEST_F(event_table_file, gives_events_back_newest_last) {
  ASSERT_TRUE(table_.open(path_).ok());
  auto alarm = event("b", 20, 7);
  alarm.kinds = 7;
  alarm.score = 4.25;
  ASSERT_TRUE(table_.insert(std::vector{event("a", 30, 3), alarm, event("a", 10, 1)}, 0).ok());
  EXPECT_EQ(all(), "a/1 b/7 a/3 ");
  std::vector<history_event> found;
  ASSERT_TRUE(table_.find({{"b"}, 0, 10}, found).ok());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kinds, 7);
  EXPECT_EQ(found[0].ts, 20);
  EXPECT_EQ(found[0].z, -3.5);
  EXPECT_EQ(found[0].score, 4.25);
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
  EXPECT_TRUE(table_.insert(many, 0).ok());
}

}  // namespace
}  // namespace spindrift
