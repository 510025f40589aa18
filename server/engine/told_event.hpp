// What the events of a stream have to say at a point of a batch. Plain data; the view looks into the point.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/model/event.hpp"

namespace spindrift {

struct told_event {
  std::size_t point = 0;     // its index
  std::string_view feature;  // the name of the event's feature as the point spells it; empty for a univariate point
  event notice;
};

}  // namespace spindrift
