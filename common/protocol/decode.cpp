// Goes through one frame: its keys, what may not stand twice, what follows it.
#include "common/protocol/decode.hpp"

#include <utility>

#include "common/model/limit.hpp"
#include "common/protocol/decode_command.hpp"
#include "common/protocol/decoder_workspace.hpp"
#include "common/protocol/inbox.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/plain_point.hpp"

namespace spindrift {
namespace {

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

decoder::decoder() : workspace_(std::make_unique<decoder_workspace>()) {}
decoder::~decoder() = default;
decoder::decoder(decoder&&) noexcept = default;
decoder& decoder::operator=(decoder&&) noexcept = default;

frame decoder::decode(std::string_view bytes) {
  return workspace_->decode(bytes);
}

const point* decoder::decode_line(std::string_view text, std::size_t& bytes) {
  return workspace_->decode_line(text, bytes);
}

bool decoder::is_foreign() const {
  return workspace_->has_unknown && !workspace_->has_stream && !workspace_->is_command;
}

void decoder::reset() {
  workspace_->block = 0;
  workspace_->used = 0;
  workspace_->texts.clear();
}

const point* decoder_workspace::decode_line(std::string_view text, std::size_t& bytes) {
  found = point{.stream = limits::stream_default};
  bytes = plain_point::read_line(text, {room_for_features(), model::features_max}, found);
  if (bytes == 0) return nullptr;
  has_unknown = false;
  used += found.values.size();
  return &found;
}

frame decoder_workspace::decode(std::string_view bytes) {
  found = point{.stream = limits::stream_default};
  has_unknown = false;
  if (plain_point::read(bytes, {room_for_features(), model::features_max}, found)) {
    used += found.values.size();
    return found;
  }
  found = point{.stream = limits::stream_default};
  has_complaint = has_value = has_stream = is_command = is_beyond_double = false;
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
    if (complaint.code != error_code::bad_stream) complaint.stream = found.stream;
    return std::move(complaint);
  }
  if (has_value == found.is_multivariate()) {
    return protocol_error{error_code::bad_frame, "a point has either \"value\" or \"values\", a command has \"op\"",
                          found.seq};
  }
  return found;
}

// Numbers beyond double are caught here, because the command's own reader could only call them bad JSON.
frame decoder_workspace::decode_as_command(std::string_view bytes) const {
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

fault decoder_workspace::read_fields(od::object object) {
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
    has_unknown = has_unknown || which == key_unknown || which == key_id;
    has_stream = has_stream || which == key_stream;
    if (fault wrong = read_field(which, field.value_unsafe().value())) return wrong;
  }
  if (unknown.has_duplicate()) return {"duplicate key"};
  return {};
}

fault decoder_workspace::read_key(od::raw_json_string raw, std::string_view& key) {
  std::string scratch;
  fault wrong = json_text::read_text(raw, parser, scratch, key);
  if (!scratch.empty()) key = texts.emplace_back(std::move(scratch));
  return wrong;
}

fault decoder_workspace::read_field(known_key key, od::value value) {
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

fault decoder_workspace::pass_over(od::value value, std::size_t depth) {
  bool is_beyond = false;
  fault wrong = json_text::check_value(value, parser, depth, is_beyond);
  is_beyond_double = is_beyond_double || is_beyond;
  if (is_beyond) complain(error_code::bad_value, "a number" + std::string(beyond_double));
  return wrong;
}

void decoder_workspace::complain(error_code code, std::string message) {
  if (has_complaint) return;
  has_complaint = true;
  complaint = protocol_error{code, std::move(message)};
}

feature* decoder_workspace::room_for_features() {
  if (block < blocks.size() && used + model::features_max > block_features) {
    ++block;
    used = 0;
  }
  if (block == blocks.size()) blocks.push_back(std::make_unique<feature[]>(block_features));
  return blocks[block].get() + used;
}

}  // namespace spindrift
