// The way of points, whatever source they come from: through the engine, to the sinks, and how durable they are.
//
//   source fills an intake -> ingest() -> the source answers -> publish(), exactly once a batch
//
// ingest() numbers, journals and judges the points and encodes the lines that a sink needs. Points of a producer with a
// name are observed under its lock, together with keeping their verdicts, so that whoever takes the name over finds
// both or neither. publish() offers the batch to the sinks; nothing of the batch may be sent before it, so that what a
// crash leaves in the history is never less than what was answered. It sees no sockets and no format. One a thread:
// pipelines of several threads share the engine and the sinks that say so. Cost beside the engine: a look at each
// outcome, and a line each where one is needed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/batch.hpp"
#include "server/engine/moment.hpp"
#include "server/pipeline/durable_position.hpp"
#include "server/pipeline/intake.hpp"
#include "server/pipeline/sink.hpp"

namespace spindrift {

class engine;

class pipeline {
public:
  // All outlive the pipeline; `disk` is null where no acknowledgement waits for it.
  explicit pipeline(engine& observer, const durable_position* disk = nullptr) : engine_(observer), disk_(disk) {}

  // Before the first batch.
  void add_sink(sink& told) { sinks_.push_back(&told); }

  // How many points a batch should have at most: fewer where many patterns are held against the name of a new stream,
  // so that no batch takes more than a few milliseconds.
  std::size_t points_max() const {
    return std::clamp<std::size_t>(comparisons_max / (needed_.comparisons + 1), 1, intake::points_max);
  }

  void ingest(intake& taken, moment now);
  void publish(const intake& taken);

  // What is told of streams without a point of theirs goes to the sinks at once: a slice of all streams, by the clock
  // (slice `at` of `slices`, at most 32); and that a point of this stream was refused.
  void tell_of_silence(std::size_t at, std::size_t slices, moment now);
  void hear_refused(std::string_view stream, moment now);

  // Acknowledgements of what has been ingested by now may go once is_durable() says so of this; 0: at once.
  journal_position acknowledged_at() const { return disk_ != nullptr ? disk_->written_to() : 0; }
  bool is_durable(journal_position at) const { return disk_ == nullptr || at <= disk_->durable_to(); }
  bool is_disk_lost() const { return disk_ != nullptr && disk_->is_lost(); }

private:
  // From 15 ns, where the end of a name says no, to 200 ns, where all of it is searched by a slow core.
  static constexpr std::size_t comparisons_max = 25'000;

  void ingest_named(intake& taken, moment now);
  void encode_needed(intake& taken);
  void ask_sinks();
  void tell_apart();
  bool is_needed(const batch& points, std::size_t i, line_class line);

  engine& engine_;
  const durable_position* disk_;
  std::vector<sink*> sinks_;
  intake apart_;              // of nothing sent
  sink::need needed_;         // of this batch, by all sinks together
  std::vector<sink*> asked_;  // of this batch: those to be asked for each line
};

}  // namespace spindrift
