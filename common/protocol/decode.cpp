#include "common/protocol/decode.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

#include "common/protocol/decode_command.hpp"
#include "common/protocol/inbox.hpp"
#include "common/protocol/json_text.hpp"
#include "common/protocol/limits.hpp"
#include "common/protocol/time_text.hpp"

namespace spindrift {

namespace od = simdjson::ondemand;
using json_text::fault;

namespace {

// What a name may hold, by byte: 1 in front and behind, 2 behind only.
constexpr std::array<unsigned char, 256> name_alphabet = [] {
  std::array<unsigned char, 256> kinds{};
  for (const char c : std::string_view("._:/=,@+-")) kinds[static_cast<unsigned char>(c)] = 2;
  for (unsigned c = '0'; c <= '9'; ++c) kinds[c] = 1;
  for (unsigned c = 'A'; c <= 'Z'; ++c) kinds[c] = 1;
  for (unsigned c = 'a'; c <= 'z'; ++c) kinds[c] = 1;
  return kinds;
}();

constexpr std::string_view name_rule = "[A-Za-z0-9][A-Za-z0-9._:/=,@+-]*";

enum known_key : unsigned { key_stream, key_value, key_values, key_ts, key_seq, key_label, key_op, key_unknown };

known_key key_named(std::string_view key) {
  switch (key.size()) {
    case 2:
      return key == "ts" ? key_ts : key == "op" ? key_op : key_unknown;
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

// A number written as a JSON string.
bool parse_double(std::string_view text, double& number) {
  if (!json_text::is_number(text)) return false;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc::result_out_of_range) {
    // Too small is rounded to zero as JSON numbers are; too large has no double.
    const std::size_t exponent = text.find_first_of("eE");
    const bool is_tiny = exponent != std::string_view::npos ? text[exponent + 1] == '-' : text.starts_with("0.");
    number = is_tiny ? 0.0 : HUGE_VAL;
  }
  return end == text.data() + text.size();
}

template <class Integer>
bool parse_integer(std::string_view token, Integer& number) {
  while (!token.empty() && std::strchr(" \t\r\n", token.back()) != nullptr) token.remove_suffix(1);
  const auto [end, problem] = std::from_chars(token.data(), token.data() + token.size(), number);
  return problem == std::errc{} && end == token.data() + token.size() && json_text::is_number(token);
}

bool says_not_finite(std::string_view text) {
  for (const std::string_view word : {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf", "Inf", "-Inf"}) {
    if (text == word) return true;
  }
  return false;
}

}  // namespace

bool is_name(std::string_view text, std::size_t bytes_max) {
  if (text.empty() || text.size() > bytes_max || name_alphabet[static_cast<unsigned char>(text.front())] != 1)
    return false;
  for (const char c : text) {
    if (name_alphabet[static_cast<unsigned char>(c)] == 0) return false;
  }
  return true;
}

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

  frame decode(std::string_view bytes);
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
  found = point{};
  found.stream = limits::stream_default;
  has_complaint = has_value = is_command = false;

  od::document document;
  od::object object;
  if (bytes.empty() || bytes.front() != '{') {
    return protocol_error{error_code::bad_json, "a frame is one JSON object on one line, beginning with '{'"};
  }
  auto code = parser.iterate(bytes.data(), bytes.size(), bytes.size() + inbox::padding_bytes).get(document);
  if (code == simdjson::SUCCESS) code = document.get_object().get(object);
  if (code != simdjson::SUCCESS) return protocol_error{error_code::bad_json, json_text::syntax_fault(code).message};
  if (const fault wrong = read_fields(object)) {
    return protocol_error{wrong.is_range ? error_code::bad_value : error_code::bad_json, wrong.message, found.seq};
  }
  if (!json_text::is_at_end(document))
    return protocol_error{error_code::bad_json, "something follows the object on its line", found.seq};
  if (is_command) return decode_command(bytes);
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

fault decoder::workspace::read_fields(od::object object) {
  unsigned seen = 0;
  json_text::key_set unknown;
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) return json_text::syntax_fault(field.error());
    std::string_view key;
    if (fault wrong = read_key(field.value_unsafe().key(), key)) return wrong;
    const known_key which = key_named(key);
    const bool is_new = which == key_unknown ? unknown.insert(key) : (seen & (1U << which)) == 0;
    if (!is_new) return {false, "duplicate key"};
    seen |= 1U << which;
    if (fault wrong = read_field(which, field.value_unsafe().value())) return wrong;
  }
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
    case key_op:
      is_command = true;
      [[fallthrough]];
    case key_unknown:
      break;
  }
  return json_text::check_value(value, parser, 2);
}

fault decoder::workspace::read_name(od::value value) {
  od::raw_json_string raw;
  std::string_view name;
  if (value.get_raw_json_string().get(raw) != simdjson::SUCCESS) {
    complain(error_code::bad_frame, "\"stream\" is not a string");
    return json_text::check_value(value, parser, 2);
  }
  if (fault wrong = read_key(raw, name)) return wrong;
  if (!is_name(name, limits::stream_bytes_max)) {
    complain(error_code::bad_stream, "\"stream\" is not of the form " + std::string(name_rule) + ", 1 to 128 bytes");
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
    const std::string_view token = value.raw_json_token();
    const auto code = value.get_double().get(number);
    if (code == simdjson::SUCCESS) return {};
    fault wrong = json_text::number_fault(code, token);
    if (!wrong.is_range) return wrong;
    complain(error_code::bad_value, std::string(what) + " is beyond the range of a double");
    return {};
  }
  if (type != od::json_type::string) {
    complain(error_code::bad_frame, std::string(what) + " is not a number");
    return json_text::check_value(value, parser, 3);
  }
  od::raw_json_string raw;
  std::string_view text;
  if (const auto code = value.get_raw_json_string().get(raw); code != simdjson::SUCCESS)
    return json_text::syntax_fault(code);
  if (fault wrong = read_key(raw, text)) return wrong;
  if (says_not_finite(text)) {
    complain(error_code::bad_value, std::string(what) + " is not finite");
  } else if (!parse_double(text, number)) {
    complain(error_code::bad_frame, std::string(what) + " is a string that holds no number");
  } else if (!std::isfinite(number)) {
    complain(error_code::bad_value, std::string(what) + " is beyond the range of a double");
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
    return json_text::check_value(value, parser, 2);
  }
  feature* const features = room_for_features();
  std::size_t count = 0;
  for (auto field : object) {
    if (field.error() != simdjson::SUCCESS) return json_text::syntax_fault(field.error());
    std::string_view name;
    if (fault wrong = read_key(field.value_unsafe().key(), name)) return wrong;
    if (count == limits::features_max) {
      complain(error_code::bad_frame, "\"values\" has more than 64 features");
      if (fault wrong = json_text::check_value(field.value_unsafe().value(), parser, 3)) return wrong;
      continue;
    }
    if (!is_name(name, limits::feature_bytes_max)) {
      complain(error_code::bad_frame,
               "a feature's name is not of the form " + std::string(name_rule) + ", 1 to 64 bytes");
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (features[i].name == name) return {false, "duplicate key in \"values\""};
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
    const std::string token(value.raw_json_token());
    if (fault wrong = json_text::check_value(value, parser, 2)) return wrong;
    if (!parse_integer(std::string_view(token), ts)) {
      complain(error_code::bad_frame, "\"ts\" is not an integer: milliseconds since 1970, or an RFC 3339 string");
      return {};
    }
  } else if (type == od::json_type::string) {
    od::raw_json_string raw;
    std::string_view text;
    if (const auto code = value.get_raw_json_string().get(raw); code != simdjson::SUCCESS)
      return json_text::syntax_fault(code);
    if (fault wrong = read_key(raw, text)) return wrong;
    if (const auto parsed = parse_rfc3339(text)) {
      ts = *parsed;
    } else if (!parse_integer(text, ts)) {
      complain(error_code::bad_frame,
               "\"ts\" is a string of neither RFC 3339 (2026-11-21T19:52:24.123Z) nor milliseconds");
      return {};
    }
  } else {
    complain(error_code::bad_frame, "\"ts\" is neither an integer nor a string");
    return json_text::check_value(value, parser, 2);
  }
  if (ts < limits::ts_ms_min || ts > limits::ts_ms_max) {
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
    } else if (fault wrong = json_text::check_value(value, parser, 2)) {
      return wrong;
    }
  } else if (type == od::json_type::string) {
    od::raw_json_string raw;
    std::string_view text;
    if (const auto code = value.get_raw_json_string().get(raw); code != simdjson::SUCCESS)
      return json_text::syntax_fault(code);
    if (fault wrong = read_key(raw, text)) return wrong;
    is_integer = parse_integer(text, seq);
  } else if (fault wrong = json_text::check_value(value, parser, 2)) {
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
  return json_text::check_value(value, parser, 2);
}

void decoder::workspace::complain(error_code code, std::string message) {
  if (has_complaint) return;
  has_complaint = true;
  complaint = protocol_error{code, std::move(message)};
}

}  // namespace spindrift
