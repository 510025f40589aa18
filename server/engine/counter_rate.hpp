// The rate at which a count grows: values that only grow in, what they grow by in a second out.
//
// A value below the one before means that who counts has begun anew at zero, so it has grown by that value. Two points
// of the same millisecond have no rate: the second is left out, and the growth goes to the point after it. A plain
// value of one stream, touched under its lock; one double a value of the stream. Times are event times, so the same
// points give the same rates, whenever they are replayed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace spindrift {

class counter_rate {
public:
  static constexpr std::uint16_t state_version = 1;  // raise it when visit_state changes

  enum class result : std::uint8_t {
    rate,  // the values are rates now
    none,  // the first point, or one of the same moment
    late,  // older than the newest
  };

  explicit counter_rate(std::size_t width) : before_(width) {}

  // Puts rates in the place of the values, of which there are as many as the stream has.
  result update(std::span<double> values, std::int64_t ts_ms) {
    if (has_begun_ && ts_ms < ts_ms_) return result::late;
    if (has_begun_ && ts_ms == ts_ms_) return result::none;
    // As doubles: the difference of two times may not fit.
    const double seconds = (static_cast<double>(ts_ms) - static_cast<double>(ts_ms_)) / 1'000.0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const double grown = values[i] >= before_[i] ? values[i] - before_[i] : values[i];
      before_[i] = values[i];
      // The growth of two huge values, or that of a millisecond, may be more than a double holds.
      values[i] =
          std::clamp(grown / seconds, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
    }
    ts_ms_ = ts_ms;
    if (has_begun_) return result::rate;
    has_begun_ = true;
    return result::none;
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    const std::size_t width = before_.size();
    archive(has_begun_, ts_ms_);
    archive.sequence(before_, width);
    if constexpr (Archive::reads) {
      if (before_.size() != width) archive.refuse();
      before_.resize(width);
    }
  }

private:
  bool has_begun_ = false;
  std::int64_t ts_ms_ = 0;
  std::vector<double> before_;
};

}  // namespace spindrift
