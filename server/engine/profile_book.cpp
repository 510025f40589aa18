// Makes the profiles of all entries, and finds the one of a name.
#include "server/engine/profile_book.hpp"

#include "server/engine/stripe_guard.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace spindrift {

namespace {

// Of an entry's streams: what it is called by. Another one learns anew.
std::string name_of_networks(const stream_settings& own) {
  std::string name;
  for (const std::string& one : own.match) name.append(name.empty() ? "" : ", ").append(one);
  return name;
}

bool learns_together(const stream_settings& own, const detector_settings& wanted) {
  const std::span<const detector_entry> all = detectors();
  return own.is_shared && std::any_of(all.begin(), all.end(), [&](const detector_entry& one) {
           return one.make_network != nullptr && one.runs(wanted);
         });
}

}  // namespace

detector_settings detectors_of(const stream_settings& own, const detector_settings& usual) {
  detector_settings made = usual;
  if (own.threshold) made.zscore.threshold = *own.threshold;
  for (const detector_entry& known : detectors()) {
    if (known.on == nullptr || own.detectors.empty()) continue;
    made.*known.on = std::find(own.detectors.begin(), own.detectors.end(), known.name) != own.detectors.end();
  }
  if (learns_together(own, made)) made.shared_as = name_of_networks(own);
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
    const detector_settings wanted = detectors_of(own, chosen.detectors);
    const auto watched = made_of(wanted, own);
    if (!wanted.shared_as.empty()) {
      watched->networks = networks_named(wanted.shared_as, like);
      watched->order = std::uint64_t{1} << (std::hash<std::string>()(wanted.shared_as) % order_count);
    }
    if (watched->networks != nullptr) shared_end_ = entries_.size();
    made.profile = watched;
  }
}

std::shared_ptr<shared_networks> profile_book::networks_named(const std::string& name, const profile_book* like) {
  for (const profile_book* book : {static_cast<const profile_book*>(this), like}) {
    if (book == nullptr) continue;
    for (const std::shared_ptr<shared_networks>& one : book->networks_) {
      if (one->name() != name) continue;
      if (book != this) networks_.push_back(one);
      return one;
    }
  }
  return networks_.emplace_back(std::make_shared<shared_networks>(name));
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

std::uint64_t profile_book::order_of(std::string_view name) const {
  const auto found = entry_of(name, shared_end_);
  return found ? entries_[*found].profile->order : 0;
}

std::optional<std::size_t> profile_book::entry_of(std::string_view name, std::size_t end) const {
  for (std::size_t i = 0; i < end; ++i) {
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
