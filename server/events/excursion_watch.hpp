// Spikes and shifts: follows the points that the baseline flagged until it is known what they were. Back to normal
// within a few points: a spike. A new level that stands firm for five, or anything that lasts for twelve: a shift. A
// value that has been a spike before, to the last bit, is told at its first point, and corrected if it lasts.
//
// A plain value of some 290 bytes; one feature, one thread at a time; O(1), a few ns on ordinary points.
#pragma once

#include <cstdint>
#include <optional>

#include "server/events/clock_habit.hpp"
#include "server/events/finding.hpp"
#include "server/events/spike_habit.hpp"

namespace spindrift {

class excursion_watch {
public:
  struct answer {
    std::optional<finding> found{};  // to be told, or to correct what was told of this excursion
    bool is_correction = false;      // of the event opened by the last finding
    std::optional<finding> over{};   // the excursion told before has ended here
    bool usual = false;              // one that comes with the clock has ended
    double untold = 0;               // one that was not worth telling has: its largest |z|
  };

  // nines: how improbable the point's |z| is.
  answer update(const observation& point, double nines);
  // The last point was sent again: who waits for more knows as much as there is to know.
  answer confirm();
  bool is_out() const { return points_ > 0; }
  // The excursion was another event's: forget it.
  void forget() { points_ = 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(from_n_, from_, last_n_, last_, points_, flagged_, opposite_, told_, neutral_, before_, unit_, sum_,
            square_);
    archive(value_, expected_, size_, nines_, crowd_, is_up_, is_usual_, habit_, clock_);
  }

private:
  enum class telling : std::uint8_t { nothing, spike, shift, spread };

  void begin(const observation& point, double nines);
  bool is_back(const observation& point) const;
  void follow(const observation& point, double nines);
  bool stands_firm() const;
  finding describe(event_kind kind) const;
  answer judge();
  answer end();

  std::uint64_t from_n_ = 0;
  std::int64_t from_ = 0;
  std::uint64_t last_n_ = 0;
  std::int64_t last_ = 0;
  std::uint32_t points_ = 0;
  std::uint32_t flagged_ = 0;
  std::uint32_t opposite_ = 0;  // points on the other side
  std::uint8_t neutral_ = 0;    // points in a row that were neither out nor back
  telling told_ = telling::nothing;
  double before_ = 0;  // the level expected when it began
  double unit_ = 0;    // one unit of z then
  double sum_ = 0;     // of distances from before_
  double square_ = 0;
  double value_ = 0;  // the most extreme point
  double expected_ = 0;
  double size_ = 0;
  double nines_ = 0;
  double crowd_ = 0;
  bool is_up_ = false;
  bool is_usual_ = false;  // one of those that come with the clock
  spike_habit habit_;
  clock_habit clock_;
};

}  // namespace spindrift
