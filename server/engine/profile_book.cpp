// Makes the profiles of all entries, and finds the one of a name.
#include "server/engine/profile_book.hpp"

#include <algorithm>
#include <memory>

namespace spindrift {

detector_settings detectors_of(const stream_settings& own, const detector_settings& usual) {
  detector_settings made = usual;
  if (own.threshold) made.zscore.threshold = *own.threshold;
  if (own.detectors.empty()) return made;
  for (const detector_entry& known : detectors()) {
    if (known.on == nullptr) continue;
    made.*known.on = std::find(own.detectors.begin(), own.detectors.end(), known.name) != own.detectors.end();
  }
  return made;
}

profile_book::profile_book(const profile_choice& chosen, const profile_book* like) {
  const auto counters = std::make_shared<const std::vector<pattern>>(chosen.counters_of);
  const auto made_of = [&](const detector_settings& wanted, const stream_settings& own) {
    auto made = std::make_shared<stream_profile>(shared(wanted, like), chosen.context_points, own, chosen.silent_after);
    made->counters = counters;
    return made;
  };
  usual_ = made_of(chosen.detectors, {});
  for (const stream_settings& own : chosen.streams) {
    entry& made = entries_.emplace_back();
    for (const std::string& text : own.match) made.match.emplace_back(text);
    made.profile = made_of(detectors_of(own, chosen.detectors), own);
  }
}

shared_detector_settings profile_book::shared(const detector_settings& wanted, const profile_book* like) const {
  for (const profile_book* book : {this, like}) {
    if (book == nullptr) continue;
    if (book->usual_ && book->usual_->detectors == wanted) return book->usual_->shared_detectors;
    for (const profile_book::entry& one : book->entries_) {
      if (one.profile && one.profile->detectors == wanted) return one.profile->shared_detectors;
    }
  }
  return std::make_shared<const detector_settings>(wanted);
}

std::optional<std::size_t> profile_book::entry_of(std::string_view name) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto takes = [name](const pattern& one) { return one.takes(name); };
    if (std::any_of(entries_[i].match.begin(), entries_[i].match.end(), takes)) return i;
  }
  return std::nullopt;
}

const shared_profile& profile_book::of(std::string_view name) const {
  const auto found = entry_of(name);
  return found ? entries_[*found].profile : usual_;
}

void profile_book::retire() const {
  usual_->is_retired.store(true, std::memory_order_relaxed);
  for (const entry& one : entries_) one.profile->is_retired.store(true, std::memory_order_relaxed);
}

}  // namespace spindrift
