// Tells by the first byte whether a frame is JSON or a line.
#include "server/formats/foreign_reader.hpp"

#include "server/formats/json_tools.hpp"
#include "server/formats/json_tree.hpp"
#include "server/formats/number.hpp"

namespace spindrift::formats {

frame_result foreign_reader::read(std::string_view frame, parsed& into) {
  frame = trimmed(frame);
  if (frame.empty()) return frame_result::nothing;
  if (frame.front() == '{' || frame.front() == '[') {
    return read_json(frame, {}, into, frame) == json_result::read ? frame_result::read : frame_result::unknown;
  }
  switch (lines_.read(frame, into)) {
    case line_result::read:
      return frame_result::read;
    case line_result::nothing:
      return frame_result::nothing;
    case line_result::unknown:
      break;
  }
  return frame_result::unknown;
}

bool foreign_reader::begins_value(std::string_view frame) {
  frame = trimmed(frame);
  return frame == "{" || frame == "[" || frame == "[{";
}

foreign_reader::join_result foreign_reader::join(std::string_view frame, std::size_t bytes_max) {
  if (!is_joining_) {
    is_joining_ = true;
    scan_ = json_value_scan();
    joined_.clear();
  }
  if (joined_.size() + frame.size() + 1 > bytes_max) {
    joined_.clear();
    is_joining_ = false;
    return join_result::too_large;
  }
  const bool is_whole = scan_.advance(frame) != 0;
  joined_ += frame;
  // A text cannot go on in the next line, so the brackets of what follows mean nothing: it is for the decoder to
  // refuse.
  const bool is_broken = scan_.is_in_string() || (!is_whole && scan_.depth() == 0);
  if (is_whole || is_broken) return join_result::whole;
  joined_ += '\n';
  return join_result::partial;
}

bool foreign_reader::would_complete(std::string_view rest) const {
  json_value_scan scan = scan_;
  return is_joining_ && scan.advance(rest) != 0;
}

std::string_view foreign_reader::joined() {
  is_joining_ = false;
  const std::size_t size = joined_.size();
  joined_.append(json_tree::padding_bytes, '\n');
  return std::string_view(joined_).substr(0, size);
}

}  // namespace spindrift::formats
