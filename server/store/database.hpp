// What every table in SQLite here needs: handles that close themselves, a fault in the store's words, text in and out.
//
// The history's event table and the alerts' book use it. Plain functions and handles; on the thread of their table.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "server/store/status.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace spindrift {

// The path of a database that is in memory alone.
constexpr const char* memory_path = ":memory:";

struct database_closer {
  void operator()(sqlite3* database) const;
};
struct statement_closer {
  void operator()(sqlite3_stmt* statement) const;
};
using database_handle = std::unique_ptr<sqlite3, database_closer>;
using statement_handle = std::unique_ptr<sqlite3_stmt, statement_closer>;

// What went wrong last; full, damaged, or just failed. Null: there is no database.
storage_status database_fault(sqlite3* database, const std::string& path, const char* doing);

// Of the row that the statement stands on, until its next step.
std::string_view column_text(sqlite3_stmt* row, int column);
// SQLite copies nothing: the text outlives the step.
void bind_text(sqlite3_stmt* statement, int parameter, std::string_view text);

}  // namespace spindrift
