// One point through its stream: its values in the stream's order, or their rate; detectors; events; the verdict. Pure
// but for the stream, whose lock the caller holds. Cost: the detectors'.
#pragma once

#include <cstddef>
#include <vector>

#include "server/engine/moment.hpp"

namespace spindrift {

struct event;
struct feature_verdict;
struct point;
struct stream;
struct told_event;
struct verdict;

// The point fits the stream and has been numbered: `result` has subject and n. What the stream's events have to say is
// appended to `told`. `by_feature` has room for the point's features: what verdicts look into must stay where it is.
void judge(const point& from, stream& to, moment now, verdict& result, std::vector<event>& told,
           std::vector<feature_verdict>& by_feature);

// Moves the notices of a point, number `point` of its batch, to where the others of the batch are.
void tell(const point& from, const stream& of, std::size_t point, std::vector<event>& notices,
          std::vector<told_event>& into);

}  // namespace spindrift
