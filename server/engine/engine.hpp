// The engine: a batch of points in, a numbered verdict for each out.
//
// Streams live in a striped table; a batch locks the stripes it touches, all at once and in ascending order, so two
// batches never wait for each other in a circle. Under those locks points are numbered, written ahead (where a journal
// is), and only then shown to the detectors: what a crash leaves in the journal is exactly what was or could have been
// answered, in the order of the numbers. Any thread may call any function. Cost: the detectors' plus about 40 ns a
// point.
//
// Bounded: at most `streams_max` streams. When the table is full, streams idle for longer than `idle_before_eviction`
// make room, the longest idle first; a new stream that finds no room is refused. The same holds for memory: what a
// stream grows to is reckoned with when it is taken in. What the reckoning does not see, whoever measures memory does,
// and limits growth. Of the parts: stream_table.hpp (all streams), stream_state.hpp (one as bytes), idle_streams.hpp
// (who goes), stream_listing.hpp (who is there), recent_points.hpp (what one has shown).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/counters.hpp"
#include "server/engine/engine_settings.hpp"
#include "server/engine/idle_streams.hpp"
#include "server/engine/moment.hpp"
#include "server/engine/stripe_guard.hpp"
#include "server/store/record.hpp"

namespace spindrift {

class point_journal;
class profile_book;
class stream_table;
enum class refusal : std::uint8_t;
struct batch;
struct event;
struct event_picture;
struct stream;
struct stream_profile;
struct told_event;
struct feature_verdict;
struct network_loss;
struct shared_section;
struct verdict;
using shared_profile = std::shared_ptr<const stream_profile>;

// What memory allows.
enum class growth : std::uint8_t {
  unlimited,
  of_known_streams,  // new ones are refused, and none is evicted for them
  none,              // and so are points of streams that have had fewer than engine::grown_points
};

class engine {
public:
  // The settings are copied; the counters and the journal (may be null) outlive the engine.
  engine(const engine_settings& settings, counters& counts, point_journal* journal = nullptr);
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  // Fills batch.outcomes. Points of one stream are applied in the order of the batch.
  void observe(batch& work, moment now);

  // A stream of so many points takes a tenth more at most from then on, whatever it is fed.
  static constexpr std::uint64_t grown_points = 100'000;

  void limit_growth(growth allowed) { growth_.store(allowed, std::memory_order_relaxed); }
  growth allowed_growth() const { return growth_.load(std::memory_order_relaxed); }
  // What all streams may grow to from now on; those that are there stay. Only where there was a limit.
  void bound_grown_bytes(std::size_t bytes_max) { grown_bytes_max_.store(bytes_max, std::memory_order_relaxed); }
  std::size_t grown_bytes() const;
  // Whether another stream of one value would be refused for what all of them may grow to; once it was said, until a
  // twentieth is free again.
  bool is_reckoned_full(bool was_full = false) const;

  // Forgets at most `limit` streams that were last heard of before then (steady_ms), the longest idle first; the
  // journal knows of each. How many went.
  std::size_t forget_idle(std::int64_t before_ms, std::size_t limit, moment now);
  // All of them, in no order, whatever the journal says to it. A look at every stream.
  std::size_t forget_idle(std::int64_t before_ms);

  // What there is to say of streams without a point of theirs (silence.cpp): each of these puts it into `told` as an
  // outcome of nothing sent, journalled so that replay says it again.
  //
  // The streams of one stripe that have been away for too long, at most `limit` of them. Costs a look at each.
  void tell_of_silence(std::size_t stripe, moment now, std::size_t limit, batch& told);
  // A point of this stream was refused.
  void hear_refused(std::string_view name, moment now, batch& told);
  enum class marking : std::uint8_t { done, unknown, refused };
  // A person's word: the event of that number, which is like this one, was expected, or real.
  marking mark(std::string_view name, const event& like, bool is_expected);
  // What is known by now of the points around an event, where that is more than was told with it.
  std::optional<event_picture> picture_of(std::string_view name, std::uint64_t number);

  std::size_t stream_count() const;
  stream_table& streams() { return *streams_; }
  const stream_table& streams() const { return *streams_; }

  // For start-up, before anything observes: places a loaded stream, whose name must not be there yet; applies a point
  // of the journal again, unless it is in the stream's state already (`position`: see store/store.hpp); forgets a
  // stream. What the verdict of a point looks into lies in `by_feature`. Points of different stripes may be replayed at
  // once by different threads, and any streams restored.
  void restore(std::unique_ptr<stream> loaded, moment now);
  // There will be some so many: their tables need not grow with them.
  void expect_streams(std::size_t count);
  std::optional<verdict> replay(const point_record& record, journal_position position, moment now,
                                std::vector<told_event>& told, std::vector<feature_verdict>& by_feature);
  // For who has the hash of the name (stream_table) already, and may have the stream: `known` is null before the first
  // of some points of one stream that are replayed behind each other, and the stream then, until it is forgotten.
  std::optional<verdict> replay(const point_record& record, std::uint64_t hash, journal_position position, moment now,
                                std::vector<told_event>& told, std::vector<feature_verdict>& by_feature,
                                stream*& known);
  // Asks for the memory of what is replayed by this thread after hashes[at]. `hashes`: of streams whose points are all
  // this thread's, in the order of replaying.
  void prefetch_replay(std::span<const std::uint64_t> hashes, std::size_t at) const;
  // The same by position alone, for points of a log that keeps no numbers: points[i], which ends at positions[i], is
  // numbered and applied unless that is not beyond its stream's position. What is refused was refused before. Nothing
  // is journalled or counted; outcomes are of use to nobody.
  void replay(batch& work, std::span<const journal_position> positions, moment now);
  void replay_forget(std::string_view name, journal_position position);
  void replay_note(std::string_view name, const stream_note& note, journal_position position,
                   std::vector<told_event>& told);
  const engine_settings& settings() const { return settings_; }
  // What a new stream of this name is watched with.
  shared_profile profile_of(std::string_view name) const;
  // Settings were read again: of these `detectors`, `silent_after`, `streams`, `counters_of`, `streams_max` and
  // `idle_before_eviction` hold from now on. Streams that are there take theirs when they are next touched, and keep
  // what they have learned but for detectors whose settings, or whose data, are others now; beyond a lower limit none
  // goes, and no new one comes.
  // It waits for batches that are under way. The names of networks that are learned together from now on, or no more:
  // detectors that look at them begin anew.
  std::vector<std::string> watch_with(const engine_settings& chosen);

  // What streams of a `[[stream]]` with `shared` learn together (shared_streams.cpp). Their points have one order,
  // which is the journal's: whoever observes one of them holds the lock of that entry from before it is numbered. So
  // replay must have those of one order_of(), 0 for all other streams, on one thread.
  std::uint64_t order_of(std::string_view name) const;
  // All of it as it is at one moment, which is what replay goes on from; the streams have `mark` in `snapshot` then.
  // Their points wait meanwhile: a look at every stream of the table, and some 19 us and a copy of the state for each
  // of these.
  std::vector<shared_section> cut_shared(std::uint32_t mark);
  // The networks alone, for who has its points observed by one thread.
  std::vector<shared_section> shared_sections();
  // Before any stream is restored. What was not taken over.
  std::vector<network_loss> restore_networks(std::string_view bytes);
  // Counts how often settings were taken.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

private:
  std::uint64_t prepare(batch& work) const;
  void observe_locked(batch& work, moment now, std::uint64_t stripes);
  template <class Run>
  void run_locked(const batch& work, std::uint64_t stripes, const Run& run);
  std::uint64_t orders_of(const batch& work) const;
  std::shared_ptr<const profile_book> profiles() const;
  // `positions`: of a replay by position; null: of none.
  void number_points(batch& work, moment now, const journal_position* positions = nullptr);
  std::unique_lock<std::mutex> lock_for_replay(std::uint64_t hash) const;
  stream* find_for_replay(const point_record& record, std::uint64_t hash);
  const stream* guess(std::span<const std::uint64_t> hashes, std::size_t at) const;
  void prefetch_numbered(std::span<const std::uint64_t> hashes, std::size_t at) const;
  refusal find_or_create(const point& from, std::uint64_t hash, stream*& found);
  std::size_t streams_max() const { return streams_max_.load(std::memory_order_relaxed); }
  shared_profile usual_profile() const;
  void hold_to_settings(stream& known, const point* next = nullptr);
  void rewatch(stream& known, shared_profile chosen, const point* next);
  static void fit_reading(stream& known);
  void apply_points(batch& work, moment now, bool is_replay = false);
  // What a person does not want to hear of; and the rest in that person's words.
  static void hold_back(stream& of, std::vector<event>& notices);
  void take_back(batch& work);
  bool hears_nothing(stream& of, moment now, std::vector<event>& notices);
  bool hears_refusals(stream& of, moment now, std::vector<event>& notices);
  void tell_apart(const stream& of, std::uint64_t hash, std::vector<event>& notices, batch& into);
  static void apply_note(const stream_note& note, stream& to, std::vector<event>& notices);
  void forget_counts(const stream& gone);
  void count_told(const std::vector<event>& notices, bool is_replay);
  bool may_need_room(const batch& work) const;
  void make_room(const batch& work, moment now, std::uint64_t stripes);
  void look_for_idle(std::int64_t before_ms, moment now);
  enum class eviction : std::uint8_t { done, needless, refused };
  eviction evict(const idle_stream& candidate);
  void count(const batch& work);

  engine_settings settings_;
  mutable std::mutex profile_lock_;  // taken last
  std::shared_ptr<const profile_book> profiles_;
  std::atomic<bool> is_any_shared_;
  std::atomic<std::uint64_t> generation_{0};
  struct order {
    std::mutex lock;
  };
  std::array<order, order_count> orders_;  // taken before stripes, lowest first
  counters& counts_;
  point_journal* journal_;
  std::unique_ptr<stream_table> streams_;
  std::atomic<growth> growth_{growth::unlimited};
  std::atomic<std::size_t> grown_bytes_max_;
  std::atomic<std::size_t> streams_max_;
  std::atomic<std::int64_t> idle_before_eviction_ms_;

  std::mutex eviction_lock_;
  idle_streams idle_;
};

}  // namespace spindrift
