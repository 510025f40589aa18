// Keeps the panels of the streams that came first, and counts the others.
#include "visualizer/series/gallery.hpp"

#include <cmath>

namespace spindrift {
namespace {

bool has_band(const verdict& judged) {
  return !judged.warmup && std::isfinite(judged.expected) && std::isfinite(judged.sigma) && judged.sigma >= 0;
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

void gallery::add(const verdict& judged) {
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
    made.is_banded = has_band(judged);
    made.expected = judged.expected;
    made.sigma = judged.sigma;
    panel->add(made);
    return;
  }
  for (std::size_t i = 0; i < subject.values.size(); ++i) {
    const feature& which = subject.values[i];
    series* panel = entry != nullptr ? panel_of(*entry, subject.stream, which.name, i) : nullptr;
    if (panel == nullptr) {
      count_other(subject.stream, which.name);
      continue;
    }
    add_feature(judged, which, *panel, bands_[static_cast<std::size_t>(panel - panels_.data())]);
  }
}

void gallery::add_feature(const verdict& judged, const feature& which, series& panel, band& known) {
  if (!std::isfinite(which.value)) return;
  // Where the verdict names no feature, the whole point is meant.
  const bool is_named = judged.feature.empty() || judged.feature == which.name;
  if (is_named && !judged.feature.empty()) known = {judged.expected, judged.sigma, has_band(judged)};
  sample made = sample_of(judged, which.value);
  made.is_anomaly = judged.anomaly && is_named;
  made.is_banded = known.is_known && !judged.warmup;
  made.expected = known.expected;
  made.sigma = known.sigma;
  panel.add(made);
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
