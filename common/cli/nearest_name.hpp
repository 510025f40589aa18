// "Did you mean": the known name that a mistyped one is closest to.
//
// The distance counts insertions, deletions, substitutions and swaps of neighbours, one each (optimal string
// alignment); what is left out at a name's end counts as one mistake, for people abbreviate. Cost: four times the
// product of both lengths for each known name; start-up only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

std::size_t edit_distance(std::string_view from, std::string_view to);

struct near_name {
  std::string name;
  bool is_likely = false;  // close enough to have been meant: at most a third of its letters differ

  // "; did you mean NAME" or "; the nearest is NAME", to stand behind a complaint; empty where nothing is known.
  std::string hint() const;
};

// The first of the nearest; an empty name when nothing is known.
near_name nearest_name(std::string_view typed, const std::vector<std::string>& known);

}  // namespace spindrift
