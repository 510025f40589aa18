// Says what runs under a profile and what a stream may grow to with it.
#include "server/engine/stream_profile.hpp"

#include <algorithm>
#include <utility>

#include "common/model/glob.hpp"

namespace spindrift {
namespace {

// The stream itself, its name and its place in the table, and what it remembers of events.
constexpr std::size_t bytes_of_stream = 656;
constexpr std::size_t event_bytes_a_value = 512;

std::size_t reckon(const stream_profile& profile, std::size_t values) {
  std::size_t bytes = bytes_of_stream + values * event_bytes_a_value + profile.context_points * 4 * (values + 1);
  for (const detector_entry* const entry : profile.running) bytes += entry->grown_bytes(profile.detectors, values);
  return bytes;
}

notice_rules rules_of(const stream_settings& own) {
  notice_rules rules;
  if (own.direction == "up") rules.only = event_direction::up;
  if (own.direction == "down") rules.only = event_direction::down;
  rules.min_deviation = own.min_deviation;
  rules.min_relative = own.min_relative;
  rules.severity = static_cast<int>(own.severity);
  rules.unit = own.unit;
  rules.title = own.title;
  if (own.kinds.empty()) return rules;
  rules.kinds = 0;
  for (const std::string& name : own.kinds) {
    const auto kind = event_kind_named(name);
    if (kind) rules.kinds = static_cast<std::uint16_t>(rules.kinds | (1U << static_cast<unsigned>(*kind)));
  }
  return rules;
}

}  // namespace

stream_profile::stream_profile(shared_detector_settings chosen, std::size_t shown_before_events)
    : shared_detectors(std::move(chosen)), detectors(*shared_detectors), context_points(shown_before_events) {
  for (const detector_entry& entry : spindrift::detectors()) {
    if (entry.runs(detectors)) running.push_back(&entry);
  }
  grown_bytes_of_one_ = reckon(*this, 1);
}

stream_profile::stream_profile(shared_detector_settings chosen, std::size_t shown_before_events,
                               const stream_settings& own, std::chrono::milliseconds silent_after_usual)
    : stream_profile(std::move(chosen), shown_before_events) {
  rules = rules_of(own);
  has_value_rules = rules.only != event_direction::none || rules.min_deviation > 0 || rules.min_relative > 0;
  silent_after = own.silence.value_or(silent_after_usual);
  as = own.as;
  alert = own.alert;
  match = own.match;
}

bool stream_profile::is_named_counter(std::string_view name) const {
  return counters &&
         std::any_of(counters->begin(), counters->end(), [&](const pattern& one) { return one.takes(name); });
}

bool stream_profile::is_counted(const point& first) const {
  if (as != value_reading::as_sent) return as == value_reading::rate;
  return first.is_counter || is_named_counter(first.stream);
}

std::size_t stream_profile::grown_bytes(std::size_t values) const {
  return values <= 1 ? grown_bytes_of_one_ : reckon(*this, values);
}

std::string stream_profile::title_of(std::string_view name) const {
  const auto by = std::find_if(match.begin(), match.end(), [&](const std::string& one) { return matches(one, name); });
  if (rules.title.empty() || by == match.end()) return std::string(name);
  return spindrift::title_of(rules.title, *by, std::string(name));
}

}  // namespace spindrift
