// What returns at regular gaps that are no times of the clock: a heartbeat, a pump stroke, a poll. It counts the points
// from one excursion (a run of flagged points) to the next; when several gaps in a row were alike, the next excursion
// is expected when it is due, and is no anomaly then unless it is larger or longer than those before. One that comes
// early or late, or does not come at all, is what it was.
//
// A plain value of 80 bytes; one feature, one thread at a time; touched by flagged points, otherwise a compare. The gap
// and its scatter are fading means; an excursion that is not due counts against the rhythm, and does not move it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace spindrift {

class rhythm {
public:
  enum class verdict : std::uint8_t {
    none,    // no rhythm, or not its time
    beat,    // this flagged point belongs to a beat that was due
    missing  // a beat that was due has not come, of a rhythm that never misses one
  };

  // points_before: so many had come, none of them flagged.
  explicit rhythm(double points_before = 0) : n_(points_before) {}

  // A point was flagged. Until then it only counts points.
  bool has_begun() const { return started_; }
  double points() const { return n_; }

  // size: |value - expected| of a flagged point, 0 of others.
  verdict update(double size) {
    ++n_;
    if (size > 0) return take(size);
    if (hits_ >= known && n_ > due() + tolerance()) return miss();
    return verdict::none;
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(n_, start_, last_, gap_, scatter_, height_, length_, rival_, proven_gap_, hits_, is_beat_, started_);
  }

private:
  static constexpr std::uint8_t known = 5;     // gaps alike
  static constexpr std::uint8_t certain = 15;  // and more, until one that is missing is news
  static constexpr std::uint8_t hits_max = 20;
  static constexpr std::uint8_t regained = 7;  // one may be missed
  static constexpr double most_missed = 4;     // gaps
  static constexpr double least_gap = 6;
  static constexpr double least_tolerance = 1.5;
  static constexpr double scatters = 4;
  static constexpr double widest = 0.22;  // tolerance, of a gap
  static constexpr double strict = 0.1;   // tolerance of a rhythm whose missing beat is news
  static constexpr double taller = 1.5;   // than the usual height: no beat
  static constexpr double longer = 1.5;   // than the usual length

  double due() const { return start_ + gap_; }
  double tolerance() const {
    const double narrow = std::min(scatters * scatter_, widest * gap_);
    return std::max(least_tolerance, narrow);
  }
  // Points that may lie between two flagged ones of the same excursion.
  double apart() const { return std::clamp(gap_ / 8, 2.0, 8.0); }

  verdict take(double size) {
    const bool goes_on = started_ && n_ - last_ <= apart();
    last_ = n_;
    if (goes_on) {
      const double length = n_ - rival_ + 1;
      is_beat_ = is_beat_ && size <= taller * height_ && length <= longer * length_ + 2;
      if (is_beat_ || hits_ < known || start_ == rival_) learn(size, length);
      return is_beat_ ? verdict::beat : verdict::none;
    }
    const double before = rival_;
    rival_ = n_;
    if (!started_) {
      started_ = true;
      start_ = n_;
      height_ = size;
      length_ = 1;
      return verdict::none;
    }
    const bool is_due = hits_ > 0 && std::abs(n_ - due()) <= tolerance();
    is_beat_ = is_due && hits_ >= known && size <= taller * height_;
    if (is_due) {
      hits_ = static_cast<std::uint8_t>(std::min(hits_ + 1, static_cast<int>(hits_max)));
      if (hits_ >= known) proven_gap_ = gap_;
      scatter_ += 0.15 * (std::abs(n_ - due()) - scatter_);
      gap_ += 0.2 * (n_ - start_ - gap_);
      start_ = n_;
      learn(size, 1);
      return is_beat_ ? verdict::beat : verdict::none;
    }
    if (hits_ >= known) {
      hits_ = static_cast<std::uint8_t>(hits_ - 2);
      return verdict::none;
    }
    // None yet: the two newest make the next guess.
    hits_ = 0;
    const double gap = n_ - before;
    if (gap >= least_gap) {
      gap_ = gap;
      scatter_ = 0.05 * gap;
      hits_ = is_known_again(gap) ? regained : std::uint8_t{1};
      if (hits_ == regained) gap_ = proven_gap_;
    }
    start_ = n_;
    height_ = std::max(size, (proven_gap_ > 0 ? 0.9 : 0.5) * height_);
    return verdict::none;
  }

  // Where beats are missed now and then, a gap of the rhythm that was known, or a few of them, is enough to know it
  // again.
  bool is_known_again(double gap) const {
    const double times = std::round(gap / std::max(proven_gap_, least_gap));
    return proven_gap_ > 0 && times >= 1 && times <= most_missed &&
           std::abs(gap - times * proven_gap_) <= widest * proven_gap_;
  }

  void learn(double size, double length) {
    height_ = std::max(std::min(size, taller * height_), 0.97 * height_);
    length_ = std::max(length_ * 0.97, std::min(length, longer * length_ + 2));
  }

  verdict miss() {
    start_ += gap_;
    const bool is_news = hits_ >= certain && tolerance() <= std::max(strict * gap_, least_tolerance);
    hits_ = static_cast<std::uint8_t>(hits_ - 2);
    return is_news ? verdict::missing : verdict::none;
  }

  double n_;               // points seen
  double start_ = 0;       // of the last beat, or where it should have been
  double last_ = 0;        // flagged point
  double gap_ = 0;         // from beat to beat
  double scatter_ = 0;     // usual distance from when it was due
  double height_ = 0;      // that beats reach, fading
  double length_ = 0;      // in points, likewise
  double rival_ = 0;       // where the present excursion began
  double proven_gap_ = 0;  // of the last rhythm that was known; 0: none yet
  std::uint8_t hits_ = 0;
  bool is_beat_ = false;
  bool started_ = false;
};

}  // namespace spindrift
