// What both halves of the event table do with SQLite's statements. Plain functions; the thread of the table.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <string_view>

namespace spindrift {

// 4,096 consecutive events are a block, see the header; the schema and the queries say it as id>>12.
constexpr int block_bits = 12;

inline std::string_view column_text(sqlite3_stmt* row, int column) {
  const auto* text = static_cast<const char*>(sqlite3_column_blob(row, column));
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return text == nullptr ? std::string_view{} : std::string_view(text, bytes);
}

inline void bind_text(sqlite3_stmt* statement, int parameter, std::string_view text) {
  // A null pointer would bind NULL; SQLite copies nothing, the text outlives the step.
  sqlite3_bind_text64(statement, parameter, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

}  // namespace spindrift
