// Which field of a tool's JSON is the name, the value, the time, and which are tags. One table, printed by
// --print-config and replaced by --json-names, --json-values, --json-times, --json-tags.
//
// Of each list the first field that is there and usable counts; `a/b` are two fields whose texts are joined by a dot,
// and as a tag the field b within a.
// Plain data; set before the readers run, then read by any thread.
#pragma once

#include <string>
#include <vector>

namespace spindrift::formats {

struct field_mapping {
  // netdata's chart and dimension first, since a dimension has a `name` as well.
  std::vector<std::string> names{"stream", "key", "chart_id/id", "name", "metric", "topic", "id", "n"};
  // A value with a name, `payload` of MQTT and Node-RED, `v` of Kepware and SenML.
  std::vector<std::string> values{"value", "payload", "v", "val"};
  std::vector<std::string> times{"ts",   "timestamp", "time",       "@timestamp", "date", "tst",
                                 "Time", "datetime",  "event_time", "last_seen",  "t"};
  // Objects of tags, or single texts that tell one sender from another.
  std::vector<std::string> tags{"tags",
                                "labels",
                                "host",
                                "hostname",
                                "device",
                                "device_id",
                                "sensor",
                                "location",
                                "room",
                                "model",
                                "deviceInfo/deviceName",
                                "end_device_ids/device_id"};
  // Texts in which JSON may stand again.
  std::vector<std::string> texts{"message", "msg", "log", "data", "body"};
};

const field_mapping& default_mapping();

}  // namespace spindrift::formats
