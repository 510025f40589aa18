// A decoder's inside: one frame at a time goes through these members. Internal to the protocol room: decode.cpp goes
// through the frame, decode_field.cpp through its fields. One thread at a time.
//
// `blocks` and `texts` keep what earlier points of the batch look into; a block has a fixed size and is never moved.
// Both are as large as the largest batch so far, since reset() only starts over.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/protocol/frame.hpp"
#include "common/protocol/json_text.hpp"

namespace spindrift {

namespace od = simdjson::ondemand;
using json_text::fault;

inline constexpr std::string_view beyond_double = " is beyond the range of a double";

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

struct decoder_workspace {
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
  bool has_unknown = false;  // a key that is none of the contract's
  bool has_stream = false;
  bool is_command = false;
  bool is_beyond_double = false;  // some JSON number of the frame, used or not
  std::string_view id;            // a command's, as it stands in the frame
  bool is_id_usable = true;

  const point* decode_line(std::string_view text, std::size_t& bytes);
  frame decode(std::string_view bytes);
  frame decode_as_command(std::string_view bytes) const;
  fault read_id(od::value value);
  fault read_fields(od::object object);
  fault read_field(known_key key, od::value value);
  fault read_name(od::value value);
  fault read_value(od::value value);
  fault read_values(od::value value);
  fault read_number(od::value value, std::string_view subject, double& number);
  fault read_ts(od::value value);
  bool read_decimal_time(std::string_view token);
  fault read_seq(od::value value);
  fault read_label(od::value value);
  fault read_key(od::raw_json_string raw, std::string_view& key);
  // Of a value that is a string.
  fault read_string(od::value value, std::string_view& text);
  fault pass_over(od::value value, std::size_t depth);
  feature* room_for_features();
  void complain(error_code code, std::string message);
};

}  // namespace spindrift
