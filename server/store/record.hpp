// What the journal holds, as bytes.
//
//   segment = segment header, record*        file journal-<base in hex>
//   record  = record header, entry*          one checksum; the unit that is written or is not
//   entry   = define | shape | point | forget | counter | note | learned
//
// A *position* counts the bytes of all records ever written, segment headers left out; it never goes back, and a
// segment is named after the position of its first record. Names are written once a segment: `define` gives the next
// number (0, 1, 2 …) to the name of a stream or producer, `shape` gives a stream the feature names of the points that
// follow, so that a point costs about 20 bytes. Times and seqs are differences to the entry before in the same record.
//
//   define  1, length, name                                    (lengths and numbers are varints)
//   shape   2, stream number, count, (length, name)*
//   point   3 + flags, stream number, [producer number,] n, ts difference, [seq difference,] 8 bytes a value
//   forget  4 stream or 5 producer, number
//   counter 6 + flags, as a point: of a stream that is judged by its rate
//   note    7, stream number, kind, numbers of that kind      (since version 2)
//   learned 0: the point behind it is of the past, and was told to nobody     (since version 3)
//
// docs/store_format.md has every byte of it. A reader refuses a segment of a later version; a change of what is here
// raises journal_version, and the earlier ones stay readable.
//
// Plain functions on bytes; entry_writer and entry_reader belong to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/point.hpp"
#include "server/store/bytes.hpp"
#include "server/store/text_store.hpp"

namespace spindrift {

using journal_position = std::uint64_t;

// 1: without counters and notes (0.1.0). 2: without points that are learned alone.
constexpr std::uint32_t journal_version = 3;
constexpr std::size_t segment_header_bytes = 40;
constexpr std::size_t record_header_bytes = 32;
// A record is closed once it holds this much, so that a reader needs no more memory than this and one entry.
constexpr std::size_t record_bytes_full = 1U << 20U;
constexpr std::size_t record_bytes_max = record_bytes_full + (64U << 10U);
// A bound of the wire, kept with a margin; a reader refuses what is beyond, and points of more than
// model::features_max values.
constexpr std::size_t name_bytes_max = 256;

struct segment_header {
  std::uint32_t version = journal_version;
  journal_position base = 0;          // of the first record
  journal_position previous_end = 0;  // where the segment before ended: shows records that are missing there
};
std::string encode_segment_header(const segment_header& header);
// False when the bytes are no header of a segment. The version may be one we cannot read.
bool decode_segment_header(std::string_view bytes, segment_header& header);

struct record_header {
  std::uint32_t length = 0;  // bytes of the entries
  std::uint32_t checksum = 0;
  std::uint8_t type = 1;  // 1: entries
  bool ordered = true;    // written so that only a prefix can survive a crash (not so when power fails between fsyncs)
  std::uint32_t count = 0;  // points and forgets
  journal_position position = 0;
  journal_position durable = 0;  // everything before was on the disk when this was written
};
// Fills in the 32 bytes before the entries, checksum and length included. `record` is header and entries.
void seal_record(char* record, std::size_t bytes, record_header header);
// The header alone; no check but that its length is possible.
bool decode_record_header(std::string_view bytes, record_header& header);
// `record` is header and entries: is it what was sealed?
bool record_is_intact(std::string_view record);

// One point, as the engine applied it. `subject.ts` is set.
struct point_record {
  std::string_view producer{};  // empty: none
  point subject{};
  std::uint64_t n = 0;  // its number in its stream
};

// What happened to a stream beside its points: what its events were told by the server's clock, and by people; and what
// a point fixed that cannot be seen in its record, where times are milliseconds whatever they were sent as.
struct stream_note {
  enum class kind : std::uint8_t {
    quiet = 0,     // behind point n nothing has come for quiet_ms, longer than limit_ms (0: its habit)
    refused = 1,   // as that, and `count` points were refused meanwhile
    expected = 2,  // somebody called event `n`, or what is like it, expected
    real = 3,      // or real
    unit = 4,      // with point n the unit of its times was fixed: `count`, a time_unit
  };
  kind says = kind::quiet;
  std::uint64_t n = 0;
  std::uint64_t count = 0;
  std::int64_t quiet_ms = 0;
  std::int64_t limit_ms = 0;
  // Of a mark: what is like it.
  std::uint8_t event_kind = 0;
  std::uint8_t direction = 0;
  double height = 0;
  std::int64_t told = 0;  // when the event was told
};

// What the journal remembers of a name, kept beside the name by whoever owns the stream or the producer, so that no
// look-up is needed to write a point. Touched by the journal alone, under its own lock, but for `position`, which the
// owner reads under the owner's lock. Born with the owner, gone with it.
struct journal_name {
  static constexpr journal_position nowhere = ~journal_position{0};
  journal_position segment = nowhere;  // the segment in which `id` is defined
  std::uint32_t id = 0;
  // The feature names last written there, with their lengths; null: none yet, as in most streams for ever.
  std::unique_ptr<std::string> shape{};
  // The end of the newest batch with an entry of this name in this run; 0: none. Goes into the snapshot: see store.hpp.
  journal_position position = 0;
};

// Appends entries to a batch that is then either written, settle(), or not, roll_back(): names that were defined in it
// are unknown again.
class entry_writer {
public:
  // Forgets all numbers: the next entries go to the segment with this base.
  void begin_segment(journal_position base);
  void begin_record();

  void append(const point_record& record, journal_name& stream, journal_name* producer, byte_buffer& out);
  void append_forget(bool is_producer, std::string_view name, journal_name& owner, byte_buffer& out);
  void append_note(const stream_note& note, std::string_view name, journal_name& stream, byte_buffer& out);

  void settle(journal_position end);
  void roll_back();

private:
  void define(std::string_view name, journal_name& owner, byte_buffer& out);
  void define_shape(const point& subject, journal_name& stream, byte_buffer& out);
  void touch(journal_name& name);

  journal_position segment_ = 0;
  std::uint32_t next_id_ = 0;
  std::int64_t ts_before_ = 0;
  std::uint64_t seq_before_ = 0;
  std::string shape_;
  // Of the batch: who is in it, who was defined and who got a shape in it.
  std::vector<journal_name*> touched_;
  std::vector<journal_name*> defined_;
  std::vector<journal_name*> shaped_;
};

struct journal_entry {
  enum class kind : std::uint8_t { point, forget_stream, forget_producer, note };
  kind type = kind::point;
  point_record record{};  // point: all of it; forget: subject.stream or producer; note: subject.stream
  stream_note note{};
  journal_position position = 0;  // just after this entry
  // The number of the stream's (forget_producer: the producer's) name in its segment, and which segment of those that
  // the reader has begun, from 1: the same two, the same name.
  std::uint32_t stream_id = 0;
  std::uint32_t segment = 0;
};

// Takes the entries of one segment back, record by record. Views in an entry are valid until the next call.
class entry_reader {
public:
  void begin_segment();
  // `entries` must stay until the last of them was read.
  void begin_record(std::string_view entries, journal_position position);
  // False at the end of the record, or when the bytes make no sense: then ok() is false.
  bool next(journal_entry& entry);
  bool ok() const { return in_.ok(); }

private:
  struct known_name {
    std::string_view name;                            // in texts_
    std::unique_ptr<std::vector<std::string>> shape;  // null: none yet, as in most streams for ever
  };
  bool take_point(std::uint8_t head, journal_entry& entry);
  bool take_learned(journal_entry& entry);
  bool take_note(journal_entry& entry);
  void take_define();
  void take_shape();
  known_name* take_known();
  known_name* take_stream(journal_entry& entry);

  byte_reader in_{{}};
  std::vector<known_name> names_;
  text_store texts_;
  std::vector<feature> features_;
  journal_position end_ = 0;   // of the record
  std::uint32_t segment_ = 0;  // counted
  std::int64_t ts_before_ = 0;
  std::uint64_t seq_before_ = 0;
};

}  // namespace spindrift
