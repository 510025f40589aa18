// Entries of the journal replayed by several threads: streams know nothing of each other, so the points of one stripe
// are one thread's, in their order, and what came of them is handed out in the order of the journal. Those that learn
// together are one thread's as well.
//
// gather() copies a point; others are replayed meanwhile, and `done` is called for each from the gathering thread.
// Whatever is no point must wait until what was gathered before it has run: finish(). Owned by recovery, one thread at
// a time; the engine outlives it and is touched by nobody else meanwhile. Memory: some 400 bytes an entry, 4 MiB in all
// (80 where points have 64 features). Nothing throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "server/app/crew.hpp"
#include "server/engine/moment.hpp"
#include "server/engine/told_event.hpp"
#include "server/store/record.hpp"

namespace spindrift {

class engine;
struct feature_verdict;

// What became of an entry. Valid while `done` is called.
struct replayed_entry {
  point_record record{};
  journal_position position = 0;
  bool is_new = false;             // no state had it
  std::vector<told_event> told{};  // by it
  std::string verdict{};           // packed; empty where no producer has a name to be told it again
};

class replay_crew {
public:
  static constexpr std::size_t entries_max = 4'096;

  // threads: 0, as many as there are cores.
  replay_crew(engine& observer, std::size_t threads, moment now, std::function<void(const replayed_entry&)> done);

  // The entry is a point.
  void gather(const journal_entry& entry);
  void finish() { crew_.finish(); }

private:
  // What the views of an entry look into, and what came of it. Used again and again, so that it seldom allocates.
  struct slot {
    std::string texts{};
    std::vector<feature> values{};
    std::uint64_t hash = 0;  // of the stream's name
    replayed_entry result{};

    void take(const journal_entry& entry);
  };

  void replay(std::span<slot* const> share);

  engine& engine_;
  const moment now_;
  crew<slot> crew_;
};

}  // namespace spindrift
