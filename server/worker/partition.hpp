// One partition of the topic of points: its engine, the offset it stands at, and the snapshot that is being taken.
//
// Its state is a function of the records alone: times are the records', what is forgotten and who is refused follows
// from them. Time goes in slots of a sixteenth of forget_after, by the newest record: when a slot begins, streams whose
// last point lies forget_after or more before it are forgotten, so a stream lives that long and a sixteenth more.
//
// A snapshot is the state at the offset where it began: the cursor puts streams into it a slice at a time, and one that
// is about to change before its turn is put there first. Memory: the engine's; of a snapshot what is not sent yet.
// Owned by the lane; one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/protocol/decode.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/counters.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/stream_table.hpp"
#include "server/worker/record.hpp"
#include "server/worker/settings.hpp"
#include "server/worker/snapshot_stream.hpp"
#include "server/worker/step.hpp"

namespace spindrift::worker {

struct lane_counters;

class partition {
public:
  static constexpr std::size_t batch_points = 512;
  // While a snapshot is taken each of them may have to be put there first.
  static constexpr std::size_t batch_points_in_snapshot = 64;

  // Settings and counters outlive it.
  partition(std::int32_t number, const lane_settings& settings, std::uint64_t settings_hash, counters& counts,
            lane_counters& own);
  ~partition();
  partition(const partition&) = delete;
  partition& operator=(const partition&) = delete;

  // Take-over: messages of the snapshot, in their order; done() once it is whole, why_not() when it cannot be.
  enum class loading : std::uint8_t { more, done, damaged, newer, repartitioned };
  loading load(std::string_view message);
  const std::string& why_not() const { return why_; }
  bool settings_differ() const { return settings_differ_; }
  std::uint64_t streams_changed() const { return streams_changed_; }
  // The next record is at this offset or behind it.
  void begin_at(std::int64_t offset) { next_ = offset; }

  // Applies the records from next() on. Silent: they were answered before. Something that ends the program, or nothing.
  std::optional<stop_order> judge(std::span<const input_record> given, bool is_silent, step& out);
  std::int64_t next() const { return next_; }
  void pass_to(std::int64_t offset) { next_ = std::max(next_, offset); }
  std::int64_t newest_ms() const { return newest_ms_; }
  std::size_t stream_count() const { return engine_.stream_count(); }
  engine& observer() { return engine_; }

  // Snapshot of the state as it is now.
  void begin_snapshot(std::uint64_t id);
  // Puts so many bytes of streams into it.
  void advance_snapshot(std::size_t bytes_max);
  void abandon_snapshot();
  bool is_in_snapshot() const { return snapshot_id_ != 0; }
  std::int64_t snapshot_at() const { return snapshot_at_; }
  snapshot_encoder& encoder() { return encoder_; }

private:
  // A line that cannot be used.
  struct fault {
    std::size_t record = 0;
    std::size_t point = 0;  // points of the batch before it
    std::uint64_t line = 0;
    std::string_view bytes{};
    protocol_error error;
  };
  struct origin {  // of a point of the batch
    std::size_t record = 0;
    std::uint64_t line = 0;
    std::string_view bytes{};
  };

  void copy_values(std::span<const input_record> given);
  void fill_batch(std::span<const input_record> given, bool is_silent, std::size_t& record, std::size_t& at,
                  std::uint64_t& line);
  bool read_lines(std::span<const input_record> given, std::size_t record, std::size_t& at, std::uint64_t& line);
  void read_line(std::string_view text, const input_record& from, std::size_t record, std::uint64_t line);
  void run_batch(bool is_silent);
  void put_into_snapshot_first();
  std::int64_t slot_of(std::int64_t timestamp_ms) const;
  void enter_slot(std::int64_t timestamp_ms);
  std::optional<stop_order> tell_batch(std::span<const input_record> given, step& out);
  void check_routing(const input_record& from, std::string_view stream);
  stop_order stop_at(const input_record& from, const fault& bad) const;
  void put_fault(const input_record& from, const fault& bad, step& out);
  bool restore(const snapshot_stream_section& section);
  snapshot_head head(bool is_shared) const;
  bool is_newer(const snapshot_head& found) const;

  const std::int32_t number_;
  const lane_settings& settings_;
  const std::uint64_t settings_hash_;
  lane_counters& own_;
  engine engine_;
  decoder decoder_;
  std::int64_t next_ = -1;
  std::int64_t newest_ms_ = 0;
  std::int64_t slot_ms_ = 0;  // when the current slot began

  // Of the batch in the making.
  std::vector<char> values_;
  std::vector<std::size_t> value_begins_;
  batch batch_;
  std::vector<origin> origins_;
  std::vector<fault> faults_;
  std::vector<journal_position> positions_;
  std::string event_lines_;

  // Take-over.
  snapshot_decoder loaded_;
  bool settings_differ_ = false;
  std::uint64_t streams_changed_ = 0;
  std::string why_;

  // The snapshot.
  std::uint64_t snapshot_id_ = 0;  // 0: none
  std::uint32_t snapshot_mark_ = 0;
  std::int64_t snapshot_at_ = 0;
  std::optional<stream_walk> walk_;
  snapshot_encoder encoder_;
};

}  // namespace spindrift::worker
