// How much of what a stream varies by comes with the clock. Where little else is left, ADWIN is better off without the
// season: a shift smaller than the day's wave is found. Where a slower wave or a wander is left as well, what is left
// would be cut at each of its crests, and the values as they are show ADWIN all waves at once.
//
// Fading variances of the season and of what is left after it, over some 1,000 points. A plain value of 40 bytes; one
// stream's, one thread at a time; x is finite.
#pragma once

#include <algorithm>
#include <cstdint>

namespace spindrift {

class season_share {
public:
  // Whether the season is most of it, this point included; with some play, since ADWIN begins anew with each change.
  bool update(double x, double season) {
    if (count_ < memory) ++count_;
    const double gain = 1.0 / count_;
    const double off = x - season - mean_;
    mean_ += gain * off;
    left_ = (1 - gain) * (left_ + gain * off * off);
    season_ += gain * (season * season - season_);
    const double share = season_ / (season_ + left_);
    if (count_ >= known) is_most_ = share > (is_most_ ? until : from);
    return is_most_;
  }

  bool is_empty() const { return count_ == 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(mean_, left_, season_, count_, is_most_);
  }

private:
  static constexpr std::uint32_t memory = 1'000;
  static constexpr std::uint32_t known = 100;
  static constexpr double from = 0.8;
  static constexpr double until = 0.6;

  double mean_ = 0;
  double left_ = 0;
  double season_ = 0;
  std::uint32_t count_ = 0;
  bool is_most_ = true;  // until enough is known
};

}  // namespace spindrift
