// Spikes and shifts: follows the points that the baseline flagged until it is known what they were. Back to normal
// within a few points: a spike. A new level that stands firm for five, or anything that lasts for twelve: a shift, or,
// where the mean of it is nothing to its scatter, a change of that. A value that has been a spike before, to the last
// bit, is told at its first point, five points away from a value that is nearly always shown at the fifth; both are
// corrected if they last.
//
// Movable; one feature, one thread at a time; O(1), a few ns on ordinary points. 16 bytes; 150 more while points are
// out, 88 from the first excursion on, and 52 from the first that was told.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "server/events/clock_habit.hpp"
#include "server/events/finding.hpp"
#include "server/events/spike_habit.hpp"

namespace spindrift {

class excursion_watch {
public:
  struct answer {
    rare_finding found{};        // to be told, or to correct what was told of this excursion
    bool is_correction = false;  // of the event opened by the last finding
    rare_finding over{};         // the excursion told before has ended here
    bool usual = false;          // one that comes with the clock has ended
    rare_finding untold{};       // one that was not worth telling by itself has
  };

  // nines: how improbable the point's |z| is.
  answer update(const observation& point, double nines) {
    if (is_quiet(point)) return {};
    return follow(point, nines);
  }
  // The last point was sent again: who waits for more knows as much as there is to know.
  answer confirm();
  bool is_out() const { return out_ != nullptr; }
  // Nothing is out, nor is this point: there is nothing to follow.
  bool is_quiet(const observation& point) const { return !out_ && !point.is_beyond(); }
  // The level that was told last is the usual one now.
  void accept(double before, double after);
  // The excursion was another event's: forget it.
  void forget() { out_.reset(); }

  template <class Archive>
  void visit_state(Archive& archive) {
    course out = out_ ? *out_ : course{};
    spike_habit spikes = known_ ? known_->spikes : spike_habit{};
    clock_habit times = known_ && known_->times ? *known_->times : clock_habit{};
    archive(out.from_n, out.from, out.last_n, out.last, out.points, out.flagged, out.opposite, out.told, out.neutral,
            out.before, out.unit, out.sum, out.square);
    archive(out.value, out.expected, out.size, out.nines, out.crowd, out.is_up, out.is_usual, spikes, times);
    if constexpr (Archive::reads) {
      out_ = out.points > 0 ? std::make_unique<course>(out) : nullptr;
      known_ = spikes.is_empty() && times.is_empty() ? nullptr : std::make_unique<habits>();
      if (known_) known_->spikes = spikes;
      if (!times.is_empty()) known_->times = std::make_unique<clock_habit>(times);
    }
  }

private:
  enum class telling : std::uint8_t { nothing, spike, shift, spread };

  // The present excursion.
  struct course {
    std::uint64_t from_n = 0;
    std::int64_t from = 0;
    std::uint64_t last_n = 0;
    std::int64_t last = 0;
    std::uint32_t points = 0;
    std::uint32_t flagged = 0;
    std::uint32_t opposite = 0;  // points on the other side
    std::uint8_t neutral = 0;    // points in a row that were neither out nor back
    telling told = telling::nothing;
    double before = 0;  // the level expected when it began
    double unit = 0;    // one unit of z then
    double sum = 0;     // of distances from before
    double square = 0;
    double value = 0;  // the most extreme point
    double expected = 0;
    double size = 0;
    double nines = 0;
    double crowd = 0;
    bool is_up = false;
    bool is_usual = false;  // one of those that come with the clock

    bool is_back(const observation& point) const;
    void follow(const observation& point, double nines_there);
    bool stands_firm() const;
    bool is_scattered() const;
    finding describe(event_kind kind) const;
  };
  struct habits {
    spike_habit spikes;
    std::unique_ptr<clock_habit> times;  // from the first on that was rare enough to be told

    void learn_time(std::int64_t ts, bool is_up);
  };

  answer follow(const observation& point, double nines);
  void begin(const observation& point, double nines);
  answer judge(const observation& point);
  answer end();
  bool learn_level();
  habits& known();

  // Most streams have nothing out, and many never had.
  std::unique_ptr<course> out_;
  std::unique_ptr<habits> known_;
};

}  // namespace spindrift
