// Reads and writes trees of JSON by way of nlohmann/json.
#include "common/protocol/json_value.hpp"

#include <nlohmann/json.hpp>

namespace spindrift {

nlohmann::json read_json(std::string_view text) {
  return nlohmann::json::parse(text, nullptr, false);
}

std::string write_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace spindrift
