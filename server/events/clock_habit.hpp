// Excursions that come with the clock: at the same minute of the hour, hour of the day or hour of the week. What has
// come so for three of the last periods is no news the next time. The detectors' expectation knows most of this; what
// is left here are events of a kind whose height or length differs from time to time.
//
// A plain value of 64 bytes; one feature, one thread at a time; touched at excursions only.
#pragma once

#include <array>
#include <cstdint>

namespace spindrift {

class clock_habit {
public:
  // Whether an excursion to this side at this time (milliseconds) is one of those that come with the clock.
  bool is_usual(std::int64_t ts, bool is_up) const;
  void learn(std::int64_t ts, bool is_up);
  // Nothing was learned yet.
  bool is_empty() const { return count_ == 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(times_, is_up_, count_);
  }

private:
  static constexpr std::size_t kept = 12;

  std::array<std::uint32_t, kept> times_{};  // minutes since the Unix epoch
  std::array<bool, kept> is_up_{};
  std::uint32_t count_ = 0;  // learned in all; the newest are kept
};

}  // namespace spindrift
