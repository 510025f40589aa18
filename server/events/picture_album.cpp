// Begins, follows and hands out pictures.
#include "server/events/picture_album.hpp"

#include <algorithm>
#include <limits>

namespace spindrift {

bool picture_album::extend(event_picture& picture, const observation& point) {
  if (picture.is_complete() || (!picture.from.empty() && picture.from.back().n >= point.n)) return false;
  picture.from.push_back({point.n, point.ts, point.value, point.seen.baseline.expected, point.seen.baseline.sigma});
  return true;
}

void picture_album::follow_drafts(const observation& point, std::size_t feature, bool is_out) {
  const auto of_feature = [feature](const draft& kept) { return kept.feature == feature; };
  drafts_.erase_if([&](const draft& kept) { return of_feature(kept) && !kept.is_out; });
  draft* held = std::find_if(drafts_.begin(), drafts_.end(), of_feature);
  if (held == drafts_.end()) {
    if (!is_out) return;
    held = &drafts_.push_back({static_cast<std::uint32_t>(feature), true, {ring_.points_as_kept(feature), {}}});
  }
  held->is_out = is_out;
  extend(held->picture, point);
}

event_picture picture_album::take(const finding& found, const observation* point) const {
  for (const draft& kept : drafts_) {
    if (kept.feature == found.feature && kept.picture.from.front().n == found.from_n)
      return {context_ring::as_written(kept.picture.before), kept.picture.from};
  }
  // What began before anybody knew: its first points are among those that were kept for what comes.
  event_picture made;
  made.before = ring_.points(found.feature);
  const std::uint64_t next = point == nullptr ? found.from_n + 1 : point->n;
  const std::uint64_t past = point == nullptr ? 0 : next - std::min(next, found.from_n);
  const std::size_t inside = static_cast<std::size_t>(std::min<std::uint64_t>(past, made.before.size()));
  const std::size_t first = made.before.size() - inside;
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = first; i < made.before.size() && !made.is_complete(); ++i) {
    made.from.push_back({next - (made.before.size() - i), made.before[i].ts, made.before[i].value, unknown, unknown});
  }
  made.before.resize(first);
  if (point != nullptr) extend(made, *point);
  return made;
}

}  // namespace spindrift
