// What names of a list have in common at both ends, up to a separator: left out where there is no room for all of a
// name, so that what tells them apart is seen. Pure. Any thread. Cost: a look at each character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

struct common_part {
  std::size_t front = 0;  // bytes
  std::size_t back = 0;

  // "plant-1/line-7/bearing" without what it shares: "…7…". As it is where nothing is shared.
  std::string without(std::string_view name) const;
};

// Nothing of fewer than two names, or where one would be left with nothing.
common_part common_part_of(const std::vector<std::string_view>& names);

}  // namespace spindrift
