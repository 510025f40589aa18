// Learns how often something as bad happens, and lets through what the budget allows.
#include "server/alerts/notice_budget.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace spindrift {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;

void put(std::int64_t number, std::string& out) {
  if (!out.empty()) out += ' ';
  out += std::to_string(number);
}

std::vector<std::int64_t> numbers_in(std::string_view text) {
  std::vector<std::int64_t> all;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::int64_t number = 0;
    const auto [next, wrong] = std::from_chars(at, end, number);
    if (wrong != std::errc()) break;
    all.push_back(number);
    at = next != end ? next + 1 : next;
  }
  return all;
}

}  // namespace

bool notice_budget::takes(std::int64_t now_ms, int severity, bool joins) {
  forget(now_ms);
  const bool is_taken = decide(now_ms, severity, joins);
  learn(now_ms, severity);
  return is_taken;
}

bool notice_budget::takes_worse(std::int64_t now_ms, int severity, bool joins) {
  forget(now_ms);
  return decide(now_ms, severity, joins);
}

// Before it is learned, so that an event does not raise what it is held against.
bool notice_budget::decide(std::int64_t now_ms, int severity, bool joins) {
  if (severity < severity_from(now_ms)) return false;
  if (joins && !sent_.empty()) {
    sent_.back().severity = std::max(sent_.back().severity, severity);
    return true;
  }
  const auto is_milder = [severity](const message& one) { return one.severity < severity; };
  const bool has_room = static_cast<double>(sent_.size()) < std::max(a_day_, 1.0);
  if (!has_room && !std::all_of(sent_.begin(), sent_.end(), is_milder)) return false;
  sent_.push_back({now_ms, severity});
  return true;
}

bool notice_budget::begin(std::int64_t now_ms) {
  if (began_ms_ != 0) return false;
  began_ms_ = now_ms;
  return true;
}

int notice_budget::severity_from(std::int64_t now_ms) const {
  const std::int64_t age_ms = began_ms_ == 0 ? 0 : now_ms - began_ms_;
  const double days = static_cast<double>(age_ms) / static_cast<double>(day_ms);
  const int of_whole_days = least_within(a_day_ * std::clamp(days, 1.0, 7.0));
  if (age_ms >= day_ms) return of_whole_days;
  const int so_far = age_ms < hour_ms ? severity_untaught : least_within(a_day_ * days);
  return std::max(of_whole_days, std::clamp(so_far, severity_of_no_noise, severity_untaught));
}

int notice_budget::least_within(double allowed) const {
  counts total{};
  for (const auto& [hour, seen] : hours_) {
    for (std::size_t i = 0; i < seen.size(); ++i) total[i] += seen[i];
  }
  double so_bad = 0;
  int from = severity_max;
  while (from > 0 && so_bad + total[static_cast<std::size_t>(from)] <= allowed) {
    so_bad += total[static_cast<std::size_t>(from)];
    --from;
  }
  return std::min(from + 1, severity_max);
}

void notice_budget::learn(std::int64_t now_ms, int severity) {
  severity = std::clamp(severity, 1, severity_max);
  begin(now_ms);
  const bool is_same = now_ms < incident_until_ms_;
  if (is_same && severity <= incident_severity_) return;
  const auto before = hours_.find(incident_hour_);
  if (is_same && before != hours_.end()) {
    std::uint32_t& milder = before->second[static_cast<std::size_t>(incident_severity_)];
    if (milder > 0) --milder;
  }
  if (!is_same) {
    incident_until_ms_ = now_ms + window_ms_;
    incident_hour_ = now_ms / hour_ms;
  }
  incident_severity_ = severity;
  ++hours_[incident_hour_][static_cast<std::size_t>(severity)];
}

void notice_budget::forget(std::int64_t now_ms) {
  while (!hours_.empty() && hours_.begin()->first <= now_ms / hour_ms - hours_max) hours_.erase(hours_.begin());
  while (!sent_.empty() && sent_.front().at_ms <= now_ms - day_ms) sent_.pop_front();
}

// began, how many were sent, (at, severity) of each, then (hour, severity, count).
std::string notice_budget::state() const {
  std::string out;
  put(began_ms_, out);
  put(static_cast<std::int64_t>(sent_.size()), out);
  for (const message& one : sent_) {
    put(one.at_ms, out);
    put(one.severity, out);
  }
  for (const auto& [hour, seen] : hours_) {
    for (std::size_t i = 1; i < seen.size(); ++i) {
      if (seen[i] == 0) continue;
      put(hour, out);
      put(static_cast<std::int64_t>(i), out);
      put(seen[i], out);
    }
  }
  return out;
}

void notice_budget::set_state(std::string_view text) {
  const std::vector<std::int64_t> all = numbers_in(text);
  if (all.size() < 2 || all[0] < 0 || all[1] < 0) return;
  began_ms_ = all[0];
  std::size_t at = 2;
  for (std::int64_t left = all[1]; left > 0 && at + 1 < all.size(); --left, at += 2) {
    sent_.push_back({all[at], static_cast<int>(std::clamp<std::int64_t>(all[at + 1], 1, severity_max))});
  }
  for (; at + 2 < all.size(); at += 3) {
    if (all[at + 1] < 1 || all[at + 1] > severity_max || all[at + 2] < 0) continue;
    hours_[all[at]][static_cast<std::size_t>(all[at + 1])] =
        static_cast<std::uint32_t>(std::min<std::int64_t>(all[at + 2], UINT32_MAX));
  }
}

}  // namespace spindrift
