// JSON as stock tools send it: objects and arrays in which the name, the value and the time of a point are called what
// their tool calls them.
//
// Read: points in the contract's own shape (also in arrays), Telegraf, Vector, netdata, OpenTSDB's and collectd's JSON,
// mosquitto_sub %J and Node-RED, Kepware, SenML, Fluent Bit's flat records, any object of numbers, nested ones too, and
// OpenTelemetry's metrics. Which fields count is said by field_mapping. An object without a name and a value gives a
// point for each of its numbers, called by its key.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/formats/field_mapping.hpp"
#include "server/formats/parsed.hpp"

namespace spindrift::formats {

// What is known from around the JSON.
struct json_surroundings {
  std::string_view name{};
  std::string_view host{};
  std::optional<std::int64_t> ts{};
};

enum class json_result : std::uint8_t {
  read,     // points, or faults of points
  nothing,  // JSON, with no number in it that we know of
  invalid,  // no JSON; nothing was added
};

// Text of any origin: it is copied. What is wrong becomes a fault with `line` as its text, apart from `nothing` and
// `invalid`, which are the caller's to judge.
json_result read_json(std::string_view text, const json_surroundings& around, parsed& into, std::string_view line);
// The same, where these two are faults.
void read_json_text(std::string_view text, const json_surroundings& around, parsed& into, std::string_view line);

}  // namespace spindrift::formats
