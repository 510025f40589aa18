// Keeps the panels of the streams that came first, and counts the others.
#include "visualizer/series/gallery.hpp"

#include <cmath>
#include <utility>

namespace spindrift {
namespace {

bool is_band(double expected, double sigma) {
  return std::isfinite(expected) && std::isfinite(sigma) && sigma >= 0;
}

sample sample_of(const verdict& judged, double value) {
  sample made;
  made.n = judged.n;
  made.ts = judged.subject.ts.value_or(0);
  made.value = value;
  made.is_drift = judged.drift.has_value();
  made.is_alarm = judged.alarm;
  made.is_labelled = judged.subject.label.value_or(false);
  return made;
}

}  // namespace

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
    if (!std::isfinite(subject.value)) return;
    sample made = sample_of(judged, subject.value);
    made.is_anomaly = judged.anomaly;
    made.is_banded = !judged.warmup && is_band(judged.expected, judged.sigma);
    made.expected = judged.expected;
    made.sigma = judged.sigma;
    panel->add(made);
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
    add_feature(judged, i, i < bands.size() ? &bands[i] : nullptr, *panel, known);
  }
}

void gallery::add_feature(const verdict& judged, std::size_t index, const feature_band* band, series& panel,
                          feature_band& known) {
  const feature& part = judged.subject.values[index];
  if (!std::isfinite(part.value)) return;
  // Where the verdict names no feature, the whole point is meant.
  const bool is_named = judged.feature.empty() || judged.feature == part.name;
  if (band != nullptr) {
    known = *band;
  } else if (is_named && !judged.feature.empty()) {
    known = {judged.expected, judged.sigma, judged.z, true};
  }
  sample made = sample_of(judged, part.value);
  made.is_anomaly = judged.anomaly && is_named;
  made.is_banded = known.is_known && is_band(known.expected, known.sigma) && !judged.warmup;
  made.expected = known.expected;
  made.sigma = known.sigma;
  panel.add(made);
}

void gallery::add(stream_event told) {
  ++event_changes_;
  std::erase_if(events_,
                [&](const stream_event& held) { return held.number == told.number && held.stream == told.stream; });
  events_.push_back(std::move(told));
  if (events_.size() > events_max) events_.pop_front();
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
