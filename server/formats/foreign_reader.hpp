// What one producer sends that is not the contract's own JSON, frame by frame: lines of any format, arrays, objects
// over several lines, objects of stock tools.
//
// Owned by the session of its connection (or whatever else holds a producer: a datagram, a request); it remembers which
// format the last line was of, and an object that has begun and not ended. One thread at a time. Limits: such an object
// may be as long as a frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/formats/json_value_scan.hpp"
#include "server/formats/line_format.hpp"
#include "server/formats/parsed.hpp"

namespace spindrift::formats {

enum class frame_result : std::uint8_t {
  read,     // points, or faults of points
  nothing,  // blank, a comment: no points wanted
  unknown,  // no format that we read; nothing was added
};

class foreign_reader {
public:
  // `pinned`: lines of that format alone.
  explicit foreign_reader(const line_format* pinned = nullptr) : lines_(pinned) {}

  // A frame that does not begin an object, or an object that the contract's decoder has not taken.
  frame_result read(std::string_view frame, parsed& into);
  // The same for a line as nearly all are (line_reader's).
  bool read_usual(std::string_view line, point& into) const { return lines_.read_usual(line, into); }

  // Objects and arrays over several lines. A frame that begins one (a bracket alone, as pretty printers write it) is
  // kept, and so is what follows, until it is complete: then joined() is the whole, with padding behind it.
  static bool begins_value(std::string_view frame);
  bool is_joining() const { return is_joining_; }
  enum class join_result : std::uint8_t { partial, whole, too_large };
  join_result join(std::string_view frame, std::size_t bytes_max);
  // Whether `rest`, which no line end has ended yet, would complete it.
  bool would_complete(std::string_view rest) const;
  // Ends the joining; what there is, complete or not.
  std::string_view joined();
  const line_format* last() const { return lines_.last(); }

private:
  line_reader lines_;
  bool is_joining_ = false;
  json_value_scan scan_;
  std::string joined_;
};

}  // namespace spindrift::formats
