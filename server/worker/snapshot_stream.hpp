// A partition's state as messages of the topic of snapshots, and back. docs/store_format.md tells it byte by byte.
//
//   message = magic, version, snapshot id, index, flags, length, checksum, bytes        (36 bytes before them)
//   bytes of all messages, in a row = head, networks*, stream*, end
//
// A stream's bytes are those of stream_state.hpp, the ones a snapshot on disk has. They are cut wherever a message is
// full, so no stream is too large. The id tells the messages of one snapshot from those of another that were sent
// between them. Bytes from outside never throw: what does not fit is damage, said once. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spindrift {
struct stream;
}

namespace spindrift::worker {

// What the snapshot is of. `parts`: version of each part of a stream's bytes, by tag.
struct snapshot_head {
  std::uint32_t state_version = 0;
  std::int32_t partitions = 0;  // of the topic when it was taken
  std::int32_t partition = 0;
  std::int64_t at = 0;         // every record before this offset is in it, none from there on
  std::int64_t newest_ms = 0;  // the newest time of these records
  std::uint64_t settings_hash = 0;
  std::vector<std::pair<std::uint16_t, std::uint16_t>> parts{};
};

class snapshot_encoder {
public:
  void begin(std::uint64_t id, const snapshot_head& head, std::size_t chunk_bytes);
  void add(stream& from);
  // What streams learn together (shared_networks.hpp); before any of them.
  void add_networks(std::string_view bytes);
  void end();
  // Nothing more comes, and all messages were taken.
  bool is_over() const { return is_ended_ && cut_.empty(); }
  bool has_message() const { return !cut_.empty(); }
  std::string take_message();
  std::uint64_t bytes() const { return bytes_; }                   // of the messages made so far
  std::uint64_t size() const { return bytes_ + pending_.size(); }  // and of what is to be in the next

private:
  std::size_t begin_section(std::uint8_t kind, std::string_view name, std::int64_t seen_ms);
  void end_section(std::size_t begin, std::string_view name);
  void cut(bool is_last);

  std::string pending_;
  std::deque<std::string> cut_;
  std::uint64_t id_ = 0;
  std::uint32_t index_ = 0;
  std::size_t chunk_bytes_ = 0;
  std::uint64_t sections_ = 0;
  std::uint64_t bytes_ = 0;
  std::int64_t at_ = 0;
  bool is_ended_ = false;
};

struct snapshot_stream_section {
  bool is_networks = false;  // then it has no name
  std::string_view name{};
  std::int64_t seen_ms = 0;
  std::int64_t at = 0;
  std::string_view bytes{};
};

class snapshot_decoder {
public:
  // False when the message cannot be the next of its snapshot: why() says it. Those of other snapshots are passed over.
  bool take(std::string_view message);
  bool has_head() const { return has_head_; }
  const snapshot_head& head() const { return head_; }
  // The next stream that is there as a whole; its views live until take().
  bool next(snapshot_stream_section& section);
  bool is_whole() const { return is_whole_; }
  const std::string& why() const { return why_; }

private:
  bool damaged(const char* why);
  bool read_head();

  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t id_ = 0;
  std::uint32_t index_ = 0;
  bool is_begun_ = false;
  bool has_head_ = false;
  bool is_last_ = false;
  bool is_whole_ = false;
  std::uint64_t sections_ = 0;
  snapshot_head head_;
  std::string why_;
};

}  // namespace spindrift::worker
