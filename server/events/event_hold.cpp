// Events that a person does not want to hear of: kept as all others are, and told to nobody.
#include <algorithm>
#include <utility>

#include "server/events/event_text.hpp"
#include "server/events/event_watch.hpp"

namespace spindrift {

event_watch::membership event_watch::hold_back(const notice_rules& rules, membership belongs,
                                               std::vector<event>& told) {
  std::size_t kept = 0;
  for (event& notice : told) {
    const auto of = std::find_if(entries_.begin(), entries_.end(),
                                 [&](const entry& held) { return held.told.number == notice.number; });
    const bool is_wanted = rules.takes(notice);
    bool passes = is_wanted;
    if (notice.state == event_state::open) {
      if (of != entries_.end() && !notice.is_picture_alone) of->is_told = is_wanted;
    } else if (of != entries_.end()) {
      passes = of->is_told;
    }
    if (of != entries_.end() && notice.is_picture_alone) passes = of->is_told;
    if (!passes && is_wanted && notice.state == event_state::update && of != entries_.end()) {
      passes = of->is_told = true;
      notice.state = event_state::open;
      of->told.state = event_state::open;
    }
    if (!passes) continue;
    if (&told[kept] != &notice) told[kept] = std::move(notice);
    ++kept;
  }
  told.resize(kept);
  if (belongs.number == 0) return belongs;
  membership found{.late = belongs.late};
  bool is_known = false;
  for (const entry& held : entries_) {
    is_known = is_known || held.told.number == belongs.number;
    if (!held.is_told) continue;
    if (held.told.number == belongs.number) return belongs;
    if (held.is_open) {
      found.number = held.told.number;
      found.kind = held.told.kind;
    }
  }
  return is_known ? found : belongs;
}

void event_watch::keep_to_itself(std::vector<event>& told) {
  const auto is_kept = [this](const event& notice) {
    const auto of = std::find_if(entries_.begin(), entries_.end(),
                                 [&](const entry& held) { return held.told.number == notice.number; });
    if (of == entries_.end()) return true;
    if (notice.state == event_state::open && !notice.is_picture_alone) of->is_told = false;
    return !of->is_told;
  };
  told.erase(std::remove_if(told.begin(), told.end(), is_kept), told.end());
}

void event_watch::keep_to_itself(std::uint64_t from_n, std::uint64_t to_n) {
  for (entry& held : entries_) {
    if (held.told.told_n >= from_n && held.told.told_n <= to_n) held.is_told = false;
  }
}

void event_watch::begin_present(std::int64_t ts) {
  entries_.erase_if([](const entry& held) { return !held.is_told; });
  intervals_.skip_to(ts);
}

void event_watch::recall_told(const notice_rules& rules) {
  for (entry& held : entries_) held.is_told = rules.takes(held.told);
}

}  // namespace spindrift
