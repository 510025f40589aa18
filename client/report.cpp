// Writes what a run has found, for people and as JSON.
#include "client/report.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

namespace spindrift {
namespace {

using json = nlohmann::ordered_json;

// What a report says of verdicts; null where none were asked for.
constexpr std::array findings = {
    "precision",       "recall",          "f1",           "true_positives",       "false_positives",
    "false_negatives", "scored",          "flags",        "false_flags_per_1000", "by_kind",
    "drifts",          "drifts_injected", "drifts_found", "drift_delay_median",   "drift_echoes",
    "false_drifts",    "alarms",          "events"};

json or_null(const std::optional<double>& value) {
  return value ? json(*value) : json(nullptr);
}

std::optional<double> microseconds(const latency_histogram& latency, double quantile) {
  const std::optional<double> ns = latency.percentile(quantile);
  return ns ? std::optional(*ns * 1e-3) : std::nullopt;
}

std::optional<double> max_microseconds(const latency_histogram& latency) {
  return latency.count() > 0 ? std::optional(static_cast<double>(latency.max()) * 1e-3) : std::nullopt;
}

json by_kind(const score& judged) {
  json kinds = json::object();
  for (std::size_t i = 0; i < judged.kinds().size(); ++i) {
    const score::kind_count& kind = judged.kinds()[i];
    const confusion counts = judged.of_kind(i);
    kinds[kind.name] = {{"injected", kind.injected},
                        {"found", kind.found},
                        {"precision", or_null(counts.precision())},
                        {"recall", or_null(counts.recall())},
                        {"f1", or_null(counts.f1())}};
  }
  return kinds;
}

json events_told(const event_score& events) {
  json kinds = json::object();
  for (const event_score::kind_count& kind : events.kinds()) {
    kinds[kind.name] = {{"injected", kind.injected},
                        {"told", kind.told},
                        {"right_kind", kind.right},
                        {"notices_an_event", or_null(kind.notices_an_event())},
                        {"delay_median", or_null(kind.delay_median())}};
  }
  return {{"told", events.told()},
          {"by_injected", kinds},
          {"false", events.has_truth() ? json(events.false_ones()) : json()},
          {"false_a_day_and_stream", or_null(events.false_a_day_and_stream())}};
}

json latency_us(const latency_histogram& latency) {
  return {{"p50", or_null(microseconds(latency, 0.50))},
          {"p99", or_null(microseconds(latency, 0.99))},
          {"p999", or_null(microseconds(latency, 0.999))},
          {"max", or_null(max_microseconds(latency))}};
}

// One printf-formatted line at a time; no line of the report comes near the buffer's size.
class line_sheet {
public:
  [[gnu::format(printf, 2, 3)]] void line(const char* format, ...) {
    std::array<char, 512> buffer{};
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
    va_end(arguments);
    text_ += buffer.data();
    text_ += '\n';
  }
  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

std::string number_text(const std::optional<double>& value, int decimals) {
  if (!value) return "-";
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, *value);
  return buffer.data();
}

std::string ratio_text(const std::optional<double>& value) {
  return number_text(value, 4);
}

std::string duration_text(const std::optional<double>& us) {
  if (!us) return "-";
  std::array<char, 32> buffer{};
  if (*us < 1'000) {
    std::snprintf(buffer.data(), buffer.size(), "%.0f us", *us);
  } else if (*us < 1e6) {
    std::snprintf(buffer.data(), buffer.size(), "%.2f ms", *us * 1e-3);
  } else {
    std::snprintf(buffer.data(), buffer.size(), "%.2f s", *us * 1e-6);
  }
  return buffer.data();
}

using counted = unsigned long long;

void put_sending(const run_facts& run, const run_counters& counts, line_sheet& sheet) {
  sheet.line("%s: %zu stream%s over %zu connection%s, seed %llu%s", run.source.c_str(), run.streams,
             run.streams == 1 ? "" : "s", run.connections, run.connections == 1 ? "" : "s", counted{run.seed},
             run.was_stopped ? " (stopped)" : "");
  sheet.line("  points      %llu sent, %llu verdicts, %llu refused, %llu lost", counted{counts.points},
             counted{counts.verdicts}, counted{counts.errors}, counted{counts.lost});
  if (run.replies != "all") {
    sheet.line("  replies     %s: %llu points acknowledged without a verdict", run.replies.c_str(),
               counted{counts.acknowledged});
  }
  if (run.unsent > 0 && !run.was_stopped) sheet.line("  unsent      %llu", counted{run.unsent});
  for (const auto& [code, times] : counts.error_codes) sheet.line("    %-16.64s %llu", code.c_str(), counted{times});
  if (counts.reconnects > 0 || counts.resent > 0 || counts.duplicates > 0) {
    sheet.line("  resumed     %llu reconnects, %llu sent again, %llu of them applied before",
               counted{counts.reconnects}, counted{counts.resent}, counted{counts.duplicates});
  }
  if (counts.late > 0) {
    sheet.line(
        "  late        %llu older than the newest point of their stream, so not judged; --stream NAME begins another",
        counted{counts.late});
  }
  sheet.line("  time        %.3f s, %.0f %s/s", counts.seconds(), counts.throughput(),
             run.replies == "all" ? "verdicts" : "points");
  sheet.line(
      "  latency     p50 %s, p99 %s, p99.9 %s, max %s%s", duration_text(microseconds(counts.latency, 0.50)).c_str(),
      duration_text(microseconds(counts.latency, 0.99)).c_str(),
      duration_text(microseconds(counts.latency, 0.999)).c_str(),
      duration_text(max_microseconds(counts.latency)).c_str(), run.rate > 0 ? " (from when due)" : " (from sending)");
}

void put_anomalies(const score& judged, line_sheet& sheet) {
  const confusion& all = judged.overall();
  if (!judged.has_truth()) {
    sheet.line("  anomalies   %llu flagged; the truth is not known", counted{judged.flags()});
    return;
  }
  sheet.line("  anomalies   precision %s, recall %s, F1 %s (%llu found, %llu missed, %llu false)",
             ratio_text(all.precision()).c_str(), ratio_text(all.recall()).c_str(), ratio_text(all.f1()).c_str(),
             counted{all.true_positives}, counted{all.false_negatives}, counted{all.false_positives});
  for (std::size_t i = 0; i < judged.kinds().size(); ++i) {
    const score::kind_count& kind = judged.kinds()[i];
    if (kind.injected == 0) continue;
    sheet.line("    %-16s %llu of %llu found, recall %s, F1 %s", kind.name.c_str(), counted{kind.found},
               counted{kind.injected}, ratio_text(judged.of_kind(i).recall()).c_str(),
               ratio_text(judged.of_kind(i).f1()).c_str());
  }
  sheet.line("  false flags %s per 1,000 points (the first %llu points of a stream are not scored)",
             ratio_text(judged.false_flags_per_1000()).c_str(), counted{warmup_points});
}

void put_drifts(const score& judged, line_sheet& sheet) {
  const score::drift_count& drifts = judged.drifts();
  if (drifts.injected == 0) {
    sheet.line("  drifts      %llu reported", counted{drifts.reported});
  } else {
    sheet.line(
        "  drifts      %llu reported: %zu of %llu injected found, median delay %s points, %llu echoes, %llu false",
        counted{drifts.reported}, drifts.delays.size(), counted{drifts.injected},
        number_text(drifts.delay_median(), 1).c_str(), counted{drifts.echoes}, counted{drifts.false_ones});
  }
  sheet.line("  alarms      %llu", counted{judged.alarms()});
}

void put_events(const event_score& events, line_sheet& sheet) {
  if (!events.has_truth()) return sheet.line("  events      %llu told", counted{events.told()});
  sheet.line("  events      %llu told, %llu of them false: %s a day and stream", counted{events.told()},
             counted{events.false_ones()}, number_text(events.false_a_day_and_stream(), 2).c_str());
  for (const event_score::kind_count& kind : events.kinds()) {
    sheet.line("    %-16s %llu of %llu told, %llu as that, %s notices an event, median delay %s points",
               kind.name.c_str(), counted{kind.told}, counted{kind.injected}, counted{kind.right},
               number_text(kind.notices_an_event(), 2).c_str(), number_text(kind.delay_median(), 1).c_str());
  }
}

}  // namespace

std::string text_report(const run_facts& run, const run_counters& counts) {
  line_sheet sheet;
  put_sending(run, counts, sheet);
  if (!run.knows_findings()) {
    sheet.line("  findings    not known: no verdicts were asked for");
    return sheet.take();
  }
  put_anomalies(counts.judged, sheet);
  put_drifts(counts.judged, sheet);
  put_events(counts.events, sheet);
  return sheet.take();
}

std::string json_report(const run_facts& run, const run_counters& counts) {
  const score& judged = counts.judged;
  const confusion& all = judged.overall();
  const score::drift_count& drifts = judged.drifts();
  json codes = json::object();
  for (const auto& [code, times] : counts.error_codes) codes[code] = times;

  json object = {
      {"source", run.source},
      {"seed", run.seed},
      {"streams", run.streams},
      {"connections", run.connections},
      {"rate", run.rate},
      {"stopped", run.was_stopped},
      {"points", counts.points},
      {"replies", run.replies},
      {"verdicts", counts.verdicts},
      {"acknowledged", counts.acknowledged},
      {"errors", counts.errors},
      {"error_codes", codes},
      {"lost", counts.lost},
      {"unsent", run.unsent},
      {"resent", counts.resent},
      {"duplicates", counts.duplicates},
      {"late", counts.late},
      {"reconnects", counts.reconnects},
      {"precision", or_null(all.precision())},
      {"recall", or_null(all.recall())},
      {"f1", or_null(all.f1())},
      {"true_positives", all.true_positives},
      {"false_positives", all.false_positives},
      {"false_negatives", all.false_negatives},
      {"scored", judged.scored()},
      {"flags", judged.flags()},
      {"false_flags_per_1000", or_null(judged.false_flags_per_1000())},
      {"by_kind", by_kind(judged)},
      {"drifts", drifts.reported},
      {"drifts_injected", drifts.injected},
      {"drifts_found", drifts.delays.size()},
      {"drift_delay_median", or_null(drifts.delay_median())},
      {"drift_echoes", drifts.echoes},
      {"false_drifts", judged.has_truth() ? json(drifts.false_ones) : json()},
      {"alarms", judged.alarms()},
      {"events", events_told(counts.events)},
      {"seconds", counts.seconds()},
      {"throughput", counts.throughput()},
      {"latency_us", latency_us(counts.latency)},
  };
  if (!run.knows_findings()) {
    for (const char* const finding : findings) object[finding] = nullptr;
  }
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace spindrift
