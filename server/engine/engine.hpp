// The engine: a batch of points in, a numbered verdict for each out.
//
// Streams live in a striped table; a batch locks the stripes it touches, all at once and in ascending order, so two
// batches never wait for each other in a circle. Under those locks points are numbered, written ahead (where a journal
// is), and only then shown to the detectors: what a crash leaves in the journal is exactly what was or could have been
// answered, in the order of the numbers. Any thread may call any function. Cost: the detectors' plus about 40 ns a
// point.
//
// Bounded: at most `streams_max` streams. When the table is full, streams idle for longer than `idle_before_eviction`
// make room, the longest idle first; a new stream that finds no room is refused.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/detect/detector.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/counters.hpp"
#include "server/engine/name_hash.hpp"
#include "server/engine/name_table.hpp"
#include "server/engine/stream.hpp"

namespace spindrift {

struct engine_settings {
  detector_settings detectors;
  // 100,000 streams of the default detectors are some 2 GB when all are old and busy.
  std::size_t streams_max = 100'000;
  std::chrono::milliseconds idle_before_eviction{60'000};
  // Of the hash of names. 0: drawn anew by every process, as it must be where strangers choose the names; another one
  // makes a simulation repeatable.
  std::uint64_t name_seed = 0;
};

// One line of the `streams` listing.
struct stream_summary {
  std::string name;
  std::uint64_t n = 0;
  double last = 0;
  std::int64_t last_ts = 0;
  double mean = 0;  // of ADWIN's window
  std::size_t features = 0;
};

// What the engine asks of a journal: all points of a batch, numbered, in one write. Called under the stripe locks.
class point_journal {
public:
  virtual ~point_journal() = default;
  // points[i] takes part, and has its number in outcomes[i].what.n, where streams[i] is not null. False: nothing was
  // written.
  virtual bool append(const batch& what) = 0;
  // The stream is about to be evicted, under its stripe's lock: replay must forget it as well. False: that could not
  // be written, so the stream must stay.
  virtual bool forget(stream& what) = 0;
};

class engine {
public:
  // The settings are copied; the counters and the journal (may be null) outlive the engine.
  engine(const engine_settings& settings, counters& counts, point_journal* journal = nullptr);

  // Fills batch.outcomes. Points of one stream are applied in the order of the batch.
  void observe(batch& what, moment now);

  // While closed, streams that are not known are refused, and none is evicted for them: memory has run out.
  void close_to_new_streams(bool closed) { is_closed_.store(closed, std::memory_order_relaxed); }
  bool is_closed_to_new_streams() const { return is_closed_.load(std::memory_order_relaxed); }

  std::size_t stream_count() const { return stream_count_.load(std::memory_order_relaxed); }
  // The streams whose name is wanted, in the order of their names, at most `limit`. Visits every stream, a stripe at a
  // time.
  std::vector<stream_summary> list(const std::function<bool(std::string_view)>& is_wanted, std::size_t limit);

  // Shows every stream to `save`, one at a time under its stripe's lock, and calls `put` after each without a lock.
  // Streams that come or go meanwhile may or may not be among them. Stops when `put` returns false.
  void save_streams(const std::function<void(stream&)>& save, const std::function<bool()>& put);

  // For start-up, before anything observes: places a loaded stream, whose name must not be there yet; applies a point
  // of the journal again, unless it is in the stream's state already (`position`: see store/store.hpp); forgets a
  // stream.
  void restore(std::unique_ptr<stream> loaded, moment now);
  std::optional<verdict> replay(const point_record& record, journal_position position, moment now);
  void replay_forget(std::string_view name, journal_position position);
  const engine_settings& settings() const { return settings_; }
  // What a new stream of this name is watched with.
  const shared_profile& profile_of(std::string_view /*name*/) const { return profile_; }

private:
  static constexpr std::size_t stripe_count = 64;  // a bit each in one word, and far more than there are threads

  struct alignas(64) stripe {
    mutable std::mutex lock;
    name_table<stream> streams;
  };
  struct idle_stream {
    std::int64_t seen_ms;
    std::string name;
    std::uint64_t hash;
  };

  stripe& stripe_of(std::uint64_t hash) { return stripes_[hash & (stripe_count - 1)]; }
  const stripe& stripe_of(std::uint64_t hash) const { return stripes_[hash & (stripe_count - 1)]; }
  void observe_locked(batch& what, moment now, std::uint64_t stripes);
  void number_points(batch& what, moment now);
  void prefetch(const batch& what, std::size_t at) const;
  stream* find_or_create(const point& from, std::uint64_t hash);
  bool take_place();
  void apply_points(batch& what, moment now);
  static void apply(const point& from, stream& to, moment now, verdict& result, std::vector<event>& told);
  void take_back(batch& what);
  std::size_t missing_streams(const batch& what, moment now, std::uint64_t stripes);
  bool make_room(std::size_t wanted, moment now);
  void count(const batch& what);

  engine_settings settings_;
  shared_profile profile_;
  counters& counts_;
  point_journal* journal_;
  name_hash hash_;
  std::array<stripe, stripe_count> stripes_;
  std::atomic<std::size_t> stream_count_{0};
  std::atomic<bool> is_closed_{false};

  std::mutex eviction_lock_;
  std::vector<idle_stream> idle_;  // the longest idle last, from the newest look around
  std::int64_t looked_around_ms_ = INT64_MIN;
};

}  // namespace spindrift
