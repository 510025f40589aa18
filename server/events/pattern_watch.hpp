// What only the event alarm sees: not what this stream is used to. Its score alone has to be high; a moderate one
// counts when the baseline saw something odd about the same time. Held back for a few points, since what
// another watch can name is told under that name. And a stretch far from what the clock lets expect, of streams that
// proved to go with the clock: a job that did not run, a holiday.
//
// Movable; one feature, one thread at a time; a few ns. 16 bytes; 96 more while something is held back, and of
// streams that go with the clock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "server/events/finding.hpp"

namespace spindrift {

class pattern_watch {
public:
  // What the other watches of the feature make of the same point.
  struct neighbours {
    bool busy = false;                // one is still making up its mind about these points
    bool may_be_level = false;        // the level or the scatter has left where it has been: one may be about to say so
    bool is_coarse = false;           // the stream has few values, so that its tail says little
    const finding* untold = nullptr;  // flagged points that were not worth telling have ended here
  };
  // nines: how improbable the point's |z| is. others(): the neighbours, asked for where something is held back.
  template <class Others>
  rare_finding update(const observation& point, double nines, const Others& others) {
    if (rare_finding found = take_note(point, nines)) return found;
    return is_pending() || begins(point) ? follow_score(point, others()) : rare_finding();
  }
  // The same, where they are at hand.
  rare_finding update(const observation& point, double nines, const neighbours& others) {
    return update(point, nines, [&others] { return others; });
  }
  // These points are explained.
  void forget() {
    drop_pending();
    odd_n_ = score_n_ = 0;
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    course known = course_ ? *course_ : course{};
    held& held_back = known.pending;
    stretch& by_clock = known.by_clock;
    std::uint64_t odd_n = odd_n_;  // as saved, both are wide
    std::uint64_t score_n = score_n_;
    archive(by_clock.sum, by_clock.from_n, by_clock.from, by_clock.is_up, odd_n, score_n, held_back.from_n,
            held_back.from, held_back.value, held_back.expected, held_back.size, held_back.score, held_back.is_untold);
    odd_n_ = low_bits(odd_n);
    score_n_ = low_bits(score_n);
    if constexpr (Archive::reads) {
      course_ = held_back.from_n > 0 || by_clock.from_n > 0 ? std::make_unique<course>(known) : nullptr;
    }
  }

private:
  // What is held back for a few points.
  struct held {
    std::uint64_t from_n = 0;
    std::int64_t from = 0;
    double value = 0;  // the strangest point
    double expected = 0;
    double size = -1;
    double score = 0;
    bool is_untold = false;  // the watch of single points had its say meanwhile: it is nothing to it
  };
  struct stretch {
    double sum = 0;  // of what |z| against the clock exceeded the allowed, to one side
    std::uint64_t from_n = 0;
    std::int64_t from = 0;
    bool is_up = false;
  };

  // Each is nothing while it comes from point 0.
  struct course {
    held pending{};
    stretch by_clock{};
  };

  // Of a point's number, where all that is asked is whether it was one of the last few; 0: there was none.
  static std::uint32_t low_bits(std::uint64_t n) { return static_cast<std::uint32_t>(n & UINT32_MAX); }

  bool is_pending() const { return course_ && course_->pending.from_n > 0; }
  course& some();
  void drop_pending();
  rare_finding take_note(const observation& point, double nines);
  bool begins(const observation& point) const;
  rare_finding follow_score(const observation& point, const neighbours& others);
  rare_finding follow_clock(const observation& point);
  static finding describe_missing(const observation& point);
  static finding describe(const observation& point, const held& over);

  std::uint32_t odd_n_ = 0;         // the last point with a large |z|,
  std::uint32_t score_n_ = 0;       // moderate score
  std::unique_ptr<course> course_;  // while one is held back, and once the clock has let something expect
};

}  // namespace spindrift
