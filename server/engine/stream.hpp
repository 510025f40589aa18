// One stream: its name, its numbering and its detectors. Owned by the stream table; touched only under its stripe's
// lock.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/model/limit.hpp"
#include "common/model/point.hpp"
#include "server/detect/detector.hpp"
#include "server/detect/prefetch.hpp"
#include "server/detect/rare_list.hpp"
#include "server/engine/counter_rate.hpp"
#include "server/engine/stream_name.hpp"
#include "server/engine/stream_profile.hpp"
#include "server/events/event_watch.hpp"
#include "server/store/record.hpp"

namespace spindrift {

struct stream {
  // Numbers of this size are times in seconds, of 1973 to 5138, or milliseconds of a few days behind 1970.
  static constexpr std::int64_t seconds_min = 100'000'000;
  static constexpr std::int64_t seconds_end = 100'000'000'000;

  // What most streams have nothing of.
  struct rarities {
    explicit rarities(std::vector<std::string> names = {}) : features(std::move(names)) {}

    rare_list<std::string> features;     // in the order of the first point; empty for a univariate stream
    std::uint64_t learned_from = 0;      // the newest points that were learned alone, first
    std::uint64_t learned_to = 0;        // and last; 0: none. Of no account once another has come
    std::int64_t refused_ms = 0;         // when the last point was refused,
    std::uint32_t refused = 0;           // and how many were since the newest one
    std::unique_ptr<counter_rate> rate;  // of a stream of counters: what is judged; null: the values themselves are
  };

  shared_profile profile;            // whose settings the detectors look at
  std::uint64_t n = 0;               // points numbered so far
  double last = 0;                   // the newest value (of the first feature)
  std::int64_t last_ts = 0;          // its event time, milliseconds since the Unix epoch
  std::int64_t seen_ms = 0;          // when it came, on the monotonic clock: for eviction, and for silence
  std::unique_ptr<rarities> seldom;  // from the first of them on
  detector detectors;
  event_watch events;
  journal_name journal{};            // what the journal remembers of the name; the journal's alone
  std::uint32_t snapshot = 0;        // the newest snapshot that it is in, or younger than; its taker's alone
  time_unit unit = time_unit::none;  // of the times that its points come with; none: nothing has told yet
  stream_name name;                  // and its bytes behind it: the last member

  static std::unique_ptr<stream> make(std::string_view named, const point& first, shared_profile chosen) {
    return make(named, names_of(first), std::move(chosen));
  }
  // A stream that has seen nothing yet; for stream_state.
  static std::unique_ptr<stream> make(std::string_view named, std::vector<std::string> feature_names,
                                      shared_profile chosen) {
    const room_behind room{named.size()};
    return std::unique_ptr<stream>(new (room) stream(named, std::move(feature_names), std::move(chosen)));
  }
  static void operator delete(void* block) { ::operator delete(block); }

  // From its first point on, as its source says or the operator does: for ever.
  void judge_by_rate() { some().rate = std::make_unique<counter_rate>(width()); }
  counter_rate* rate() const { return seldom ? seldom->rate.get() : nullptr; }

  // The newest point was of the past, and told to nobody.
  bool is_learning() const { return seldom && seldom->learned_to != 0 && seldom->learned_to == n; }

  // Points refused since the newest one.
  std::uint32_t refused() const { return seldom ? seldom->refused : 0; }

  rarities& some() {
    if (!seldom) seldom = std::make_unique<rarities>();
    return *seldom;
  }

  // In the order of the first point; none of a univariate stream.
  std::span<const std::string> features() const {
    return seldom ? std::span<const std::string>(seldom->features.data(), seldom->features.size())
                  : std::span<const std::string>();
  }

  // See prefetch.hpp. What numbering touches: most of it lies between, and is for the detectors and events.
  void prefetch_ends() const {
    const auto* const begin = reinterpret_cast<const char*>(this);
    const auto* const behind_events = reinterpret_cast<const char*>(&journal);
    prefetch_bytes(begin, static_cast<std::size_t>(reinterpret_cast<const char*>(&detectors) - begin));
    prefetch_bytes(behind_events, static_cast<std::size_t>(begin + sizeof(stream) - behind_events));
  }

  // Values a point has.
  std::size_t width() const { return std::max<std::size_t>(features().size(), 1); }

  // True when the point has the stream's features, in whatever order.
  bool takes(const point& from) const {
    if (from.values.size() != features().size()) return false;
    std::array<double, model::features_max> ordered;
    return from.values.empty() || order_values(from, ordered);
  }

  // Puts the point's time, in milliseconds, in its place, and fixes the stream's unit where none was. `ts`: as sent.
  // False: it is of another unit than the stream's times are. Whether a number counts seconds or the milliseconds of
  // the first years, the stream tells: one that has begun near 1970 goes on there.
  bool take_time(std::int64_t& ts, time_unit sent_as) {
    const bool is_number = sent_as == time_unit::milliseconds;
    const bool may_be_seconds = is_number && ts >= seconds_min && ts < seconds_end;
    if (is_number && ts < seconds_min) return unit == time_unit::none || unit == time_unit::milliseconds;
    time_unit like = may_be_seconds ? time_unit::seconds : sent_as;
    if (may_be_seconds && unit == time_unit::none && n > 0 && last_ts < seconds_end) return true;
    if (unit == time_unit::none) unit = like;
    if (unit != like) return false;
    if (may_be_seconds) ts *= 1'000;
    return true;
  }

  // Puts the point's values into the stream's own order. False when the point has other features than the stream.
  bool order_values(const point& from, std::span<double> into) const {
    const std::span<const std::string> names = features();
    if (from.values.size() != names.size()) return false;
    if (names.empty()) {
      into[0] = from.value;
      return true;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      // Producers nearly always keep their order, so the first guess is right.
      const feature* found = from.values[i].name == names[i] ? &from.values[i] : nullptr;
      for (std::size_t j = 0; found == nullptr && j < from.values.size(); ++j) {
        if (from.values[j].name == names[i]) found = &from.values[j];
      }
      if (found == nullptr) return false;
      into[i] = found->value;
    }
    return true;
  }

private:
  // Of the block that a stream lies in.
  struct room_behind {
    std::size_t bytes;
  };
  static void* operator new(std::size_t own, room_behind room) { return ::operator new(own + room.bytes); }
  static void operator delete(void* block, room_behind /*room*/) { ::operator delete(block); }

  stream(std::string_view named, std::vector<std::string> feature_names, shared_profile chosen)
      : profile(std::move(chosen)),
        seldom(feature_names.empty() ? nullptr : std::make_unique<rarities>(std::move(feature_names))),
        detectors(profile->detectors, width(), profile->networks.get()),
        events(width(), profile->context_points),
        name(named) {}

  static std::vector<std::string> names_of(const point& from) {
    std::vector<std::string> names;
    names.reserve(from.values.size());
    for (const feature& one : from.values) names.emplace_back(one.name);
    return names;
  }
};

}  // namespace spindrift
