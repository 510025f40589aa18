// Glob patterns over stream names: `*` any run of characters, `?` one character, everything else itself. Matching takes
// at most length(pattern) * length(text) steps and no memory. Any thread.
//
// matches: the pattern takes this name. covers: it takes every name that the narrower pattern takes (sometimes false
// where it could be true: `?*` is not seen to cover `*a`).
#pragma once

#include <cstddef>
#include <string_view>

namespace spindrift {

namespace glob_detail {

template <bool text_is_pattern>
bool matches(std::string_view pattern, std::string_view text) {
  // Only a star may stand for a star: it means runs that one character cannot be.
  const auto takes = [](char wanted, char given) {
    return wanted == '?' ? !text_is_pattern || given != '*' : wanted == given;
  };
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // where to try again, one character further on
  std::size_t retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && takes(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace glob_detail

inline bool matches(std::string_view pattern, std::string_view text) {
  return glob_detail::matches<false>(pattern, text);
}
inline bool covers(std::string_view pattern, std::string_view narrower) {
  return glob_detail::matches<true>(pattern, narrower);
}

}  // namespace spindrift
