// All that a user may set, with the defaults, and what it means for the rooms: the one place of the simulator that
// knows flags. Plain data; declare_options() ties it to an option_set, which must not outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/load_schedule.hpp"
#include "client/scenario.hpp"
#include "common/cli/options.hpp"
#include "common/csv/dialect.hpp"
#include "common/net/endpoint.hpp"

namespace spindrift {

struct client_settings {
  endpoint server{"127.0.0.1", 7171};
  std::optional<scenario_name> scenario{};  // empty: sine, unless a file is replayed
  double rate = 10;                         // points a second in all; 0: as fast as it can
  std::optional<std::uint64_t> count{};     // points in all; empty: see total_count()
  std::optional<std::uint64_t> streams{};   // empty: one a connection
  std::string stream;                       // name, or with several its beginning; empty: from scenario or file
  std::uint64_t seed = 1;
  std::optional<double> anomaly_rate{};       // empty: the scenario's own
  std::vector<std::uint64_t> drift_points{};  // ascending, from 1
  std::vector<injection> injected{};
  std::uint64_t pipeline = 256;
  std::string replies = "all";
  std::uint64_t connections = 1;
  std::string replay_file;
  csv_dialect dialect{};  // of that
  std::vector<std::string> value_columns{};
  std::string time_column;
  std::string label_column;
  std::string producer;  // hello's producer, or with several connections its beginning; empty: unique to the run
  std::string token_file;
  std::string report = "text";
  bool is_quiet = false;

  std::size_t stream_count() const { return static_cast<std::size_t>(streams.value_or(connections)); }
};

void declare_options(option_set& options, client_settings& settings);

// What does not go together or cannot be: "flag: value; what is allowed". Empty: all is well.
std::vector<std::string> complaints_about(const client_settings& settings);

// "cpu" for one stream, "cpu-1", "cpu-2", ... for several.
std::vector<std::string> stream_names(const client_settings& settings);

// Points to send in all: what --count says, but no more than a recording has; without it a whole recording, 2,000
// points a stream as fast as it can, or at a rate no end (empty).
std::optional<std::uint64_t> total_count(const client_settings& settings, std::optional<std::uint64_t> rows);

}  // namespace spindrift
