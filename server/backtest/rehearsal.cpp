// Runs two engines over a recording and compares what they tell.
#include "server/backtest/rehearsal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>

#include "common/cli/terminal.hpp"
#include "common/protocol/event_line.hpp"
#include "server/backtest/input_sample.hpp"
#include "server/backtest/line_reader.hpp"
#include "server/backtest/line_source.hpp"
#include "server/backtest/told_line.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"
#include "server/rehearsal/comparison_report.hpp"
#include "server/rehearsal/notice_comparison.hpp"

namespace spindrift {
namespace {

constexpr std::int64_t second_ms = 1'000;
constexpr double day_ms = 86'400'000;
// Where there are no times: the first point's. Only differences are ever shown.
constexpr std::int64_t untimed_begin_ms = 0;
// What is looked at each second of the recording costs a look at every stream; with many, less often.
constexpr std::size_t streams_a_second = 100;

// One way of watching.
class watcher {
public:
  watcher(const engine_settings& settings, notice_side side, notice_comparison& compared)
      : engine_(settings, counts_), side_(side), compared_(compared) {}

  refusal observe(const point& measured, moment now) {
    work_.clear();
    work_.points.push_back(measured);
    engine_.observe(work_, now);
    hear();
    return work_.outcomes.front().why;
  }

  void look_for_silence(moment now) {
    for (std::size_t stripe = 0; stripe < stream_table::stripe_count; ++stripe) {
      work_.clear();
      engine_.tell_of_silence(stripe, now, SIZE_MAX, work_);
      hear();
    }
  }

  std::size_t streams() const { return engine_.stream_count(); }

private:
  void hear() {
    for (const told_event& told : work_.told) {
      compared_.hear(side_, told.notice, work_.points[told.point].stream, told.feature);
    }
  }

  counters counts_;
  engine engine_;
  batch work_;
  notice_side side_;
  notice_comparison& compared_;
};

class rehearsal {
public:
  explicit rehearsal(const rehearsal_settings& settings)
      : settings_(settings),
        reader_(settings.columns),
        compared_(rehearsal_settings::notices_max),
        after_(settings.after, notice_side::after, compared_) {
    if (!settings.is_before_told) before_.emplace(settings.before, notice_side::before, compared_);
  }

  // Why there is nothing to report; empty: there is.
  std::string read() {
    line_source lines(settings_.recording);
    if (const auto foreign = foreign_bytes(lines.peek())) return lines.name() + ": " + *foreign;
    bool is_first = true;
    while (auto line = lines.next()) {
      if (std::exchange(is_first, false)) line = line_reader::without_mark(*line);
      if (settings_.is_before_told && is_event_line(*line)) {
        if (const auto told = read_told_line(*line)) {
          compared_.hear(notice_side::before, told->said, told->stream, told->feature);
        }
        continue;
      }
      const table::row found = reader_.take(*line);
      if (const auto* const measured = std::get_if<point>(&found)) {
        observe(*measured);
      } else if (const auto* const missing = std::get_if<table::no_such_column>(&found)) {
        return missing->message;
      } else if (points_ == 0) {
        const auto* const wrong = std::get_if<protocol_error>(&found);
        sample_.note(*line, wrong != nullptr ? wrong->message : std::string());
      }
    }
    if (points_ == 0) return lines.name() + ": " + sample_.explain();
    source_ = lines.name();
    return {};
  }

  std::string report() const {
    comparison_scope scope;
    scope.source = source_;
    scope.before = settings_.before_name;
    scope.after = settings_.after_name;
    scope.points = points_;
    scope.streams = seen_.size();
    scope.is_in_time = is_in_time_;
    for (const auto& [name, stay] : seen_) scope.stream_days += static_cast<double>(stay.second - stay.first) / day_ms;
    if (settings_.as_json) return comparison_json(compared_, scope);
    return comparison_text(compared_, scope, rehearsal_settings::rows_max);
  }

private:
  void observe(point measured) {
    if (points_ == 0) {
      is_in_time_ = measured.ts.has_value();
      looked_ms_ = clock_ms_ = measured.ts.value_or(untimed_begin_ms);
    } else {
      clock_ms_ = measured.ts ? std::max(clock_ms_, *measured.ts) : clock_ms_ + second_ms;
    }
    if (!measured.ts) measured.ts = clock_ms_;
    look_for_silence();
    const moment now{clock_ms_, clock_ms_};
    if (after_.observe(measured, now) != refusal::none) return;
    if (before_) before_->observe(measured, now);
    ++points_;
    const auto [found, is_new] = seen_.try_emplace(std::string(measured.stream), *measured.ts, *measured.ts);
    if (!is_new) found->second.second = std::max(found->second.second, *measured.ts);
  }

  // In steps, so that a stream is told to be silent when it was, and not when the next point of another comes. They
  // grow with the time since the last point, so that a recording of months takes no look a second.
  void look_for_silence() {
    // A hole in the whole recording is nobody's silence: nothing was recorded, whatever was sent.
    if (clock_ms_ - looked_ms_ > hole_ms) looked_ms_ = clock_ms_;
    const auto least = second_ms * static_cast<std::int64_t>(1 + after_.streams() / streams_a_second);
    const std::int64_t begin = looked_ms_;
    for (;;) {
      const std::int64_t step = std::max(least, (looked_ms_ - begin) / 2);
      if (looked_ms_ + step > clock_ms_) return;
      looked_ms_ += step;
      const moment then{looked_ms_, looked_ms_};
      after_.look_for_silence(then);
      if (before_) before_->look_for_silence(then);
    }
  }

  static constexpr std::int64_t hole_ms = 86'400'000;

  const rehearsal_settings& settings_;
  line_reader reader_;
  notice_comparison compared_;
  watcher after_;
  std::optional<watcher> before_;
  input_sample sample_;
  std::unordered_map<std::string, std::pair<std::int64_t, std::int64_t>> seen_;  // first and last time of each stream
  std::string source_;
  std::uint64_t points_ = 0;
  std::int64_t clock_ms_ = 0;
  std::int64_t looked_ms_ = 0;
  bool is_in_time_ = true;
};

}  // namespace

bool tells_of_events(const std::string& recording) {
  line_source lines(recording);
  while (const auto line = lines.next()) {
    if (is_event_line(*line)) return true;
  }
  return false;
}

int run_rehearsal(const rehearsal_settings& settings, std::FILE* out) {
  rehearsal made(settings);
  if (const std::string wrong = made.read(); !wrong.empty()) {
    complain("spindrift-detect", wrong);
    return exit_bad_config;
  }
  const std::string report = made.report();
  if (std::fwrite(report.data(), 1, report.size(), out) == report.size() && std::fflush(out) == 0) return exit_ok;
  complain("spindrift-detect", std::string("the output cannot be written: ") + std::strerror(errno));
  return exit_failure;
}

}  // namespace spindrift
