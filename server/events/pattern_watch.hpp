// What only the event alarm sees: not what this stream is used to. Its score alone has to be high; a moderate one
// counts when the baseline saw something odd about the same time. Held back for a few points, since what
// another watch can name is told under that name. And a stretch far from what the clock lets expect, of streams that
// proved to go with the clock: a job that did not run, a holiday.
//
// A plain value of 96 bytes; one feature, one thread at a time; a few ns.
#pragma once

#include <cstdint>
#include <optional>

#include "server/events/finding.hpp"

namespace spindrift {

class pattern_watch {
public:
  // nines: how improbable the point's |z| is. `busy`: another watch is still making up its mind about these points.
  // untold: flagged points that were not worth telling have ended here.
  // may_be_level: the level or the scatter has left where it has been, and another watch may be about to say so.
  std::optional<finding> update(const observation& point, double nines, bool busy, bool may_be_level, bool untold);
  // These points are explained.
  void forget() { pending_n_ = odd_n_ = score_n_ = 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(clock_sum_, clock_n_, clock_ts_, clock_up_, odd_n_, score_n_, pending_n_, pending_, value_, expected_,
            size_, score_, is_untold_);
  }

private:
  std::optional<finding> follow_clock(const observation& point);
  static finding describe_missing(const observation& point);
  finding describe(const observation& point) const;

  double clock_sum_ = 0;  // of what |z| against the clock exceeded the allowed, to one side
  std::uint64_t clock_n_ = 0;
  std::int64_t clock_ts_ = 0;
  bool clock_up_ = false;
  std::uint64_t odd_n_ = 0;    // the last point with a large |z|,
  std::uint64_t score_n_ = 0;  // moderate score
  std::uint64_t pending_n_ = 0;
  std::int64_t pending_ = 0;
  double value_ = 0;  // the strangest point while pending
  double expected_ = 0;
  double size_ = 0;
  double score_ = 0;
  bool is_untold_ = false;  // the watch of single points had its say while this was pending: it is nothing to it
};

}  // namespace spindrift
