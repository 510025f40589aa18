// The order and the rhythm of a stream's event times: which point is late, which one comes after a hole.
//
// A plain value of 32 bytes; one thread at a time. The usual interval is the median of the steps of time, followed as
// error_scale does it. A point older than the newest is late; after `late_max` of them in a row the newest was the one
// that was wrong (a clock set back), and the clock starts again from the present point. A step of more than ten usual
// intervals, known from 20 steps on, is a hole: the first `grace` points after it are told so.
#pragma once

#include <cmath>
#include <cstdint>

#include "server/detect/error_scale.hpp"

namespace spindrift {

class point_clock {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;

  enum class place : std::uint8_t { next, late, after_hole };

  place update(double t) {
    if (!std::isfinite(t)) return place::next;
    if (started_ && t < newest_ && ++late_run_ <= late_max) return place::late;
    const double step = t - newest_;
    const bool in_order = started_ && step >= 0;
    started_ = true;
    newest_ = t;
    late_run_ = 0;
    if (!in_order) return place::next;
    const double usual = interval_.median();
    if (n_steps_ >= known && usual > 0 && step > hole * usual) grace_left_ = grace;
    if (n_steps_ < known) ++n_steps_;
    // Points of one moment come in bundles: only steps of time count, and a hole is none.
    if (step > 0 && !(n_steps_ >= known && step > hole * usual)) interval_.add(step, step_min);
    if (grace_left_ == 0) return place::next;
    --grace_left_;
    return place::after_hole;
  }

  // The usual seconds from one point to the next; 0 while unknown.
  double interval() const { return interval_.median(); }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(newest_, interval_, late_run_, n_steps_, grace_left_, started_);
  }

private:
  static constexpr std::uint16_t late_max = 256;
  static constexpr std::uint8_t known = 20;
  static constexpr std::uint8_t grace = 4;
  static constexpr double hole = 10;
  static constexpr double step_min = 1e-6;

  double newest_ = 0;  // seconds
  error_scale interval_;
  std::uint16_t late_run_ = 0;
  std::uint8_t n_steps_ = 0;
  std::uint8_t grace_left_ = 0;
  bool started_ = false;
};

}  // namespace spindrift
