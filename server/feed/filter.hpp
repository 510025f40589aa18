// What one subscriber wants to hear of. Plain data; any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/glob.hpp"

namespace spindrift {

class filter {
public:
  filter(std::vector<std::string> patterns, bool only_events)
      : patterns_(std::move(patterns)), only_events_(only_events) {
    takes_all_streams_ = std::find(patterns_.begin(), patterns_.end(), "*") != patterns_.end();
  }

  bool takes(std::string_view stream, bool is_event) const {
    if (only_events_ && !is_event) return false;
    if (takes_all_streams_) return true;
    return std::any_of(patterns_.begin(), patterns_.end(),
                       [stream](const std::string& pattern) { return matches(pattern, stream); });
  }
  // True when every line is wanted: then a batch can be shared as it is.
  bool takes_everything() const { return takes_all_streams_ && !only_events_; }

private:
  std::vector<std::string> patterns_;
  bool only_events_;
  bool takes_all_streams_;
};

}  // namespace spindrift
