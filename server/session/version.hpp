// What the server calls itself in `welcome` and in HTTP replies. The number is the project's, from CMakeLists.txt.
#pragma once

#include <string_view>

namespace spindrift {

inline constexpr std::string_view server_name = "spindrift/" SPINDRIFT_VERSION;

}  // namespace spindrift
