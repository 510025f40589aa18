// How many messages a person can take, kept by a severity that is learned: "5/day".
//
// Counted are incidents: events within `window` of the first one are one, as bad as the worst of them, since they would
// be one message. The severity from which on is told is the least at which the last seven days (or, of a young one,
// the days since it began) have had no more incidents than the budget allows. On the first day little is known of these
// streams, and what has not come yet may come: noise finds some odd hour only after hours. In its first hour only what
// is `severity_untaught` or worse counts besides; then what is `severity_of_no_noise` or worse, where the hours so far
// have had no more of it than their share of the budget. Once the budget of 24 hours is spent, only what is worse than
// all that was told in them comes through: the worst always does, and at most 100 can in a day.
//
// Pure: time is what it is told, in milliseconds since the Unix epoch; a clock that goes back is taken as standing
// still. Its state is text and survives restarts; what makes no sense in it is left out. At most 7 * 24 * 100 counts.
// One thread at a time. Cost: some 100 additions a decision.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace spindrift {

class notice_budget {
public:
  static constexpr int severity_max = 100;
  // 80 is to wake somebody. Noise on 500 streams has been seen to reach 60, in a day that begins some 100 events of 41
  // to 57. Of the events of tests/quality/cases nineteen in twenty are worse than that.
  static constexpr int severity_untaught = 70;
  static constexpr int severity_of_no_noise = 61;
  static constexpr std::int64_t hours_max = 7 * 24;

  notice_budget(double a_day, std::int64_t window_ms) : a_day_(a_day), window_ms_(window_ms) {}

  // Streams are watched from here on; without it, from their first event on. False: that was known.
  bool begin(std::int64_t now_ms);
  // Learns of an event and says whether it may be told. `joins`: it goes into a message that is being gathered.
  bool takes(std::int64_t now_ms, int severity, bool joins);
  // The same of one that was learned of before, and has become worse.
  bool takes_worse(std::int64_t now_ms, int severity, bool joins);
  // From which severity on something is told now, while the budget of the day lasts.
  int severity_from(std::int64_t now_ms) const;

  std::string state() const;
  void set_state(std::string_view text);

private:
  using counts = std::array<std::uint32_t, severity_max + 1>;
  struct message {
    std::int64_t at_ms;
    int severity;
  };

  bool decide(std::int64_t now_ms, int severity, bool joins);
  void learn(std::int64_t now_ms, int severity);
  // The least severity of which, and of what is worse, there were no more incidents than so many.
  int least_within(double allowed) const;
  void forget(std::int64_t now_ms);

  double a_day_;
  std::int64_t window_ms_;
  std::int64_t began_ms_ = 0;             // 0: it has not
  std::map<std::int64_t, counts> hours_;  // incidents by hour and severity
  std::deque<message> sent_;              // within a day
  std::int64_t incident_until_ms_ = 0;    // the incident that is under way; its severity is counted already
  std::int64_t incident_hour_ = 0;
  int incident_severity_ = 0;
};

}  // namespace spindrift
