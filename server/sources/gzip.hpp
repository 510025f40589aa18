// Unpacks gzip and zlib bodies. False: it is none, it is cut short, or more than `bytes_max` would come of it; a body
// that promises to be small and is not costs no more than that. Pure; any thread. By zlib.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spindrift {

bool unpack_gzip(std::string_view packed, std::size_t bytes_max, std::string& out);

}  // namespace spindrift
