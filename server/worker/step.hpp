// What a lane wants done: filled by its inputs, performed and cleared by its owner before the next input.
//
// Performed in this order: `stops` and `starts_anew` go before all else, and what else is in the step is dropped then;
// sends and chunks; the commit; deletions; seeks, resumes, pauses; asks; releases; notices at any time. Everything that
// is asked has a ticket, which its answer brings back: answers to an earlier life, or that were given up on, are passed
// over. Owned by the lane's thread; keeps its memory over clear().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/worker/record.hpp"

namespace spindrift::worker {

using ticket = std::uint64_t;  // never 0, never used twice by a lane

// A message for the same partition of the topic of snapshots. Its delivery is told by delivered(), with its offset.
struct snapshot_chunk {
  ticket id = 0;
  std::int32_t partition = 0;
  text_range value{};
};

struct committed_offset {
  std::int32_t partition = 0;
  std::int64_t offset = 0;  // the next to be read
  std::string metadata{};
};
// exactly-once: sendOffsetsToTransaction, then commit the transaction (begin one if none is open). at-least-once: flush
// all that was sent, say flushed(), then commit the offsets, if there are any. Then committed() or failed(); no records
// are given in between, at-least-once none before flushed().
struct commit_order {
  ticket id = 0;
  std::vector<committed_offset> offsets{};
};

// The committed offset of a partition, its metadata and the watermarks of the topic of points: positioned().
// Not stable: what was committed last, whatever transaction hangs above it. Stable: only once no transaction is
// pending.
struct position_ask {
  ticket id = 0;
  std::int32_t partition = 0;
  bool stable = false;
};
// A short-lived producer with this transactional id and init_transactions(), which aborts what it had open: fenced().
struct fence_ask {
  ticket id = 0;
  std::string owner{};
};
// Messages of the topic of snapshots, read committed, from `first` to `last`, each by chunk(), then chunks_ended().
struct snapshot_ask {
  ticket id = 0;
  std::int32_t partition = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
};
struct seek_order {  // of the topic of points; and resume
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};
struct deletion {  // DeleteRecords of the topic of snapshots; best effort, nobody waits for it
  std::int32_t partition = 0;
  std::int64_t before = 0;
};
struct stop_order {  // the program ends with this code and says why
  int exit_code = 1;
  std::string message{};
};
enum class notice_level : std::uint8_t { info, warning, error };
struct notice {  // a log line
  notice_level level = notice_level::info;
  std::string_view event{};  // a literal
  std::int32_t partition = -1;
  std::string text{};
};

struct step {
  std::string bytes{};
  std::vector<output_record> sends{};
  std::vector<snapshot_chunk> chunks{};
  std::optional<commit_order> commit{};
  std::vector<deletion> deletions{};
  std::vector<std::int32_t> pauses{};
  std::vector<std::int32_t> resumes{};
  std::vector<seek_order> seeks{};
  std::vector<position_ask> positions{};
  std::vector<fence_ask> fences{};
  std::vector<snapshot_ask> snapshots{};
  std::vector<std::int32_t> released{};  // the lane has let go of them: unassign
  // Everything of the lane is dropped: abort, make a new producer and a new consumer, join again. Why.
  std::optional<std::string> starts_anew{};
  std::optional<stop_order> stops{};
  std::vector<notice> notices{};

  std::string_view text(const text_range& of) const { return std::string_view(bytes).substr(of.begin, of.length); }
  text_range put(std::string_view copied) {
    const text_range made{bytes.size(), copied.size()};
    bytes += copied;
    return made;
  }
  void clear();
};

}  // namespace spindrift::worker
