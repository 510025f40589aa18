// What the server calls itself in `welcome` and in HTTP replies.
#pragma once

#include <string_view>

namespace spindrift {

inline constexpr std::string_view server_name = "spindrift/0.1.0";

}  // namespace spindrift
