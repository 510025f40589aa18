// What a person chose about being told: `[[alert]]`, `[[maintenance]]`, and the alert of the command line. Plain data,
// checked once; copied freely, read by any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

enum class alert_way : std::uint8_t { webhook, alertmanager, slack, mail, exec };

struct alert_settings {
  std::string name;
  std::vector<std::string> match{"*"};     // globs over streams
  std::vector<std::string> kinds;          // names of kinds; empty: all
  std::uint64_t severity = 1;              // from here on
  double budget = 0;                       // messages a day; 0: as many as there are
  std::chrono::milliseconds group{2'000};  // events within so long of the first one go into one message
  std::chrono::milliseconds repeat{0};     // said again after so long while it lasts; 0: once
  std::string as;                          // webhook, alertmanager, slack, mail, exec; empty: by the address
  std::string url;
  std::string url_file;           // holds the address, where that is itself a secret
  std::vector<std::string> exec;  // a program and its arguments, in place of an address
  std::string user;               // of the mail server, or of HTTP's basic authorization
  std::string secret_file;        // password or bearer token: a file that its owner alone may read, or
  std::string secret_env;         // a variable of the environment
  std::string ca_file;            // whom to trust besides the system's authorities
  std::string from;               // of mail
  std::vector<std::string> to;
  std::chrono::milliseconds timeout{10'000};  // of one attempt
  std::uint64_t per_minute = 30;              // messages; others wait
  std::string public_url;                     // --public-url, the same for all

  bool operator==(const alert_settings&) const = default;
};

// Nothing is told of these streams from `from` to `to`, by the server's clock.
struct maintenance_settings {
  std::vector<std::string> match{"*"};
  std::int64_t from_ms = 0;  // since the Unix epoch
  std::int64_t to_ms = 0;

  bool operator==(const maintenance_settings&) const = default;
};

struct alerts_settings {
  // A thread each, and a look at each for every event.
  static constexpr std::size_t alerts_max = 32;
  static constexpr std::size_t maintenances_max = 256;
  static constexpr std::string_view command_line_name = "default";

  std::vector<alert_settings> alerts;
  std::vector<maintenance_settings> maintenances;
  std::string url;    // --alert-url
  double budget = 0;  // --alert-budget
  // Where people reach the page of spindrift-viz: messages have a link to what they are about. Empty: they have none.
  std::string public_url;

  // With the one of the command line, where there is one.
  std::vector<alert_settings> all() const;
  bool operator==(const alerts_settings&) const = default;
};

alert_way way_of(const alert_settings& chosen);
// Complaints, each with the key that it is about.
std::vector<std::string> validate(const alerts_settings& chosen);

}  // namespace spindrift
