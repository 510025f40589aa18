// Keeps the panels of the streams that came first, and counts the others.
#include "visualizer/series/gallery.hpp"

#include <utility>

#include "common/model/verdict.hpp"
#include "visualizer/series/verdict_sample.hpp"

namespace spindrift {
gallery::gallery(std::size_t points_max) : points_max_(points_max) {
  panels_.reserve(panels_max);
}

void gallery::add(const verdict& judged, std::span<const feature_band> bands) {
  if (judged.dup) return;
  ++verdicts_;
  const point& subject = judged.subject;
  stream_entry* entry = entry_of(subject.stream);
  if (!subject.is_multivariate()) {
    series* panel = entry != nullptr ? panel_of(*entry, subject.stream, {}, 0) : nullptr;
    if (panel == nullptr) return count_other(subject.stream, {});
    if (const auto made = sample_of(judged)) panel->add(*made);
    return;
  }
  for (std::size_t i = 0; i < subject.values.size(); ++i) {
    const std::string_view name = subject.values[i].name;
    series* panel = entry != nullptr ? panel_of(*entry, subject.stream, name, i) : nullptr;
    if (panel == nullptr) {
      count_other(subject.stream, name);
      continue;
    }
    feature_band& known = bands_[static_cast<std::size_t>(panel - panels_.data())];
    if (const auto made = sample_of(judged, i, i < bands.size() ? &bands[i] : nullptr, known)) panel->add(*made);
  }
}

void gallery::add(stream_event told) {
  ++event_changes_;
  std::erase_if(events_,
                [&](const stream_event& held) { return held.number == told.number && held.stream == told.stream; });
  events_.push_back(std::move(told));
  if (events_.size() > events_max) events_.pop_front();
}

void gallery::put(series panel) {
  if (panels_.size() == panels_max) return;
  panels_.push_back(std::move(panel));
  bands_.emplace_back();
}

void gallery::entitle(std::string_view stream, const std::string& title, const std::string& unit) {
  for (series& panel : panels_) {
    if (panel.stream() == stream) panel.entitle(title, unit);
  }
}

void gallery::add_missed(std::uint64_t verdicts) {
  missed_ += verdicts;
}

void gallery::expect_restarts() {
  for (series& panel : panels_) panel.expect_restart();
}

gallery::stream_entry* gallery::entry_of(std::string_view stream) {
  const auto at = streams_.find(stream);
  if (at != streams_.end()) return &at->second;
  if (panels_.size() == panels_max) return nullptr;
  return &streams_.emplace(std::string(stream), stream_entry{}).first->second;
}

series* gallery::panel_of(stream_entry& entry, std::string_view stream, std::string_view feature, std::size_t hint) {
  if (hint < entry.panels.size() && panels_[entry.panels[hint]].feature() == feature)
    return &panels_[entry.panels[hint]];
  for (const std::size_t index : entry.panels) {
    if (panels_[index].feature() == feature) return &panels_[index];
  }
  if (panels_.size() == panels_max) return nullptr;
  entry.panels.push_back(panels_.size());
  panels_.emplace_back(std::string(stream), std::string(feature), points_max_);
  bands_.emplace_back();
  return &panels_.back();
}

void gallery::count_other(std::string_view stream, std::string_view feature) {
  if (others_.size() >= others_max) return;
  const name_hash hash;
  others_.insert(hash(stream) ^ (hash(feature) * 31U));
}

}  // namespace spindrift
