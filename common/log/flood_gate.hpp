// How many lines of one event may pass: a token bucket per event name, and the count of those that did not.
//
// Pure: the caller brings the time and does the locking. Event names are the program's own, a handful; past
// events_max all others share one bucket, so that the table is bounded whatever happens.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

struct flood_limit {
  double lines_per_s = 100;
  double burst_lines = 1'000;
};

class flood_gate {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::size_t events_max = 64;
  // While a flood lasts, what it cost is said once in this long, not with every line that gets through.
  static constexpr std::chrono::seconds report_interval{1};

  struct decision {
    bool passes = false;
    std::uint64_t left_out = 0;  // since the last report, if it is time for the next one: say so before the line
  };
  struct left_out_lines {
    std::string event;
    std::uint64_t count = 0;
  };

  explicit flood_gate(flood_limit limit) : limit_(limit) {}

  decision ask(std::string_view event, time_point now);
  // What is still unsaid; with `only_due`, of those events alone whose last report is long enough ago.
  std::vector<left_out_lines> collect_left_out(time_point now, bool only_due);

private:
  struct bucket {
    double lines = 0;
    time_point refilled;
    std::uint64_t left_out = 0;
    time_point reported;
  };

  bucket& bucket_of(std::string_view event, time_point now);

  flood_limit limit_;
  std::map<std::string, bucket, std::less<>> buckets_;
};

}  // namespace spindrift
