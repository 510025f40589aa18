// A stretch of the journal in memory, to be replayed stream by stream: as few bytes an entry as will do, and each
// stream's entries chained in their order.
//
// Streams are put into lanes, which are independent of each other: those of a stripe, or those that learn together,
// whose entries are one chain. A stream is one row of the window, whatever numbers the segments that it goes over have
// for its name. add() is for one thread; when all is there, lanes may be read by a thread each, which may take what it
// has done from the chains and keep a verdict with its entries. Views hold until clear(). Memory: 24 bytes an entry, 48
// with a name of 16 bytes 92 a stream; 40 more a point that is 24 days away from its stream's first one here; a
// producer's point takes 72 more, and its verdict; 8 more each named value. bytes() reckons with all of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "server/app/row_store.hpp"
#include "server/engine/stream_table.hpp"
#include "server/store/record.hpp"
#include "server/store/text_store.hpp"

namespace spindrift {

class engine;

class replay_window {
public:
  static constexpr std::uint32_t none = UINT32_MAX;
  static constexpr std::size_t lane_count = stream_table::stripe_count + 64;

  struct lane {
    std::vector<std::uint32_t> chains;  // in the order of their first entries
    std::vector<std::uint64_t> hashes;  // of the names of the streams that these begin with
    std::size_t done = 0;               // chains
  };
  // Of an entry; and of which stream it is.
  struct place {
    std::uint32_t entry = none;
    std::uint32_t stream = none;
  };
  // A producer's point, once it was replayed.
  struct answer {
    std::uint32_t entry = 0;
    std::uint32_t producer = 0;  // see producer_named
    std::uint64_t seq = 0;
    std::string_view verdict{};  // packed; empty: a state had the point
  };

  explicit replay_window(const engine& observer) : engine_(observer) {}

  // Of a stream: a point, a note or that it is forgotten. False: the window must be cleared first, since there are as
  // many entries as it can count, or the journal between its first one and this is too long.
  bool add(const journal_entry& entry);
  void clear();
  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }
  bool is_done() const;

  std::array<lane, lane_count>& lanes() { return lanes_; }
  // Takes the next entry from a chain; its `entry` is none: there is no more.
  place take(std::uint32_t chain);
  // Asks for the memory of what is taken next from the lane's chains after that.
  void prefetch(const lane& of, std::size_t at) const;

  journal_entry::kind kind_of(const place& at) const { return kind_in(entries_[at.entry]); }
  journal_position position_of(std::uint32_t entry) const { return base_ + entries_[entry].position; }
  std::uint64_t hash_of(const place& at) const { return streams_[at.stream].hash; }
  std::string_view stream_of(const place& at) const { return streams_[at.stream].name; }
  // Of a note; null: it is none.
  const stream_note* note_of(const place& at) const;
  // A point as it was added, its named values in `values`; without a producer it has lost its seq.
  void unpack(const place& at, point_record& into, std::vector<feature>& values) const;

  // The verdict's bytes stay until clear().
  void keep_verdict(const place& at, std::string_view verdict);
  std::size_t answer_count() const { return answers_.size(); }
  const answer& answer_at(std::size_t index) const { return answers_[index]; }
  std::string_view producer_named(std::uint32_t index) const { return producers_[index]; }

private:
  struct row {
    double value = 0;
    std::int32_t ts = 0;         // since the stream's first time here; with a rest: which one it is
    std::uint32_t position = 0;  // since the first entry
    std::uint32_t n = 0;         // with a rest: nothing
    std::uint32_t next : 25 = last_in_chain;
    std::uint32_t kind : 2 = 0;
    std::uint32_t is_counter : 1 = 0;
    std::uint32_t is_learned : 1 = 0;
    std::uint32_t has_label : 1 = 0;
    std::uint32_t label : 1 = 0;
    std::uint32_t has_rest : 1 = 0;
  };
  static_assert(sizeof(row) == 24);
  static constexpr std::uint32_t last_in_chain = (1U << 25U) - 1;
  // What most points have not, or not so large.
  struct rest_row {
    std::int64_t ts = 0;
    std::uint64_t n = 0;
    std::size_t values = 0;       // where they begin
    std::uint32_t stream = none;  // where the chain is of several
    std::uint32_t answer = none;  // of a producer's point
    std::uint32_t shape = none;   // of a point of several values
    std::uint32_t note = none;
  };
  struct stream_row {
    std::uint64_t hash = 0;
    std::string_view name;
    std::int64_t ts = 0;      // of the first point
    std::uint32_t chain = 0;  // itself, or another that it learns together with
    std::uint32_t first = none;
    std::uint32_t last = none;
    std::uint32_t shape = none;
  };
  static_assert(sizeof(stream_row) == 48);
  struct name_slot {
    std::uint32_t tag = 0;  // of the name's hash
    std::uint32_t row = none;
  };

  static journal_entry::kind kind_in(const row& of) { return static_cast<journal_entry::kind>(of.kind); }
  const rest_row* rest_in(const row& of) const {
    return of.has_rest != 0 ? &rests_[static_cast<std::uint32_t>(of.ts)] : nullptr;
  }
  std::uint32_t stream_row_of(const journal_entry& entry);
  std::uint32_t add_stream(const journal_entry& entry, std::uint64_t hash);
  name_slot& slot_of(std::string_view name, std::uint64_t hash);
  void make_table();
  bool needs_rest(const journal_entry& entry, std::uint32_t stream) const;
  std::uint32_t add_rest(const journal_entry& entry, std::uint32_t stream);
  std::uint32_t shape_of(const point& subject, std::uint32_t stream);
  void unpack_rest(const rest_row& rest, point_record& into, std::vector<feature>& values) const;
  std::uint32_t producer_index(std::string_view name);

  const engine& engine_;
  std::array<lane, lane_count> lanes_;
  row_store<row> entries_;
  row_store<rest_row> rests_;
  row_store<stream_row> streams_;
  row_store<answer> answers_;
  row_store<stream_note> notes_;
  row_store<double> values_;
  text_store texts_;
  std::vector<std::vector<std::string_view>> shapes_;
  std::vector<std::string_view> producers_;
  std::map<std::string_view, std::uint32_t> producer_of_;
  std::vector<std::uint32_t> stream_of_id_;  // of the segment that is read
  std::uint32_t segment_ = 0;
  std::uint32_t first_segment_ = 0;
  std::uint32_t expected_ = 0;    // the row whose name the segment is likely to have next
  std::vector<name_slot> names_;  // a power of two, at most three quarters full
  bool has_table_ = false;        // names_ has all rows
  journal_position base_ = 0;     // of the first entry
  std::size_t bytes_ = 0;
};

}  // namespace spindrift
