// Where outcomes go besides the reply: the feed, the event log, the history, later whatever else wants to hear.
//
// The pipeline asks once a batch what lines the sink needs, encodes those once for all sinks, and offers it the batch.
// offer() is called on the thread that ingested, between the points and their answers, so it never waits: a sink that
// has slow work puts copies into its bounded_queue (server/sinks/bounded_queue.hpp), counts what the queue does not
// take, and works on a thread of its own. Views in the batch die with the call. A sink that several shards share is
// safe to offer to from any thread. Sinks outlive the pipelines that know them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/engine/moment.hpp"
#include "server/feed/line_class.hpp"
#include "server/pipeline/intake.hpp"

namespace spindrift {

class sink {
public:
  struct need {
    line_classes always = 0;      // lines of these kinds, whatever their stream
    bool asks = false;            // needs_line() says of the others, asked for each
    std::size_t comparisons = 0;  // that needs_line() makes for a stream it has not heard of
  };

  virtual ~sink() = default;
  // What offer() will look at; asked once a batch, before it.
  virtual need needs() = 0;
  virtual bool needs_line(std::uint64_t /*stream_hash*/, std::string_view /*stream*/, line_class /*line*/) {
    return false;
  }
  // Outcomes are for points of the batch, in its order; those that were not applied say why.
  virtual void offer(const intake& passed) = 0;
  // What concerns streams without a point of theirs, after what there is to tell of them: a point of this one was
  // refused; this slice of all streams is looked at by the clock (see pipeline::tell_of_silence).
  virtual void hear_refused(std::string_view /*stream*/, moment /*now*/) {}
  virtual void pass_time(std::size_t /*at*/, std::size_t /*slices*/, moment /*now*/) {}
  // Returns when what was offered before has left the sink, as far as it can; at the end, when nothing is offered.
  virtual void drain() {}
};

}  // namespace spindrift
