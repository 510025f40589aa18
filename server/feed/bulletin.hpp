// The verdict lines of one batch on their way to subscribers: written once, shared by all, never changed. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

// One line of a bulletin, as offsets into its bytes.
struct bulletin_line {
  std::uint32_t begin = 0;
  std::uint32_t length = 0;  // LF included
  std::uint32_t stream_begin = 0;
  std::uint32_t stream_length = 0;
  bool is_event = false;
};

struct bulletin {
  std::string bytes;
  std::vector<bulletin_line> lines;

  std::string_view text_of(const bulletin_line& line) const {
    return std::string_view(bytes).substr(line.begin, line.length);
  }
  std::string_view stream_of(const bulletin_line& line) const {
    return std::string_view(bytes).substr(line.stream_begin, line.stream_length);
  }
};

using shared_bulletin = std::shared_ptr<const bulletin>;

}  // namespace spindrift
