// Votes of detectors of whole points become events.
#include <algorithm>

#include "common/model/verdict.hpp"
#include "server/events/event_watch.hpp"

namespace spindrift {

// What is there, or one that begins behind point n.
vote_watch& event_watch::votes_from(std::uint64_t n) {
  std::unique_ptr<vote_watch>& votes = some().votes;
  if (!votes) votes = std::make_unique<vote_watch>(n);
  return *votes;
}

// A vote says less than what a watch can name: it waits for what these make of the same points.
void event_watch::take_votes(std::uint8_t voters, std::uint64_t n, std::int64_t ts, std::span<const double> values,
                             const reading& seen, std::vector<event>& told) {
  const std::size_t feature = std::min(seen.feature, values.size() - 1);
  const vote_watch::answer heard = votes_from(n - 1).update(n, ts, values[feature], seen, voters);
  if (heard.goes_on || heard.over) {
    for (entry& held : entries_) {
      if (!held.is_open || held.told.kind != event_kind::pattern) continue;
      if (heard.over) return close(held, n, ts, heard.accepted, told);
      held.seen_n = n;
    }
  }
  if (!heard.found) return;
  const observation point{n, ts, values[heard.found->feature], seen.of_feature(heard.found->feature)};
  consider(*heard.found, true, point, told);
}

}  // namespace spindrift
