// Entries of the journal replayed by several threads, each stream's behind one another: streams know nothing of each
// other, and what a stream's memory costs to be fetched is paid once for all that it has in a window. Those that learn
// together are one thread's, in the order of the journal.
//
// There are two windows: one is filled while the other is replayed. What came of it is handed out by the gathering
// thread: what was told in the order of the journal, then verdicts in that order. Where a window tells more than
// `told_max` times a thread, that much is handed out before the rest is replayed: in their order are then the parts,
// and always what is told of one stream. finish(): everything gathered was replayed and handed out, for whatever an
// entry must find done.
//
// Owned by recovery, one thread at a time; the engine outlives it and is touched by nobody else meanwhile. Memory: both
// windows together have an eighth of what the streams that are there may grow to, no less and no more than `bytes_min`
// and `bytes_max`: streams are taken in up to seven eighths of what memory allows (memory_guard.hpp). Besides, what was
// told. Nothing throws.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/app/replay_window.hpp"
#include "server/app/thread_team.hpp"
#include "server/engine/moment.hpp"
#include "server/engine/told_event.hpp"
#include "server/store/record.hpp"
#include "server/store/text_store.hpp"

namespace spindrift {

class engine;
struct feature_verdict;
struct stream;

// What an entry told, or that a person marked an event. Views are valid while it is handed out.
struct replayed_notices {
  std::string_view stream;
  const stream_note* note = nullptr;  // null: it is a point
  const std::vector<told_event>& told;
};

// Of a point that no state had, for its producer.
struct replayed_verdict {
  std::string_view producer;
  std::uint64_t seq = 0;
  journal_position position = 0;
  std::string_view bytes;  // packed
};

class replay_crew {
public:
  struct size {
    std::size_t threads = 0;  // 0: as many as there are cores
    std::size_t bytes_min = 8U << 20U;
    std::size_t bytes_max = 512U << 20U;
    std::size_t told_max = 4'096;
  };
  struct takers {
    std::function<void(const replayed_notices&)> notices;
    std::function<void(const replayed_verdict&)> verdict;
  };

  replay_crew(engine& observer, const size& of, moment now, takers done);
  ~replay_crew();

  // The entry is of a stream.
  void gather(const journal_entry& entry);
  void finish();

private:
  struct told_at {
    replay_window::place at{};
    std::vector<told_event> told;
  };
  // What came of what one thread has replayed, and what it does so with.
  struct outcome_of_worker {
    std::vector<told_at> told;
    text_store verdicts;
    point_record record;
    std::uint32_t stream_row = replay_window::none;  // of the point before, and its stream
    stream* known = nullptr;
    std::vector<feature> values;
    std::vector<feature_verdict> by_feature;
    std::vector<told_event> scratch;
    std::string packed;
  };

  replay_window& filled() { return windows_[now_]; }
  replay_window& other() { return windows_[1 - now_]; }
  std::size_t bytes_of_window() const;
  void begin_next();
  void begin(replay_window& of);
  void hand_out(replay_window& of);
  void hand_out_told(const replay_window& of);
  void replay_lanes(replay_window& of, std::size_t worker);
  bool replay_lane(replay_window& of, replay_window::lane& work, outcome_of_worker& into);
  void replay(replay_window& of, const replay_window::place& at, outcome_of_worker& into);
  void replay_point(replay_window& of, const replay_window::place& at, outcome_of_worker& into);

  engine& engine_;
  const size size_;
  const moment now_moment_;
  const takers done_;
  std::array<replay_window, 2> windows_;
  std::size_t now_ = 0;  // which is filled
  std::size_t full_at_;  // bytes
  std::vector<outcome_of_worker> outcomes_;
  std::atomic<std::size_t> next_lane_{0};
  thread_team team_;  // last: its threads end first
};

}  // namespace spindrift
