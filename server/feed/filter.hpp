// What one subscriber wants to hear of. Never changed once made; any thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/pattern.hpp"

namespace spindrift {

class filter {
public:
  filter(const std::vector<std::string>& patterns, bool only_events) : only_events_(only_events) {
    for (const std::string& text : patterns) patterns_.emplace_back(text);
    takes_all_streams_ =
        std::any_of(patterns_.begin(), patterns_.end(), [](const pattern& p) { return p.takes_all(); });
  }

  bool takes_stream(std::string_view stream) const {
    return takes_all_streams_ ||
           std::any_of(patterns_.begin(), patterns_.end(), [stream](const pattern& p) { return p.takes(stream); });
  }
  bool takes_all_streams() const { return takes_all_streams_; }
  bool only_events() const { return only_events_; }
  bool takes(std::string_view stream, bool is_event) const {
    return (is_event || !only_events_) && takes_stream(stream);
  }
  // True when every line is wanted: then a batch can be shared as it is.
  bool takes_everything() const { return takes_all_streams_ && !only_events_; }

private:
  std::vector<pattern> patterns_;
  bool only_events_;
  bool takes_all_streams_;
};

}  // namespace spindrift
