// A stream with its detectors and its event layer, a point a minute: what the tests of events feed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/detect/archive.hpp"
#include "server/detect/detector.hpp"
#include "server/detect/registry.hpp"
#include "server/events/event_watch.hpp"

namespace spindrift {

class little_stream {
public:
  static constexpr std::int64_t minute = 60'000;
  static constexpr std::int64_t begin = 1'704'067'200'000;  // Monday 2024-01-01 00:00 UTC

  explicit little_stream(std::size_t features = 1) : detectors_(settings(), features), events_(features) {}

  event_watch::membership add(double value) { return add(std::vector<double>{value}); }
  event_watch::membership add(const std::vector<double>& values) {
    const auto result = add_at(ts_, values);
    ts_ += minute;
    return result;
  }
  event_watch::membership add_at(std::int64_t ts, const std::vector<double>& values) {
    const reading seen = detectors_.update(values, static_cast<double>(ts) / 1'000);
    const auto result = events_.update(++n_, ts, values, seen, told_);
    for (const event& notice : told_) {
      if (notice.is_picture_alone) pictures_.push_back(notice);
    }
    std::erase_if(told_, [](const event& notice) { return notice.is_picture_alone; });
    return result;
  }
  void wait(std::int64_t milliseconds) { ts_ += milliseconds; }

  std::uint64_t n() const { return n_; }
  std::int64_t ts() const { return ts_; }  // of the next point
  const std::vector<event>& told() const { return told_; }
  event_watch& events() { return events_; }
  const std::vector<event>& pictures() const { return pictures_; }  // that were complete later than their events

  std::vector<event> of(event_state state) const {
    std::vector<event> found;
    for (const event& notice : told_) {
      if (notice.state == state) found.push_back(notice);
    }
    return found;
  }

  // Those that were told behind point n.
  std::vector<event> opened_after(std::uint64_t n) const {
    std::vector<event> found;
    for (const event& notice : told_) {
      if (notice.state == event_state::open && notice.told_n > n) found.push_back(notice);
    }
    return found;
  }

  // Everything that is saved of a stream, and a stream that goes on from there.
  std::string save() {
    std::string bytes;
    state_writer archive(bytes);
    archive(events_, n_, ts_);
    std::vector<std::string> parts;
    for (const detector_entry& part : spindrift::detectors()) {
      if (part.runs(settings())) detectors_.save(part.tag, parts.emplace_back());
    }
    archive.sequence(parts, 16);
    return bytes;
  }
  bool restore(std::string_view bytes) {
    state_reader archive(bytes);
    archive(events_, n_, ts_);
    std::vector<std::string> parts;
    archive.sequence(parts, 16);
    std::size_t next = 0;
    bool fits = archive.ok() && archive.bytes_left() == 0;
    for (const detector_entry& part : spindrift::detectors()) {
      if (!part.runs(settings())) continue;
      fits = fits && next < parts.size() && detectors_.restore(part.tag, parts[next++], settings());
    }
    return fits;
  }

private:
  static const detector_settings& settings() {
    static const detector_settings defaults;
    return defaults;
  }

  detector detectors_;
  event_watch events_;
  std::uint64_t n_ = 0;
  std::int64_t ts_ = begin;
  std::vector<event> told_;
  std::vector<event> pictures_;
};

}  // namespace spindrift
