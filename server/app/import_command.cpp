// Reads a table of the past and has a stream learn from it.
#include "server/app/import_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/cli/options.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/time_limits.hpp"
#include "common/protocol/time_text.hpp"
#include "common/text/printable.hpp"
#include "server/app/config.hpp"
#include "server/app/persistence.hpp"
#include "server/app/server_link.hpp"
#include "server/backtest/line_reader.hpp"
#include "server/backtest/line_source.hpp"
#include "server/backtest/table.hpp"
#include "server/clock/clock.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/producer_table.hpp"
#include "server/pipeline/intake.hpp"
#include "server/pipeline/refusal_error.hpp"
#include "server/store/posix_file_system.hpp"

namespace spindrift {
namespace {

constexpr std::string_view importing = "spindriftd import";

struct import_settings {
  std::string stream;
  std::string file;
  table_settings columns;
  std::chrono::milliseconds interval{1'000};  // between rows without times
};

// The rows of a file, held until all of them could be read.
struct past {
  std::vector<std::string> features;  // empty: one value
  std::vector<double> values;         // row after row
  std::vector<std::int64_t> times;
  std::uint64_t left_out = 0;

  std::size_t columns() const { return std::max<std::size_t>(features.size(), 1); }
  std::size_t rows() const { return times.size(); }

  // Puts row i into a point whose features are in `into`.
  point at(std::size_t i, std::string_view stream, std::vector<feature>& into) const {
    point made{.stream = stream, .ts = times[i], .is_learned = true};
    const double* const row = values.data() + i * columns();
    made.value = row[0];
    into.clear();
    for (std::size_t k = 0; k < features.size(); ++k) into.push_back({features[k], row[k]});
    made.values = into;
    return made;
  }
};

// Nothing, or why the file cannot be learned from.
std::optional<std::string> read(const import_settings& settings, past& rows) {
  line_source lines(settings.file);
  table columns(settings.columns);
  std::uint64_t line_number = 0;
  bool has_times = false;
  while (auto line = lines.next()) {
    if (++line_number == 1) line = line_reader::without_mark(*line);
    const std::string place = lines.name() + ":" + std::to_string(line_number) + ": ";
    const table::row found = columns.take(*line);
    if (const auto* const missing = std::get_if<table::no_such_column>(&found)) return place + missing->message;
    if (const auto* const wrong = std::get_if<protocol_error>(&found)) {
      if (!settings.columns.dialect.skips_bad) return place + wrong->message + "; --skip-bad leaves such rows out";
      ++rows.left_out;
    }
    const auto* const measured = std::get_if<point>(&found);
    if (measured == nullptr) continue;
    if (rows.values.empty()) {
      has_times = measured->ts.has_value();
      for (const feature& one : measured->values) rows.features.emplace_back(one.name);
    }
    if (!measured->is_multivariate()) rows.values.push_back(measured->value);
    for (const feature& one : measured->values) rows.values.push_back(one.value);
    rows.times.push_back(measured->ts.value_or(0));
  }
  if (rows.times.empty()) return lines.name() + ": there is no row with a value in it";
  if (has_times) return std::nullopt;
  // The past ends now.
  std::int64_t ts = now().wall_ms;
  for (std::size_t i = rows.rows(); i-- > 0;) rows.times[i] = ts -= settings.interval.count();
  return std::nullopt;
}

int say_learned(const import_settings& settings, const past& rows, std::uint64_t late) {
  std::string text = "the stream " + printable(settings.stream) + " has learned from " +
                     std::to_string(rows.rows() - late) + " points";
  if (late > 0) {
    text += "; " + std::to_string(late) + " were left out, since it had seen newer ones: history goes before the rest";
  }
  if (rows.left_out > 0) text += "; " + std::to_string(rows.left_out) + " rows could not be read";
  return print(text + "\n");
}

int learn_in_directory(const config& chosen, const import_settings& settings, const past& rows) {
  posix_file_system files;
  persistence kept(chosen.store, files);
  counters counts;
  engine observer(chosen.engine, counts, &kept);
  producer_table producers(chosen.producers_max, chosen.kept_bytes_max);
  if (const auto wrong = kept.recover(observer, producers)) return refuse(importing, *wrong);
  std::uint64_t late = 0;
  std::optional<std::string> fault;
  batch work;
  std::vector<std::vector<feature>> features(intake::points_max);
  for (std::size_t i = 0; i < rows.rows() && !fault;) {
    work.clear();
    const std::size_t end = std::min(rows.rows(), i + intake::points_max);
    for (; i < end; ++i) work.points.push_back(rows.at(i, settings.stream, features[work.points.size()]));
    observer.observe(work, now());
    for (std::size_t k = 0; k < work.points.size() && !fault; ++k) {
      late += work.is_late(k) ? 1U : 0U;
      if (const refusal why = work.why(k); why != refusal::none) {
        fault = "row " + std::to_string(end - work.points.size() + k + 1) + ": " +
                refusal_error(why, work.points[k]).message;
      }
    }
  }
  if (!kept.close() && !fault) fault = "the state directory could not be written to its end";
  return fault ? refuse(importing, *fault) : say_learned(settings, rows, late);
}

// Times as text, so that the stream's unit stays open: what follows may count seconds.
void append_point(const point& learned, std::string& out) {
  out += "{\"stream\":";
  append_json_string(learned.stream, out);
  out += ",\"ts\":\"" + to_rfc3339(*learned.ts) + '"';
  if (!learned.is_multivariate()) {
    out += ",\"value\":";
    append_number(learned.value, out);
  }
  for (std::size_t k = 0; k < learned.values.size(); ++k) {
    out += k == 0 ? ",\"values\":{" : ",";
    append_json_string(learned.values[k].name, out);
    out += ':';
    append_number(learned.values[k].value, out);
  }
  out += learned.is_multivariate() ? "}}\n" : "}\n";
}

int learn_over_wire(const config& chosen, const import_settings& settings, const past& rows) {
  server_link server(chosen);
  std::string lines;
  encode(command_frame{"", hello_command{"", server_link::token()}}, lines);
  encode(command_frame{"", learn_command{}}, lines);
  server.send(lines);
  for (const std::string_view wanted : {R"({"type":"welcome")", R"({"type":"learning")"}) {
    const std::string reply = server.next_line();
    if (!reply.starts_with(wanted)) return refuse(importing, printable(reply));
  }
  std::uint64_t late = 0;
  std::vector<feature> features;
  // So few that their replies fit into what a connection holds: none waits for the other.
  constexpr std::size_t at_once = 256;
  for (std::size_t i = 0; i < rows.rows();) {
    const std::size_t end = std::min(rows.rows(), i + at_once);
    lines.clear();
    for (std::size_t k = i; k < end; ++k) append_point(rows.at(k, settings.stream, features), lines);
    server.send(lines);
    for (; i < end; ++i) {
      const std::string reply = server.next_line();
      if (!reply.starts_with(R"({"type":"verdict")")) {
        return refuse(importing, "row " + std::to_string(i + 1) + ": " + printable(reply));
      }
      late += reply.find(R"(,"late":true)") != std::string::npos ? 1U : 0U;
    }
  }
  return say_learned(settings, rows, late);
}

int learn(const config& chosen, const import_settings& settings) {
  past rows;
  if (const auto wrong = read(settings, rows)) return refuse(importing, *wrong, exit_bad_config);
  const auto is_beyond = [](std::int64_t ts) { return !limits::is_event_time(ts); };
  if (std::any_of(rows.times.begin(), rows.times.end(), is_beyond)) {
    return refuse(importing, settings.file + ": a time lies outside the years 1 to 9999", exit_bad_config);
  }
  const bool is_lasting = chosen.store.directory != "off" && chosen.store.durability_level != durability::off;
  if (!is_lasting) return learn_over_wire(chosen, settings, rows);
  {
    posix_file_system files;
    store kept(files, chosen.store);
    const storage_status opened = kept.open();
    if (opened.fault == storage_fault::locked) return learn_over_wire(chosen, settings, rows);
    if (!opened.ok()) return refuse(importing, opened.text());
  }
  return learn_in_directory(chosen, settings, rows);
}

}  // namespace

bool is_import_command(int argc, const char* const* argv) {
  return argc > 1 && std::string_view(argv[1]) == "import";
}

int run_import_command(int argc, const char* const* argv) {
  config chosen;
  import_settings settings;
  option_set options("spindriftd import",
                     "lets a stream learn from a CSV file of its past, and tells nobody of it; takes the server's own "
                     "options, to find it");
  options.add_positional("FILE.csv", "what to learn from", settings.file);
  options.add_text("--stream", "NAME", "the stream that learns", settings.stream);
  options.add_text("--value-column", "V[,W...]", "columns with the values, by name or by number from 1",
                   settings.columns.value_column);
  options.add_text("--time-column", "T", "column with the event time", settings.columns.time_column);
  options.add_milliseconds("--row-interval", "between rows of a file without times, which ends now", settings.interval);
  declare(settings.columns.dialect, options);
  declare(chosen, options);
  const parse_result parsed = options.parse(argc - 1, argv + 1);
  if (!parsed.proceeds) return tell(parsed);
  const parse_result judged = options.judge(validate(chosen));
  if (!judged.proceeds) return tell(judged);
  if (!is_name(settings.stream, limits::stream_bytes_max)) {
    return refuse(importing,
                  settings.stream.empty() ? "--stream: is missing; which stream learns?"
                                          : "--stream: " + in_quotes(settings.stream) + " is no name of a stream",
                  exit_usage);
  }
  if (settings.file.empty()) return refuse(importing, "FILE.csv: is missing; what is to be learned from?", exit_usage);
  try {
    return learn(chosen, settings);
  } catch (const std::exception& failure) {
    return refuse(importing, failure.what());
  }
}

}  // namespace spindrift
