// A setting of librdkafka by its own name, and the options that take such: the same for all programs that speak to a
// cluster. Whether librdkafka takes them says the room that sees it.
#pragma once

#include <string>
#include <vector>

namespace spindrift {

class option_set;

struct client_setting {
  std::string key;
  std::string value;
};

// --kafka KEY=VALUE and --kafka-file. `condition` begins the help of the first. All must outlive the options.
void declare_client_settings(std::vector<client_setting>& settings, std::string& file, const std::string& condition,
                             option_set& options);

}  // namespace spindrift
