#include "server/backtest/backtest.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <variant>

#include "common/cli/options.hpp"
#include "common/protocol/decode.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/inbox.hpp"
#include "server/backtest/line_source.hpp"
#include "server/engine/engine.hpp"

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

  void count(const verdict& what) {
    ++points;
    warmups += what.warmup ? 1U : 0U;
    anomalies += what.anomaly ? 1U : 0U;
    drifts += what.drift.has_value() ? 1U : 0U;
    alarms += what.alarm ? 1U : 0U;
    if (!what.subject.label) return;
    ++labelled;
    const bool is_true = *what.subject.label;
    true_positives += is_true && what.anomaly ? 1U : 0U;
    false_positives += !is_true && what.anomaly ? 1U : 0U;
    false_negatives += is_true && !what.anomaly ? 1U : 0U;
  }

  std::string json() const {
    std::string out = "{\"points\":" + std::to_string(points) + ",\"errors\":" + std::to_string(errors) +
                      ",\"warmup\":" + std::to_string(warmups) + ",\"anomalies\":" + std::to_string(anomalies) +
                      ",\"drifts\":" + std::to_string(drifts) + ",\"alarms\":" + std::to_string(alarms);
    if (labelled > 0) {
      const auto ratio = [](std::uint64_t part, std::uint64_t rest) {
        return part + rest == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(part + rest);
      };
      out += ",\"true_positives\":" + std::to_string(true_positives) +
             ",\"false_positives\":" + std::to_string(false_positives) +
             ",\"false_negatives\":" + std::to_string(false_negatives) + ",\"precision\":";
      append_number(ratio(true_positives, false_positives), out);
      out += ",\"recall\":";
      append_number(ratio(true_positives, false_negatives), out);
      out += ",\"f1\":";
      append_number(ratio(2 * true_positives, false_positives + false_negatives), out);
    }
    return out + "}\n";
  }
};

class backtest {
public:
  backtest(const backtest_settings& settings, std::FILE* out)
      : settings_(settings), out_(out), engine_({.detectors = settings.detectors}, counts_), rows_(settings.columns) {
    for (std::size_t i = 0; i < inbox::padding_bytes; ++i) padded_ += '\0';
  }

  int run() {
    line_source lines(settings_.file);
    while (const auto line = lines.next()) {
      ++line_number_;
      if (line_number_ == 1) is_json_ = line->front() == '{';
      if (!(is_json_ ? take_json(*line) : take_row(*line))) return exit_bad_config;
      if ((text_.size() > 1U << 16U || lines.would_wait()) && !write_out()) return exit_failure;
    }
    if (settings_.only_summary) text_ += counted_.json();
    return write_out() ? exit_ok : exit_failure;
  }

private:
  bool take_json(std::string_view line) {
    padded_.replace(0, padded_.size() - inbox::padding_bytes, line);
    frames_.reset();
    const frame found = frames_.decode(std::string_view(padded_).substr(0, line.size()));
    if (const auto* const measured = std::get_if<point>(&found)) {
      observe(*measured);
    } else if (const auto* const wrong = std::get_if<protocol_error>(&found)) {
      complain(*wrong);
    } else {
      complain({error_code::bad_frame, "commands need the server"});
    }
    return true;
  }

  bool take_row(std::string_view line) {
    const table::row found = rows_.take(line);
    if (const auto* const measured = std::get_if<point>(&found)) {
      observe(*measured);
    } else if (const auto* const wrong = std::get_if<protocol_error>(&found)) {
      complain(*wrong);
    } else if (const auto* const missing = std::get_if<table::no_such_column>(&found)) {
      std::fprintf(stderr, "spindrift-detect: %s\n", missing->message.c_str());
      return false;
    }
    return true;
  }

  void observe(const point& what) {
    using namespace std::chrono;
    points_.clear();
    points_.points.push_back(what);
    const std::int64_t wall = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    engine_.observe(points_, {wall, wall});
    const outcome& result = points_.outcomes.front();
    if (result.why == refusal::other_features) {
      return complain({error_code::bad_frame, "the features are not those of the stream's first point", what.seq});
    }
    if (result.why != refusal::none) return complain({error_code::too_many_streams, "too many streams", what.seq});
    counted_.count(result.what);
    if (!settings_.only_summary) encode(result.what, text_);
  }

  void complain(const protocol_error& what) {
    ++counted_.errors;
    if (!settings_.only_summary) encode(what, line_number_, text_);
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
  table rows_;
  decoder frames_;
  batch points_;
  tally counted_;
  std::string padded_;
  std::string text_;
  std::uint64_t line_number_ = 0;
  bool is_json_ = false;
};

}  // namespace

int run_backtest(const backtest_settings& settings, std::FILE* out) {
  return backtest(settings, out).run();
}

}  // namespace spindrift
