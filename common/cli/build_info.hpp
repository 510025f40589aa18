// Which build this is: version, commit and build type, for --version and the metrics. Of the last configuration of the
// build tree; "unknown" where there was no git. In a file of its own, made by CMake, so that a new commit costs one
// small unit. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace spindrift {

struct build_info {
  std::string_view version;  // "0.2.0"
  std::string_view commit;   // "0123456789ab", with "-dirty" where files had changed; or "unknown"
  std::string_view type;     // "Release"
};

const build_info& this_build();

}  // namespace spindrift
