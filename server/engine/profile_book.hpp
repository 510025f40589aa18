// Which profile a stream of a name has: that of the first entry that takes the name, else the one for all streams.
//
// Made from settings, then only read; any thread. Cost of a look-up: a comparison with each pattern. Profiles that have
// the same detectors share their settings, and those of an entry its networks, also with the book before (`like`), so
// that streams keep what they learned.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/pattern.hpp"
#include "server/engine/stream_profile.hpp"
#include "server/engine/stream_settings.hpp"

namespace spindrift {

struct profile_choice {
  detector_settings detectors;
  std::size_t context_points = context_ring::points_usual;
  std::chrono::milliseconds silent_after{0};
  std::vector<stream_settings> streams;
  std::vector<pattern> counters_of;

  bool operator==(const profile_choice&) const = default;
};

// The detectors of an entry: those of all streams, but for what it says itself.
detector_settings detectors_of(const stream_settings& own, const detector_settings& usual);

struct engine_settings;
profile_choice choice_of(const engine_settings& settings);

class profile_book {
public:
  explicit profile_book(const profile_choice& chosen, const profile_book* like = nullptr);

  const shared_profile& of(std::string_view name) const;
  const shared_profile& usual() const { return usual_; }
  // Which entry, from 0; empty: none.
  std::optional<std::size_t> entry_of(std::string_view name) const { return entry_of(name, entries_.size()); }
  // The bit of the lock that a stream's points are put in order by, 0 where it learns alone. Looks no further than the
  // last entry that says so.
  std::uint64_t order_of(std::string_view name) const;
  // What the streams of an entry learn together, in the order of the entries.
  const std::vector<std::shared_ptr<shared_networks>>& networks() const { return networks_; }
  // Streams that have one of its profiles ask again.
  void retire() const;

private:
  struct entry {
    std::vector<pattern> match;
    shared_profile profile;
  };
  shared_detector_settings shared(const detector_settings& wanted, const profile_book* like) const;

  std::optional<std::size_t> entry_of(std::string_view name, std::size_t end) const;
  std::shared_ptr<shared_networks> networks_named(const std::string& name, const profile_book* like);

  shared_profile usual_;
  std::vector<entry> entries_;
  std::size_t shared_end_ = 0;  // behind the last entry with `shared`
  std::vector<std::shared_ptr<shared_networks>> networks_;
};

}  // namespace spindrift
