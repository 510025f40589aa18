// Reads the fields of a frame: each checks its value's type and range, and says what would be right.
#include <cmath>
#include <limits>

#include "common/model/limit.hpp"
#include "common/protocol/decoder_workspace.hpp"
#include "common/protocol/frame_limits.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/number_text.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {
namespace {

fault read_type(od::value& value, od::json_type& type) {
  const auto code = value.type().get(type);
  return code == simdjson::SUCCESS ? fault{} : json_text::syntax_fault(code);
}

}  // namespace

fault decoder_workspace::read_string(od::value value, std::string_view& text) {
  od::raw_json_string raw;
  if (const auto code = value.get_raw_json_string().get(raw); code != simdjson::SUCCESS) {
    return json_text::syntax_fault(code);
  }
  return read_key(raw, text);
}

// Sent back as it was spelt: no rounding of a long number, no other spelling of a string.
fault decoder_workspace::read_id(od::value value) {
  od::json_type type{};
  if (fault wrong = read_type(value, type)) return wrong;
  const std::string_view token = number_text::trimmed(value.raw_json_token());
  const std::size_t quotes = type == od::json_type::string ? 2 : 0;
  is_id_usable =
      (type == od::json_type::string || type == od::json_type::number) && token.size() <= limits::id_bytes_max + quotes;
  // What we would not read ourselves we do not write.
  double number = 0;
  if (type == od::json_type::number && number_text::parse_double(token, number) && !std::isfinite(number)) {
    is_id_usable = false;
  }
  if (is_id_usable) id = token;
  return pass_over(value, 2);
}

fault decoder_workspace::read_name(od::value value) {
  od::raw_json_string raw;
  std::string_view name;
  if (value.get_raw_json_string().get(raw) != simdjson::SUCCESS) {
    complain(error_code::bad_frame, "\"stream\" is not a string");
    return pass_over(value, 2);
  }
  if (fault wrong = read_key(raw, name)) return wrong;
  if (!is_name(name, limits::stream_bytes_max)) {
    complain(error_code::bad_stream, "\"stream\" is no name: " + in_quotes(name) + "; a name is 1 to " +
                                         std::to_string(limits::stream_bytes_max) + " bytes of " +
                                         std::string(name_rule));
  } else {
    found.stream = name;
  }
  return {};
}

fault decoder_workspace::read_value(od::value value) {
  has_value = true;
  return read_number(value, "\"value\"", found.value);
}

fault decoder_workspace::read_number(od::value value, std::string_view subject, double& number) {
  od::json_type type{};
  if (fault wrong = read_type(value, type)) return wrong;
  if (type == od::json_type::number) {
    // Not by simdjson: up to 3.6.2 it reads 0.95000000000000000000 as 0.0277 (its issue 2093).
    if (!number_text::parse_double(value.raw_json_token(), number)) {
      return json_text::syntax_fault(simdjson::NUMBER_ERROR);
    }
    if (std::isfinite(number)) return {};
    is_beyond_double = true;
    complain(error_code::bad_value, std::string(subject).append(beyond_double));
    return {};
  }
  if (type != od::json_type::string) {
    complain(error_code::bad_frame, std::string(subject) + " is not a number");
    return pass_over(value, 3);
  }
  std::string_view text;
  if (fault wrong = read_string(value, text)) return wrong;
  if (number_text::says_not_finite(text)) {
    complain(error_code::bad_value, std::string(subject) + " is not finite");
  } else if (!number_text::parse_double(text, number)) {
    complain(error_code::bad_frame, std::string(subject) + " is a string that holds no number");
  } else if (!std::isfinite(number)) {
    complain(error_code::bad_value, std::string(subject).append(beyond_double));
  }
  return {};
}

fault decoder_workspace::read_values(od::value value) {
  od::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) {
    complain(error_code::bad_frame, "\"values\" is not an object");
    return pass_over(value, 2);
  }
  feature* const features = room_for_features();
  std::size_t count = 0;
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) return json_text::syntax_fault(field.error());
    std::string_view name;
    if (fault wrong = read_key(field.value_unsafe().key(), name)) return wrong;
    if (count == model::features_max) {
      complain(error_code::bad_frame, "\"values\" has more than " + std::to_string(model::features_max) + " features");
      if (fault wrong = pass_over(field.value_unsafe().value(), 3)) return wrong;
      continue;
    }
    if (!is_name(name, limits::feature_bytes_max)) {
      complain(error_code::bad_frame, "a feature's name is none: " + in_quotes(name) + "; it is 1 to " +
                                          std::to_string(limits::feature_bytes_max) + " bytes of " +
                                          std::string(name_rule));
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (features[i].name == name) return {"duplicate key in \"values\""};
    }
    features[count].name = name;
    if (fault wrong = read_number(field.value_unsafe().value(), "a feature", features[count].value)) return wrong;
    ++count;
  }
  if (count == 0) complain(error_code::bad_frame, "\"values\" is empty");
  found.values = {features, count};
  used += count;
  return {};
}

fault decoder_workspace::read_ts(od::value value) {
  od::json_type type{};
  if (fault wrong = read_type(value, type)) return wrong;
  std::int64_t ts = 0;
  bool is_date = false;
  if (type == od::json_type::number) {
    // What simdjson does not take as an integer of 64 bits is one beyond every limit, another number, or no number.
    if (value.get_int64().get(ts) != simdjson::SUCCESS) {
      const std::string token(value.raw_json_token());
      if (fault wrong = pass_over(value, 2)) return wrong;
      if (read_decimal_time(token)) return {};
      if (!number_text::parse_integer(std::string_view(token), ts)) {
        complain(error_code::bad_frame, "\"ts\" is not an integer: milliseconds since 1970, or an RFC 3339 string");
        return {};
      }
    }
  } else if (type == od::json_type::string) {
    std::string_view text;
    if (fault wrong = read_string(value, text)) return wrong;
    if (const auto parsed = parse_rfc3339(text)) {
      ts = *parsed;
      is_date = true;
    } else if (!number_text::parse_integer(text, ts)) {
      complain(error_code::bad_frame,
               "\"ts\" is a string of neither RFC 3339 (2026-11-21T19:52:24.123Z) nor milliseconds");
      return {};
    }
  } else {
    complain(error_code::bad_frame, "\"ts\" is neither an integer nor a string");
    return pass_over(value, 2);
  }
  found.unit = is_date ? time_unit::none : time_unit::milliseconds;
  // What is beyond 64 bits has become their largest.
  constexpr std::int64_t beyond = std::numeric_limits<std::int64_t>::max();
  if (!is_date && ts >= limits::ts_nanoseconds_min && ts != beyond) {
    found.unit = time_unit::nanoseconds;
    ts /= 1'000'000;
  } else if (!is_date && ts >= limits::ts_microseconds_min && ts < limits::ts_microseconds_end) {
    found.unit = time_unit::microseconds;
    ts /= 1'000;
  }
  if (!limits::is_event_time(ts)) {
    complain(error_code::bad_value, "\"ts\" is outside the years 1 to 9999");
    return {};
  }
  found.ts = ts;
  return {};
}

// Seconds with decimals, as Python's time.time() has them; or milliseconds, whose fractions are cut off.
bool decoder_workspace::read_decimal_time(std::string_view token) {
  double time = 0;
  while (!token.empty() && token.back() <= ' ') token.remove_suffix(1);  // as the parser leaves it
  if (token.find('.') == std::string_view::npos || !number_text::parse_double(token, time)) return false;
  if (time >= static_cast<double>(limits::ts_seconds_min) && time < static_cast<double>(limits::ts_seconds_end)) {
    found.unit = time_unit::seconds;
    found.ts = std::llround(time * 1'000.0);
    return true;
  }
  if (time < static_cast<double>(limits::ts_seconds_end) || time > static_cast<double>(limits::ts_ms_max)) return false;
  found.unit = time_unit::milliseconds;
  found.ts = static_cast<std::int64_t>(time);
  return true;
}

fault decoder_workspace::read_seq(od::value value) {
  od::json_type type{};
  if (fault wrong = read_type(value, type)) return wrong;
  std::uint64_t seq = 0;
  bool is_integer = false;
  if (type == od::json_type::number) {
    if (value.get_uint64().get(seq) == simdjson::SUCCESS) {
      is_integer = true;
    } else if (fault wrong = pass_over(value, 2)) {
      return wrong;
    }
  } else if (type == od::json_type::string) {
    std::string_view text;
    if (fault wrong = read_string(value, text)) return wrong;
    is_integer = number_text::parse_integer(text, seq);
  } else if (fault wrong = pass_over(value, 2)) {
    return wrong;
  }
  if (!is_integer || seq == 0 || seq > limits::seq_max) {
    complain(error_code::bad_seq, "\"seq\" is not an integer from 1 to 9007199254740991");
    return {};
  }
  found.seq = seq;
  return {};
}

fault decoder_workspace::read_label(od::value value) {
  bool label = false;
  if (value.get_bool().get(label) == simdjson::SUCCESS) {
    found.label = label;
    return {};
  }
  complain(error_code::bad_frame, "\"label\" is neither true nor false");
  return pass_over(value, 2);
}

}  // namespace spindrift
