// The tables and indexes of the event table, and how those of an earlier version become these.
//
// Runs once when a database is opened, on the thread that opens it, in one transaction: after a crash in the middle the
// database is of the earlier version still. The database is the caller's. No exceptions.
#pragma once

#include <cstdint>

struct sqlite3;

namespace spindrift {

enum class event_schema_result : std::uint8_t {
  ready,
  later,   // written by a version of this program that is not here yet; nothing was touched
  failed,  // sqlite3_errcode() says why, `doing` at what
};

event_schema_result make_event_schema(sqlite3* database, const char*& doing);

}  // namespace spindrift
