// The events that a server told, held against those that were injected.
//
// A verdict says which event its point opened or belongs to: a number that was not seen before is a notice. It belongs
// to the newest injected event that began before it and was over for at most `aftermath_points`; else to a single
// anomalous point of the last `spike_points`; else it is false. Fed by one thread, a stream's points in order. Memory:
// 64 bytes a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/injection.hpp"

namespace spindrift {

class event_score {
public:
  static constexpr std::uint64_t aftermath_points = 200;
  static constexpr std::uint64_t spike_points = 16;

  struct kind_count {
    std::string name;
    std::uint64_t injected = 0;
    std::uint64_t told = 0;               // of those
    std::uint64_t right = 0;              // of those, as what they are
    std::uint64_t notices = 0;            // in all
    std::vector<std::uint64_t> delays{};  // points, one for each that was told

    std::optional<double> delay_median() const;
    std::optional<double> notices_an_event() const;
  };

  event_score(std::size_t streams, std::vector<injection> injected, bool has_truth);

  // A point of this event time was sent.
  void note_time(std::size_t stream, std::int64_t ts);
  // The verdict of a point: its number in the stream, whether it was injected as an anomaly, its event (0: none).
  void judge(std::size_t stream, std::uint64_t number, bool is_anomalous, std::uint64_t event, std::string_view kind);

  bool has_truth() const { return has_truth_; }
  std::uint64_t told() const { return told_; }
  std::uint64_t false_ones() const { return false_ones_; }
  // By what was injected, those that were; anomalous points last, where one was told.
  std::vector<kind_count> kinds() const;
  std::optional<double> false_a_day_and_stream() const;

private:
  struct stream_state {
    std::int64_t first = INT64_MAX;
    std::int64_t last = INT64_MIN;
    std::uint64_t newest_event = 0;
    std::uint64_t anomalous_at = 0;  // the newest anomalous point that has been judged; 0: none
    bool is_anomaly_told = false;
    std::size_t reached = 0;               // injections that have begun
    std::size_t told = 0;                  // 1 + the last of them that was told; 0: none
    std::size_t right = 0;                 // the same of those that were told as what they are
    std::uint64_t event_of_injection = 0;  // the notice of the injection that was told last
  };

  void take_notice(stream_state& of, std::uint64_t number, std::uint64_t event, std::uint64_t notices);

  bool has_truth_;
  std::vector<injection> injected_;  // by where they begin
  std::vector<kind_count> kinds_;    // one for each of injected_event, and one for anomalous points
  std::vector<stream_state> streams_;
  std::uint64_t told_ = 0;
  std::uint64_t false_ones_ = 0;
};

}  // namespace spindrift
