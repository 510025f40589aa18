// The loop over lines, and the summary.
#include "server/backtest/backtest.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>
#include <variant>

#include "common/cli/terminal.hpp"
#include "common/protocol/encode.hpp"
#include "server/backtest/input_sample.hpp"
#include "server/backtest/line_reader.hpp"
#include "server/backtest/line_source.hpp"
#include "server/backtest/report.hpp"
#include "server/detect/zscore.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {
namespace {

// What a summary counts. With labels it is a judgement, too.
struct tally {
  std::uint64_t points = 0;
  std::uint64_t errors = 0;
  std::uint64_t warmups = 0;
  std::uint64_t anomalies = 0;
  std::uint64_t drifts = 0;
  std::uint64_t alarms = 0;
  std::uint64_t labelled = 0;  // points that carry a label
  std::uint64_t true_positives = 0;
  std::uint64_t false_positives = 0;
  std::uint64_t false_negatives = 0;

  void count(const verdict& judged) {
    ++points;
    warmups += judged.warmup ? 1U : 0U;
    anomalies += judged.anomaly ? 1U : 0U;
    drifts += judged.drift.has_value() ? 1U : 0U;
    alarms += judged.alarm ? 1U : 0U;
    if (!judged.subject.label) return;
    ++labelled;
    const bool is_true = *judged.subject.label;
    true_positives += is_true && judged.anomaly ? 1U : 0U;
    false_positives += !is_true && judged.anomaly ? 1U : 0U;
    false_negatives += is_true && !judged.anomaly ? 1U : 0U;
  }

  std::string json() const {
    std::string out = "{\"points\":" + std::to_string(points) + ",\"errors\":" + std::to_string(errors) +
                      ",\"warmup\":" + std::to_string(warmups) + ",\"anomalies\":" + std::to_string(anomalies) +
                      ",\"drifts\":" + std::to_string(drifts) + ",\"alarms\":" + std::to_string(alarms);
    if (labelled > 0) {
      // null where there is nothing to divide by, as in the simulator's report: nothing flagged, or nothing to be
      // found.
      const auto put_ratio = [&out](const char* name, std::uint64_t part, std::uint64_t whole) {
        out += name;
        if (whole == 0) {
          out += "null";
        } else {
          append_number(static_cast<double>(part) / static_cast<double>(whole), out);
        }
      };
      const std::uint64_t to_be_found = true_positives + false_negatives;
      const std::uint64_t flagged = true_positives + false_positives;
      out += ",\"true_positives\":" + std::to_string(true_positives) +
             ",\"false_positives\":" + std::to_string(false_positives) +
             ",\"false_negatives\":" + std::to_string(false_negatives);
      put_ratio(",\"precision\":", true_positives, flagged);
      put_ratio(",\"recall\":", true_positives, to_be_found);
      put_ratio(",\"f1\":", 2 * true_positives, to_be_found == 0 ? 0 : to_be_found + flagged);
    }
    return out + "}\n";
  }
};

class backtest {
public:
  backtest(const backtest_settings& settings, std::FILE* out)
      : settings_(settings),
        out_(out),
        engine_(settings.watched, counts_),
        reader_(settings.columns),
        drawn_(band_of(settings.watched.detectors)) {}

  int run() {
    if (!settings_.output.empty()) {
      if (const auto obstacle = obstacle_to_report(settings_.output)) return refuse(*obstacle);
    }
    line_source lines(settings_.file);
    if (lines.is_file()) arrival_ms_ = wall_ms();
    if (const auto foreign = foreign_bytes(lines.peek())) return refuse(lines.name() + ": " + *foreign);
    while (auto line = lines.next()) {
      ++line_number_;
      if (line_number_ == 1) line = line_reader::without_mark(*line);
      complaint_.clear();
      if (!take(*line)) return exit_bad_config;
      if (counted_.points == 0) {
        sample_.note(*line, complaint_);
        if (counted_.errors == hopeless_lines) break;
      }
      // Who waits for an answer to what it has sent gets it, errors too.
      if (!held_.empty() && lines.would_wait() && lines.stays_silent()) text_ += std::exchange(held_, {});
      if ((text_.size() > 1U << 16U || lines.would_wait()) && !write_out()) return exit_failure;
    }
    if (counted_.points == 0) return refuse(lines.name() + ": " + sample_.explain());
    if (settings_.only_summary) text_ += counted_.json();
    if (!write_out()) return exit_failure;
    return settings_.output.empty() ? exit_ok : report(lines.name());
  }

private:
  // So many lines without one point: what follows would be no better, and each would cost an error.
  static constexpr std::uint64_t hopeless_lines = 1'000;

  // Half the width of the band, as the detector flags.
  static double band_of(const detector_settings& chosen) {
    return threshold_or(chosen.zscore, chosen.zscore.method == zscore_method::classic ? 3 : 5);
  }

  int report(const std::string& name) {
    const auto some = [](std::uint64_t count, const char* one, const char* many) {
      return std::to_string(count) + (count == 1 ? one : many);
    };
    const std::string summary =
        some(counted_.points, " point, ", " points, ") + some(drawn_.events().size(), " event, ", " events, ") +
        some(counted_.anomalies, " anomaly, ", " anomalies, ") + some(counted_.drifts, " drift, ", " drifts, ") +
        some(counted_.errors, " line that is no point", " lines that are no point");
    if (const auto failed = write_report(settings_.output, drawn_, name, summary)) {
      ::spindrift::complain("spindrift-detect", *failed);
      return exit_failure;
    }
    if (settings_.says_nothing) std::fprintf(out_, "%s: %s\n", settings_.output.c_str(), summary.c_str());
    return exit_ok;
  }

  // What is wrong with the whole input is said once; the errors of its lines are not.
  static int refuse(const std::string& why) {
    ::spindrift::complain("spindrift-detect", why);
    return exit_bad_config;
  }

  bool take(std::string_view line) {
    const table::row found = reader_.take(line);
    if (const auto* const measured = std::get_if<point>(&found)) {
      observe(*measured);
    } else if (const auto* const wrong = std::get_if<protocol_error>(&found)) {
      if (reader_.is_json() || !settings_.columns.dialect.skips_bad) complain(*wrong);
    } else if (const auto* const missing = std::get_if<table::no_such_column>(&found)) {
      refuse(missing->message);
      return false;
    } else if (const auto* const header = std::get_if<table::heading>(&found); header && !header->remark.empty()) {
      ::spindrift::complain("spindrift-detect", header->remark);
    }
    return true;
  }

  static std::int64_t wall_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  }

  void observe(const point& measured) {
    points_.clear();
    points_.points.push_back(measured);
    const std::int64_t wall = arrival_ms_ ? *arrival_ms_ : wall_ms();
    engine_.observe(points_, {wall, wall});
    const outcome& result = points_.outcomes.front();
    if (result.why == refusal::other_features) {
      return complain({error_code::bad_frame, "the features are not those of the stream's first point", measured.seq});
    }
    if (result.why == refusal::other_unit) {
      return complain(
          {error_code::bad_value, "the time is of another unit than that of the stream's first point", measured.seq});
    }
    if (result.why != refusal::none) return complain({error_code::too_many_streams, "too many streams", measured.seq});
    if (counted_.points == 0) text_ += std::exchange(held_, {});
    if (!settings_.output.empty()) {
      if (counted_.points == 0) drawn_.run_along_time(measured.ts.has_value());
      drawn_.add(result.what);
      for (const told_event& told : points_.told) {
        if (!told.notice.is_picture_alone) drawn_.add(told.notice, measured.stream, told.feature);
      }
    }
    counted_.count(result.what);
    if (settings_.only_summary || settings_.says_nothing) return;
    if (!settings_.only_events) encode(result.what, text_);
    for (const told_event& told : points_.told) {
      if (!told.notice.is_picture_alone) encode(told.notice, measured.stream, told.feature, text_);
    }
  }

  // Before the first point errors are held back: there may be one thing to say instead of them all.
  void complain(const protocol_error& error) {
    ++counted_.errors;
    complaint_ = error.message;
    if (!settings_.only_summary && !settings_.says_nothing)
      encode(error, line_number_, counted_.points == 0 ? held_ : text_);
  }

  bool write_out() {
    const bool is_out = std::fwrite(text_.data(), 1, text_.size(), out_) == text_.size() && std::fflush(out_) == 0;
    if (!is_out) std::fprintf(stderr, "spindrift-detect: the output cannot be written: %s\n", std::strerror(errno));
    text_.clear();
    return is_out;
  }

  const backtest_settings& settings_;
  std::FILE* out_;
  counters counts_;
  engine engine_;
  line_reader reader_;
  batch points_;
  tally counted_;
  chart_data drawn_;  // for the report
  input_sample sample_;
  std::string complaint_;  // about the line at hand
  std::string held_;       // errors before the first point, at most hopeless_lines
  std::string text_;
  std::uint64_t line_number_ = 0;
  // When the rows of a file came that say no time themselves: all at once. How fast this machine reads them is no
  // property of theirs, and a pause of its would look like a hole in them.
  std::optional<std::int64_t> arrival_ms_;
};

}  // namespace

int run_backtest(const backtest_settings& settings, std::FILE* out) {
  return backtest(settings, out).run();
}

}  // namespace spindrift
