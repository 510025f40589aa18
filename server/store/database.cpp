// SQLite's handles, faults and texts.
#include "server/store/database.hpp"

#include <sqlite3.h>

namespace spindrift {

void database_closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}
void statement_closer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

storage_status database_fault(sqlite3* database, const std::string& path, const char* doing) {
  const int code = database == nullptr ? SQLITE_CANTOPEN : sqlite3_errcode(database);
  storage_fault kind = storage_fault::failed;
  if (code == SQLITE_FULL) kind = storage_fault::full;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) kind = storage_fault::damaged;
  const char* text = database == nullptr ? "no database" : sqlite3_errmsg(database);
  return {kind, path, 0, std::string(doing) + ": " + text};
}

std::string_view column_text(sqlite3_stmt* row, int column) {
  const auto* text = static_cast<const char*>(sqlite3_column_blob(row, column));
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return text == nullptr ? std::string_view{} : std::string_view(text, bytes);
}

void bind_text(sqlite3_stmt* statement, int parameter, std::string_view text) {
  // A null pointer would bind NULL.
  sqlite3_bind_text64(statement, parameter, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

}  // namespace spindrift
