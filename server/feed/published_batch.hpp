// The verdict and event lines of one batch on their way to subscribers: written once, shared by all, never changed. Any
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/feed/line_class.hpp"

namespace spindrift {

// One line of a batch, as offsets into its bytes.
struct published_line {
  std::uint32_t begin = 0;
  std::uint32_t length = 0;  // LF included
  std::uint32_t stream_begin = 0;
  std::uint32_t stream_length = 0;
  std::uint64_t stream_hash = 0;  // the engine's: equal for equal names
  line_class kind = line_class::ordinary;
};

struct published_batch {
  std::string bytes;
  std::vector<published_line> lines;
  line_classes classes = 0;  // those among the lines

  std::string_view text_of(const published_line& line) const {
    return std::string_view(bytes).substr(line.begin, line.length);
  }
  std::string_view stream_of(const published_line& line) const {
    return std::string_view(bytes).substr(line.stream_begin, line.stream_length);
  }
};

using shared_published_batch = std::shared_ptr<const published_batch>;

}  // namespace spindrift
