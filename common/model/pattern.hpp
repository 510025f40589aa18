// A glob made ready: many names against one pattern.
//
// Takes exactly what matches() of glob.hpp takes. The pattern is cut at its stars once; a name is first held against
// the piece before the first star and the one behind the last, which refuses nearly every name at the cost of one
// comparison of a few bytes, and only then searched for the pieces between. Plain data; any thread may ask.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

class pattern {
public:
  explicit pattern(std::string text);
  bool takes(std::string_view name) const;
  const std::string& text() const { return text_; }
  bool takes_all() const { return text_ == "*"; }
  friend bool operator==(const pattern& a, const pattern& b) { return a.text_ == b.text_; }

private:
  // A run of the text without stars.
  struct piece {
    std::size_t begin = 0;
    std::size_t length = 0;
    bool is_plain = true;  // without question marks: found by memmem
  };

  bool is_at(const piece& wanted, std::string_view name, std::size_t at) const;
  std::size_t find(const piece& wanted, std::string_view name) const;
  const char* bytes_of(const piece& wanted) const { return text_.data() + wanted.begin; }

  std::string text_;
  std::vector<piece> pieces_;  // one more than there are stars; those at the ends are anchored
};

}  // namespace spindrift
