// What became of a point of a batch. Plain data; views look into the point and into the batch. Apart from the batch,
// which most only hand on.
#pragma once

#include "common/model/verdict.hpp"
#include "server/engine/refusal.hpp"

namespace spindrift {

struct outcome {
  refusal why = refusal::none;
  verdict what;                       // meaningless unless `why` is none; views into the point
  time_unit fixes = time_unit::none;  // the unit of its stream's times, which nothing had told before
};

}  // namespace spindrift
