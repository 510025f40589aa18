// Whether the viewer hears each verdict or, where there are too many for one who looks, aggregates a stream.
//
// Verdicts are heard while they are few: what is drawn then has every point. Beyond lines_per_s_max for two judgements
// in a row aggregates are wanted, the more streams the more seldom, so that some streams_per_s of them come at most;
// verdicts again after a while below lines_per_s_least. Pure: the time is given. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spindrift {

class feed_pace {
public:
  static constexpr double lines_per_s_max = 2'000;
  static constexpr double lines_per_s_least = 1'000;
  static constexpr double streams_per_s = 20'000;
  static constexpr int every_ms_least = 500;
  static constexpr int every_ms_most = 8'000;
  static constexpr std::int64_t judged_ms = 500;  // at least, from one judgement to the next
  static constexpr int quiet_judgements = 20;

  // So many points, in a verdict or an aggregate.
  void heard(std::uint64_t points) { points_ += points; }
  // What to subscribe with: milliseconds from one aggregate of a stream to the next; 0: verdicts.
  int judge(std::size_t streams, std::int64_t now_ms);

private:
  std::uint64_t points_ = 0;
  std::int64_t since_ms_ = 0;
  int every_ms_ = 0;
  int judgements_ = 0;  // in a row that speak for the other way
};

}  // namespace spindrift
