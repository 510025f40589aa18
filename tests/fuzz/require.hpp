// What a fuzz target claims, in every build type: a claim that is false ends the process with its place and text.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace spindrift::fuzz {

inline void require(bool claim, const char* what, std::string_view detail = {}) {
  if (claim) return;
  std::fprintf(stderr, "%s\n", what);
  if (!detail.empty()) std::fwrite(detail.data(), 1, detail.size(), stderr);
  std::abort();
}

}  // namespace spindrift::fuzz
