// What spindriftd is to know of a Kafka cluster whose workers judge in its place: plain settings, their options.
// Whether librdkafka takes them says the room that sees it.
#pragma once

#include <string>
#include <vector>

#include "server/app/client_setting.hpp"

namespace spindrift {

class option_set;

struct feed_settings {
  static constexpr const char* off = "off";

  std::string brokers{};  // HOST:PORT, commas between; empty: this server judges for itself alone
  // What has been kept is committed under it: another one than the workers' own.
  std::string group = "spindrift-feed";
  std::string verdicts = "verdicts";  // topics; off: it is not read
  std::string events = "events";
  std::vector<client_setting> client{};
  std::string client_file{};  // more of them, for secrets

  bool is_on() const { return !brokers.empty(); }
};

// The settings must outlive the options.
void declare(feed_settings& settings, option_set& options);
std::vector<std::string> validate(const feed_settings& settings);

}  // namespace spindrift
