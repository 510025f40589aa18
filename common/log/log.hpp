// One line per event, text or JSON, on stderr and to a file if asked, through spdlog.
//
// open_log() once at start, before threads; afterwards any thread may log. Each line is an event name and key=value
// fields (text) or one JSON object (json); whatever the fields hold, a line stays one line and a JSON line stays valid
// JSON. `limited` lines go through a token bucket per event name: a flood of anomalies does not fill the disk, and how
// many lines were left out is said once the flood ebbs. The level governs stderr; the file gets every finding that the
// limit lets through. A file that cannot be written (full disk) is reported once on stderr and costs its lines, nothing
// else: logging neither throws nor waits. Before open_log and after close_log nothing is written. A call below the
// level costs one load; the arguments are evaluated all the same.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "common/log/log_field.hpp"

namespace spindrift {

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::text;
  std::string file;                    // the anomaly log: events of note are appended here as well; empty: none
  double limited_lines_per_s = 100;    // per event name, sustained
  double limited_lines_burst = 1'000;  // and at once
};

// Throws std::runtime_error with file and reason when the file cannot be opened.
void open_log(const log_settings& settings);
// Flushes and closes; open_log may be called again.
void close_log();
// Reopens the file under its name, after logrotate moved it away.
void reopen_log();

// A line of the program's own life: started, listening, refused, stopped. stderr only.
void log_event(log_level level, std::string_view event, std::initializer_list<log_field> fields = {});
// A finding about the data (anomaly, drift, alarm): rate-limited, to stderr at level info and to the file.
void log_finding(std::string_view event, std::initializer_list<log_field> fields);
// Says what the limit left out and no later line of the same event has said yet; call it every second or so.
void report_left_out();
// How many findings the rate limit left out since open_log.
std::uint64_t findings_left_out();

}  // namespace spindrift
