#include "common/protocol/decode.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <utility>
#include <vector>

#include "common/protocol/decode_command.hpp"
#include "common/protocol/inbox.hpp"
#include "common/protocol/json_text.hpp"
#include "common/protocol/limits.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/number_text.hpp"
#include "common/protocol/plain_point.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/printable.hpp"

namespace spindrift {

namespace od = simdjson::ondemand;
using json_text::fault;

namespace {

constexpr const char* beyond_double = " is beyond the range of a double";

enum known_key : unsigned {
  key_stream,
  key_value,
  key_values,
  key_ts,
  key_seq,
  key_label,
  key_op,
  key_id,
  key_unknown
};

known_key key_named(std::string_view key) {
  switch (key.size()) {
    case 2:
      return key == "ts" ? key_ts : key == "op" ? key_op : key == "id" ? key_id : key_unknown;
    case 3:
      return key == "seq" ? key_seq : key_unknown;
    case 5:
      return key == "value" ? key_value : key == "label" ? key_label : key_unknown;
    case 6:
      return key == "stream" ? key_stream : key == "values" ? key_values : key_unknown;
    default:
      return key_unknown;
  }
}

}  // namespace

// One frame at a time goes through these members; `features` and `texts` keep what earlier points of the batch look
// into.
struct decoder::workspace {
  static constexpr std::size_t block_features = 1'024;

  od::parser parser;
  std::vector<std::unique_ptr<feature[]>> blocks;  // fixed blocks, so that spans into them stay valid as they fill
  std::size_t block = 0;
  std::size_t used = 0;
  std::deque<std::string> texts;

  point found;
  protocol_error complaint;  // the first thing wrong in meaning, while the rest of the frame is still read
  bool has_complaint = false;
  bool has_value = false;
  bool is_command = false;
  bool is_beyond_double = false;  // some JSON number of the frame, used or not
  std::string_view id;            // a command's, as it stands in the frame
  bool is_id_usable = true;

  frame decode(std::string_view bytes);
  frame decode_as_command(std::string_view bytes) const;
  fault read_id(od::value value);
  fault read_fields(od::object object);
  fault read_field(known_key key, od::value value);
  fault read_name(od::value value);
  fault read_value(od::value value);
  fault read_values(od::value value);
  fault read_number(od::value value, std::string_view what, double& number);
  fault read_ts(od::value value);
  fault read_seq(od::value value);
  fault read_label(od::value value);
  fault read_key(od::raw_json_string raw, std::string_view& key);
  fault pass_over(od::value value, std::size_t depth);
  feature* room_for_features();
  void complain(error_code code, std::string message);
};

decoder::decoder() : workspace_(std::make_unique<workspace>()) {}
decoder::~decoder() = default;
decoder::decoder(decoder&&) noexcept = default;
decoder& decoder::operator=(decoder&&) noexcept = default;

frame decoder::decode(std::string_view bytes) {
  return workspace_->decode(bytes);
}

void decoder::reset() {
  workspace_->block = 0;
  workspace_->used = 0;
  workspace_->texts.clear();
}

frame decoder::workspace::decode(std::string_view bytes) {
  found = point{.stream = limits::stream_default};
  if (plain_point::read(bytes, {room_for_features(), limits::features_max}, found)) {
    used += found.values.size();
    return found;
  }
  found = point{.stream = limits::stream_default};
  has_complaint = has_value = is_command = is_beyond_double = false;
  is_id_usable = true;
  id = {};

  od::document document;
  od::object object;
  if (bytes.empty() || bytes.front() != '{') {
    return protocol_error{error_code::bad_json, "a frame is one JSON object on one line, beginning with '{'"};
  }
  auto code = parser.iterate(bytes.data(), bytes.size(), bytes.size() + inbox::padding_bytes).get(document);
  if (code == simdjson::SUCCESS) code = document.get_object().get(object);
  if (code != simdjson::SUCCESS) return protocol_error{error_code::bad_json, json_text::syntax_fault(code).message};
  if (const fault wrong = read_fields(object)) {
    return protocol_error{error_code::bad_json, wrong.message, found.seq};
  }
  if (!json_text::is_at_end(document))
    return protocol_error{error_code::bad_json, "something follows the object on its line", found.seq};
  if (is_command) return decode_as_command(bytes);
  if (has_complaint) {
    complaint.seq = found.seq;
    return std::move(complaint);
  }
  if (has_value == found.is_multivariate()) {
    return protocol_error{error_code::bad_frame, "a point has either \"value\" or \"values\", a command has \"op\"",
                          found.seq};
  }
  return found;
}

// Numbers beyond double are caught here, because the command's own reader could only call them bad JSON.
frame decoder::workspace::decode_as_command(std::string_view bytes) const {
  frame read = protocol_error{error_code::bad_frame, "\"id\" is neither a number nor a string, at most 128 bytes long"};
  if (is_beyond_double) {
    read = protocol_error{error_code::bad_value, "a number" + std::string(beyond_double)};
  } else if (is_id_usable) {
    read = decode_command(bytes);
  }
  if (auto* const wrong = std::get_if<protocol_error>(&read)) wrong->id = id;
  if (auto* const asked = std::get_if<command_frame>(&read)) asked->id = id;
  return read;
}

fault decoder::workspace::read_fields(od::object object) {
  unsigned seen = 0;
  json_text::key_set unknown;
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) return json_text::syntax_fault(field.error());
    std::string_view key;
    if (fault wrong = read_key(field.value_unsafe().key(), key)) return wrong;
    const known_key which = key_named(key);
    const bool is_new = which == key_unknown ? unknown.insert(key) : (seen & (1U << which)) == 0;
    if (!is_new) return {"duplicate key"};
    seen |= 1U << which;
    if (fault wrong = read_field(which, field.value_unsafe().value())) return wrong;
  }
  if (unknown.has_duplicate()) return {"duplicate key"};
  return {};
}

fault decoder::workspace::read_key(od::raw_json_string raw, std::string_view& key) {
  std::string scratch;
  fault wrong = json_text::read_text(raw, parser, scratch, key);
  if (!scratch.empty()) key = texts.emplace_back(std::move(scratch));
  return wrong;
}

fault decoder::workspace::read_field(known_key key, od::value value) {
  switch (key) {
    case key_stream:
      return read_name(value);
    case key_value:
      return read_value(value);
    case key_values:
      return read_values(value);
    case key_ts:
      return read_ts(value);
    case key_seq:
      return read_seq(value);
    case key_label:
      return read_label(value);
    case key_id:
      return read_id(value);
    case key_op:
      is_command = true;
      [[fallthrough]];
    case key_unknown:
      break;
  }
  return pass_over(value, 2);
}

fault decoder::workspace::pass_over(od::value value, std::size_t depth) {
  bool is_beyond = false;
  fault wrong = json_text::check_value(value, parser, depth, is_beyond);
  is_beyond_double = is_beyond_double || is_beyond;
  if (is_beyond) complain(error_code::bad_value, "a number" + std::string(beyond_double));
  return wrong;
}

// Sent back as it was spelt: no rounding of a long number, no other spelling of a string.
fault decoder::workspace::read_id(od::value value) {
  od::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) return json_text::syntax_fault(code);
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

fault decoder::workspace::read_name(od::value value) {
  od::raw_json_string raw;
  std::string_view name;
  if (value.get_raw_json_string().get(raw) != simdjson::SUCCESS) {
    complain(error_code::bad_frame, "\"stream\" is not a string");
    return pass_over(value, 2);
  }
  if (fault wrong = read_key(raw, name)) return wrong;
  if (!is_name(name, limits::stream_bytes_max)) {
    complain(error_code::bad_stream,
             "\"stream\" is no name: " + in_quotes(name) + "; a name is 1 to 256 bytes of " + std::string(name_rule));
  } else {
    found.stream = name;
  }
  return {};
}

fault decoder::workspace::read_value(od::value value) {
  has_value = true;
  return read_number(value, "\"value\"", found.value);
}

fault decoder::workspace::read_number(od::value value, std::string_view what, double& number) {
  od::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) return json_text::syntax_fault(code);
  if (type == od::json_type::number) {
    // Not by simdjson: up to 3.6.2 it reads 0.95000000000000000000 as 0.0277 (its issue 2093).
    if (!number_text::parse_double(value.raw_json_token(), number)) {
      return json_text::syntax_fault(simdjson::NUMBER_ERROR);
    }
    if (std::isfinite(number)) return {};
    is_beyond_double = true;
    complain(error_code::bad_value, std::string(what) + beyond_double);
    return {};
  }
  if (type != od::json_type::string) {
    complain(error_code::bad_frame, std::string(what) + " is not a number");
    return pass_over(value, 3);
  }
  od::raw_json_string raw;
  std::string_view text;
  if (const auto code = value.get_raw_json_string().get(raw); code != simdjson::SUCCESS)
    return json_text::syntax_fault(code);
  if (fault wrong = read_key(raw, text)) return wrong;
  if (number_text::says_not_finite(text)) {
    complain(error_code::bad_value, std::string(what) + " is not finite");
  } else if (!number_text::parse_double(text, number)) {
    complain(error_code::bad_frame, std::string(what) + " is a string that holds no number");
  } else if (!std::isfinite(number)) {
    complain(error_code::bad_value, std::string(what) + beyond_double);
  }
  return {};
}

feature* decoder::workspace::room_for_features() {
  if (block < blocks.size() && used + limits::features_max > block_features) {
    ++block;
    used = 0;
  }
  if (block == blocks.size()) blocks.push_back(std::make_unique<feature[]>(block_features));
  return blocks[block].get() + used;
}

fault decoder::workspace::read_values(od::value value) {
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
    if (count == limits::features_max) {
      complain(error_code::bad_frame, "\"values\" has more than 64 features");
      if (fault wrong = pass_over(field.value_unsafe().value(), 3)) return wrong;
      continue;
    }
    if (!is_name(name, limits::feature_bytes_max)) {
      complain(error_code::bad_frame,
               "a feature's name is none: " + in_quotes(name) + "; it is 1 to 64 bytes of " + std::string(name_rule));
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

fault decoder::workspace::read_ts(od::value value) {
  od::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) return json_text::syntax_fault(code);
  std::int64_t ts = 0;
  if (type == od::json_type::number) {
    // What simdjson does not take as an integer of 64 bits is one beyond every limit, another number, or no number.
    if (value.get_int64().get(ts) != simdjson::SUCCESS) {
      const std::string token(value.raw_json_token());
      if (fault wrong = pass_over(value, 2)) return wrong;
      if (!number_text::parse_integer(std::string_view(token), ts)) {
        complain(error_code::bad_frame, "\"ts\" is not an integer: milliseconds since 1970, or an RFC 3339 string");
        return {};
      }
    }
  } else if (type == od::json_type::string) {
    od::raw_json_string raw;
    std::string_view text;
    if (const auto code = value.get_raw_json_string().get(raw); code != simdjson::SUCCESS)
      return json_text::syntax_fault(code);
    if (fault wrong = read_key(raw, text)) return wrong;
    if (const auto parsed = parse_rfc3339(text)) {
      ts = *parsed;
    } else if (!number_text::parse_integer(text, ts)) {
      complain(error_code::bad_frame,
               "\"ts\" is a string of neither RFC 3339 (2026-11-21T19:52:24.123Z) nor milliseconds");
      return {};
    }
  } else {
    complain(error_code::bad_frame, "\"ts\" is neither an integer nor a string");
    return pass_over(value, 2);
  }
  if (!limits::is_event_time(ts)) {
    complain(error_code::bad_value, "\"ts\" is outside the years 1 to 9999");
    return {};
  }
  found.ts = ts;
  return {};
}

fault decoder::workspace::read_seq(od::value value) {
  od::json_type type{};
  if (const auto code = value.type().get(type); code != simdjson::SUCCESS) return json_text::syntax_fault(code);
  std::uint64_t seq = 0;
  bool is_integer = false;
  if (type == od::json_type::number) {
    if (value.get_uint64().get(seq) == simdjson::SUCCESS) {
      is_integer = true;
    } else if (fault wrong = pass_over(value, 2)) {
      return wrong;
    }
  } else if (type == od::json_type::string) {
    od::raw_json_string raw;
    std::string_view text;
    if (const auto code = value.get_raw_json_string().get(raw); code != simdjson::SUCCESS)
      return json_text::syntax_fault(code);
    if (fault wrong = read_key(raw, text)) return wrong;
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

fault decoder::workspace::read_label(od::value value) {
  bool label = false;
  if (value.get_bool().get(label) == simdjson::SUCCESS) {
    found.label = label;
    return {};
  }
  complain(error_code::bad_frame, "\"label\" is neither true nor false");
  return pass_over(value, 2);
}

void decoder::workspace::complain(error_code code, std::string message) {
  if (has_complaint) return;
  has_complaint = true;
  complaint = protocol_error{code, std::move(message)};
}

}  // namespace spindrift
