// Where people find the page of `spindrift-viz --web`: what --public-url takes, of the server and of the viewer. It
// stands in front of "#stream=..." in links, in lines of mail, and is no secret. A pure function; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spindrift {

inline constexpr std::size_t page_address_bytes_max = 200;

// What is wrong with --public-url, and what would be right; empty: nothing, or nothing is given.
std::string wrong_page_address(std::string_view url);

}  // namespace spindrift
