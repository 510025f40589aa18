// Excursions that come with the clock: at the same minute of the hour, hour of the day or hour of the week. What has
// come so for three of the last periods is no news the next time. The detectors' expectation knows most of this; what
// is left here are events of a kind whose height or length differs from time to time.
//
// A plain value of 52 bytes; one feature, one thread at a time; touched at excursions only.
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
    std::array<bool, kept> is_up{};
    for (std::size_t i = 0; i < kept; ++i) is_up[i] = this->is_up(i);
    std::uint32_t count = count_;
    archive(times_, is_up, count);
    if constexpr (Archive::reads) {
      count_ = static_cast<std::uint16_t>(count < count_end ? count : kept + count % kept);
      for (std::size_t i = 0; i < kept; ++i) set_up(i, is_up[i]);
    }
  }

private:
  static constexpr std::size_t kept = 12;

  static constexpr std::uint32_t count_end = 1U << 15U;  // from there on it goes on from a small one of the same place

  bool is_up(std::size_t i) const { return (ups_ >> i & 1U) != 0; }
  void set_up(std::size_t i, bool is_up) {
    ups_ = static_cast<std::uint16_t>((ups_ & ~(1U << i)) | (is_up ? 1U << i : 0U));
  }

  std::array<std::uint32_t, kept> times_{};  // minutes since the Unix epoch
  std::uint16_t ups_ = 0;                    // a bit each: whether it was upward
  std::uint16_t count_ = 0;                  // learned in all; the newest are kept
};

}  // namespace spindrift
