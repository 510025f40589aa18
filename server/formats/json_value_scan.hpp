// Where a JSON object or array ends, by counting its brackets outside of strings: for framing, not for judging.
// Pure functions and a small state; nothing throws or allocates; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace spindrift::formats {

// Follows a value that arrives in pieces.
class json_value_scan {
public:
  // Looks at more text. Offset just behind the value in `text`; 0: it is not complete, or does not begin with a
  // bracket.
  std::size_t advance(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const char c = text[at];
      if (in_string_) {
        if (escaped_) {
          escaped_ = false;
        } else if (c == '\\') {
          escaped_ = true;
        } else if (c == '"') {
          in_string_ = false;
        }
        continue;
      }
      if (c == '"') in_string_ = true;
      if (c == '{' || c == '[') ++depth_;
      if (c == '}' || c == ']') {
        if (depth_ == 0) return 0;
        if (--depth_ == 0) return at + 1;
      }
      if (depth_ == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n') return 0;
    }
    return 0;
  }
  std::size_t depth() const { return depth_; }
  bool is_in_string() const { return in_string_; }

private:
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

inline std::size_t json_value_bytes(std::string_view text) {
  return json_value_scan().advance(text);
}

}  // namespace spindrift::formats
