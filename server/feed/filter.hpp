// What one subscriber wants to hear of. Never changed once made; any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/pattern.hpp"
#include "server/feed/line_class.hpp"

namespace spindrift {

class filter {
public:
  // `every_ms`: verdicts as aggregates, that often; 0: each for itself.
  filter(const std::vector<std::string>& patterns, line_classes wanted, int every_ms = 0)
      : classes_(wanted), every_ms_(every_ms) {
    for (const std::string& text : patterns) patterns_.emplace_back(text);
    takes_all_streams_ =
        std::any_of(patterns_.begin(), patterns_.end(), [](const pattern& p) { return p.takes_all(); });
  }

  bool takes_stream(std::string_view stream) const {
    return takes_all_streams_ ||
           std::any_of(patterns_.begin(), patterns_.end(), [stream](const pattern& p) { return p.takes(stream); });
  }
  std::size_t pattern_count() const { return patterns_.size(); }
  bool takes_all_streams() const { return takes_all_streams_; }
  line_classes classes() const { return classes_; }
  int every_ms() const { return every_ms_; }
  bool takes(std::string_view stream, line_class line) const { return holds(classes_, line) && takes_stream(stream); }

private:
  std::vector<pattern> patterns_;
  line_classes classes_;
  int every_ms_;
  bool takes_all_streams_;
};

}  // namespace spindrift
