// What explains an event, and what people call it, in the database.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <optional>
#include <string>
#include <vector>

#include "server/store/event_table.hpp"
#include "tests/unit/store/event_table_folder.hpp"

namespace spindrift {
namespace {

history_event event(std::string stream, std::int64_t ts, std::uint64_t n) {
  history_event made;
  made.stream = std::move(stream);
  made.ts = ts;
  made.n = made.number = n;
  made.kinds = 1;
  made.line = "{}";
  return made;
}

using explanation_table = event_table_folder;

TEST_F(explanation_table, keeps_what_explains_an_event_and_what_people_call_it_over_its_versions) {
  ASSERT_TRUE(table_.open(path_).ok());
  history_event told = event("a", 10, 7);
  told.evidence = "{\"event\":{}}";
  told.picture = std::string("\0\1", 2);
  history_event mark = event("a", 10, 7);
  mark.writes = history_event::part::mark;
  mark.mark = "expected";
  history_event grown = event("a", 10, 7);
  grown.writes = history_event::part::picture;
  grown.picture = "larger";
  history_event over = event("a", 10, 7);
  over.line = "{over}";
  ASSERT_TRUE(table_.insert(std::vector{event("b", 9, 7), told, mark, grown, over}, 0).ok());
  std::optional<history_event> found;
  ASSERT_TRUE(table_.find_event("a", 7, found).ok());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->line, "{over}");
  EXPECT_EQ(found->evidence, told.evidence);
  EXPECT_EQ(found->picture, "larger");
  EXPECT_EQ(found->mark, "expected");
  ASSERT_TRUE(table_.find_event("a", 8, found).ok());
  EXPECT_FALSE(found.has_value());
  ASSERT_TRUE(table_.find_event("c", 7, found).ok());
  EXPECT_FALSE(found.has_value());
}

// A stream that was forgotten counts its events from 1 again.
TEST_F(explanation_table, finds_the_newest_of_two_events_of_one_number) {
  ASSERT_TRUE(table_.open(path_).ok());
  history_event first = event("a", 10, 1);
  first.evidence = "{1}";
  history_event mark = first;
  mark.writes = history_event::part::mark;
  mark.mark = "expected";
  history_event second = event("a", 20, 1);
  second.evidence = "{2}";
  ASSERT_TRUE(table_.insert(std::vector{first, mark, second}, 0).ok());
  std::optional<history_event> found;
  ASSERT_TRUE(table_.find_event("a", 1, found).ok());
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->ts, 20);
  EXPECT_EQ(found->evidence, "{2}");
  EXPECT_TRUE(found->mark.empty());
}

TEST_F(explanation_table, forgets_what_explains_an_event_with_it) {
  ASSERT_TRUE(table_.open(path_).ok());
  for (std::uint64_t n = 1; n <= 3; ++n) {
    history_event told = event("a", static_cast<std::int64_t>(n), n);
    told.evidence = "{}";
    ASSERT_TRUE(table_.insert(std::vector{told}, static_cast<std::int64_t>(n)).ok());
  }
  ASSERT_TRUE(table_.retain(3, 0).ok());
  table_.close();
  sqlite3* file = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &file), SQLITE_OK);
  int rows = 0;
  const auto count = [](void* into, int, char** values, char**) {
    *static_cast<int*>(into) = std::atoi(values[0]);
    return 0;
  };
  sqlite3_exec(file, "SELECT count(*) FROM explanation", count, &rows, nullptr);
  sqlite3_close(file);
  EXPECT_EQ(rows, 1);
}

}  // namespace
}  // namespace spindrift
