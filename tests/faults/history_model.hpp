// The simulation's truth: every batch that went into the journal, in the journal's order, and what a server that never
// stopped would have made of it.
//
// recording_journal stands between an engine and its persistence and writes down what the persistence took. replay()
// tells it all again to an engine of its own, without journal, snapshot or crash. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/app/persistence.hpp"
#include "server/engine/engine_settings.hpp"
#include "server/engine/point_journal.hpp"

namespace spindrift::faults {

struct told_point {
  std::string stream;
  std::string producer;
  double value = 0;
  std::vector<std::pair<std::string, double>> values;
  std::int64_t ts = 0;
  std::uint64_t seq = 0;
  std::optional<bool> label;
  std::uint64_t n = 0;
};

// One write to the journal: points, or a stream that is forgotten.
struct told_batch {
  std::vector<told_point> points;
  std::string forgotten;
  // The journal reaches this far when the batch is in it.
  journal_position end = 0;
};

class recording_journal final : public point_journal {
public:
  // `is_dead` says whether the process has just died in the middle of a write, which may have gone through all the
  // same.
  recording_journal(persistence& kept, std::vector<told_batch>& told, std::function<bool()> is_dead)
      : persistence_(kept), told_(told), is_dead_(std::move(is_dead)) {}

  bool append(const batch& what) override;
  bool forget(stream& what) override;

private:
  bool finish(told_batch&& made, journal_position before, bool taken, bool was_dead);

  persistence& persistence_;
  std::vector<told_batch>& told_;
  std::function<bool()> is_dead_;
};

// What a server that never stopped knows after these batches.
struct truth {
  std::map<std::string, std::string> streams;                          // name: see states_of
  std::map<std::string, std::uint64_t> lines;                          // verdict line: how often
  std::map<std::pair<std::string, std::uint64_t>, std::string> named;  // producer and seq: verdict line
  std::string repeated;                                                // the line of a point that was applied twice
};

truth replay(const std::vector<told_batch>& told, const engine_settings& settings);
// Of every stream, saved and restored: its numbering, and its readings of some more points.
std::map<std::string, std::string> states_of(engine& what);

}  // namespace spindrift::faults
