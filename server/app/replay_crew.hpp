// Entries of the journal replayed by several threads: streams know nothing of each other, so the points of one stripe
// are one thread's, in their order, and what came of them is handed out in the order of the journal. Those that learn
// together are one thread's as well.
//
// gather() copies points until there is no room; run() replays them, as many threads as there are cores, this one among
// them, and calls `done` for each from the calling thread. Whatever is no point must wait until what was gathered
// before it has run. Owned by recovery, one thread at a time; the engine outlives it and is touched by nobody else
// meanwhile. Memory: some 400 bytes an entry, 1 MiB (20 where points have 64 features). Few points are replayed without
// threads, as are all where the system gives none; nothing throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/moment.hpp"
#include "server/engine/told_event.hpp"
#include "server/store/record.hpp"

namespace spindrift {

class engine;
struct feature_verdict;

// What became of an entry. Valid until the next gather().
struct replayed_entry {
  point_record record{};
  journal_position position = 0;
  bool is_new = false;             // no state had it
  std::vector<told_event> told{};  // by it
  std::string verdict{};           // packed; empty where no producer has a name to be told it again
};

class replay_crew {
public:
  static constexpr std::size_t entries_max = 2'048;
  static constexpr std::size_t threads_max = 16;

  // threads: 0, as many as there are cores.
  replay_crew(engine& observer, std::size_t threads);

  // False: there is no room; run() makes some. The entry is a point.
  bool gather(const journal_entry& entry);
  void run(moment now, const std::function<void(const replayed_entry&)>& done);

private:
  // What the views of an entry look into, and what came of it. Used again and again, so that it seldom allocates.
  struct slot {
    std::string texts{};
    std::vector<feature> values{};
    std::size_t lane = 0;  // whose points are one thread's: a stripe, or streams that learn together
    replayed_entry result{};

    void take(const journal_entry& entry);
  };

  void replay_share(std::size_t share, std::size_t shares, moment now);
  // by_feature: room to be used again and again.
  void replay(slot& one, moment now, std::vector<feature_verdict>& by_feature);

  engine& engine_;
  const std::size_t threads_;
  std::deque<slot> slots_;  // which stay where they are, since views look into them
  std::size_t used_ = 0;
};

}  // namespace spindrift
