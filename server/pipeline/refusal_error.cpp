// The codes and texts of refused points.
#include "server/pipeline/refusal_error.hpp"

#include "common/model/point.hpp"
#include "server/engine/refusal.hpp"

namespace spindrift {

error_code code_of(refusal why) {
  switch (why) {
    case refusal::too_many_streams:
    case refusal::too_much_memory:
      return error_code::too_many_streams;
    case refusal::memory_full:
      return error_code::memory_full;
    case refusal::other_features:
      return error_code::bad_frame;
    case refusal::other_unit:
      return error_code::bad_value;
    case refusal::storage_full:
    case refusal::nothing_sent:
    case refusal::none:
      break;
  }
  return error_code::storage_full;
}

protocol_error refusal_error(refusal why, const point& refused) {
  const auto text = [why] {
    switch (why) {
      case refusal::too_many_streams:
        return "the server has as many streams as it may, and all were heard of lately";
      case refusal::too_much_memory:
        return "the server's memory has no room for another stream, and all were heard of lately";
      case refusal::memory_full:
        return "the server's memory is full, and this stream still grows; the point was not applied";
      case refusal::other_features:
        return "the features are not those of the stream's first point";
      case refusal::other_unit:
        return "\"ts\" is of another unit (seconds, milliseconds …) than that of the stream's first point";
      case refusal::storage_full:
      case refusal::nothing_sent:
      case refusal::none:
        break;
    }
    return "the journal cannot be written; the point was not applied";
  };
  protocol_error made{code_of(why), text(), refused.seq};
  if (why == refusal::other_features || why == refusal::other_unit) made.stream = refused.stream;
  return made;
}

bool is_servers_want(error_code code) {
  return code == error_code::storage_full || code == error_code::memory_full || code == error_code::too_many_streams;
}

}  // namespace spindrift
