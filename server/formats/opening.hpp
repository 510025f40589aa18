// The first bytes of a connection: what the producer speaks, and what of it nobody here can read.
//
// Pure: no sockets, no clock. Nothing throws or allocates but the text of an answer; any thread. Cost: a few
// comparisons for a producer of JSON or lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace spindrift::formats {

struct opening {
  enum class kind : std::uint8_t {
    undecided,   // more bytes are needed
    frames,      // JSON or lines: each frame tells by itself
    counted,     // frames with their length in front (RFC 6587): `117 <13>1 ...`
    unreadable,  // something else, and `advice` says what and what to do
  };
  kind is = kind::undecided;
  std::size_t skip = 0;  // bytes in front that are none of it: byte order marks, NUL, blanks
  std::string advice{};
};

// `is_whole`: nothing more will come.
opening look_at(std::string_view bytes, bool is_whole);

// A line that no format takes: what it looks like. Empty: like nothing that we know.
std::string_view likeness(std::string_view line);
// What would be read, for the last error of a producer that was never understood.
std::string readable_formats();

struct counted_frame {
  std::size_t begin = 0;  // of the frame, behind its length
  std::size_t bytes = 0;
  enum class kind : std::uint8_t { partial, whole, none } is = kind::none;  // none: no length stands here
};
counted_frame cut_counted(std::string_view bytes);

}  // namespace spindrift::formats
