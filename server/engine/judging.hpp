// One point through its stream: its values in the stream's order, or their rate; detectors; events; the verdict. Pure
// but for the stream, whose lock the caller holds. Cost: the detectors'.
#pragma once

#include <cstddef>
#include <vector>

#include "server/detect/prefetch.hpp"
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

// Points between asking for memory and judging, 300 to 1,000 ns each where memory takes 100 to 300. What a batch of 512
// default points touches is more than most second-level caches hold, so that it cannot be asked for at once.
inline constexpr std::size_t judged_ahead = 2;

// See prefetch.hpp. Of points that are judged soon: the stream of the one that is `last`, the detectors of one before
// it, which has its stream by now, and what these lead to of one before that. `at(i)`: the stream of point i; null
// where there is none.
template <class At>
void prefetch_judged(const At& at, std::size_t last) {
  prefetch_object(at(last));
  if (last < judged_ahead) return;
  if (const auto* const next = at(last - judged_ahead)) {
    next->detectors.prefetch();
    next->events.prefetch();
  }
  if (last < 2 * judged_ahead) return;
  if (const auto* const next = at(last - 2 * judged_ahead)) {
    next->detectors.prefetch_windows();
    next->events.prefetch_entries();
  }
}

}  // namespace spindrift
