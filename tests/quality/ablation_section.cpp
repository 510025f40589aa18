// What each part of the event layer brings and costs: one off at a time, the rest as it is.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/quality/nab_run.hpp"
#include "tests/quality/section.hpp"
#include "tests/quality/stream_family.hpp"
#include "tests/quality/told_stream.hpp"

namespace spindrift::quality {
namespace {

constexpr std::uint64_t change_seeds = 10;
constexpr std::uint64_t seed_offset = 1'000;

constexpr std::uint32_t bit(event_kind kind) {
  return 1U << static_cast<unsigned>(kind);
}

struct part {
  const char* name;
  told_stream::mask off;
};

const std::vector<part>& parts() {
  using seen = feature_reading&;
  static const std::vector<part> all = {
      {"nothing", {}},
      {"`pattern`: the event alarm's word", {[](seen one) { one.score.reset(); }}},
      {"flagged points (spikes, shifts, wild stretches)", {[](seen one) { one.zscore_flagged = one.lasts = false; }}},
      {"shifts that only ADWIN sees", {[](seen one) { one.drift.reset(); }}},
      {"the tail model (\\|z\\| for its nines)",
       {[](seen one) { one.baseline.rare = one.baseline.rare || one.zscore_flagged || one.lasts; }}},
      {"what the clock finds odd", {[](seen one) { one.clock.reset(); }}},
      {"a beat that does not come", {[](seen one) { one.beat_missing = false; }}},
      {"`spread` untold", {nullptr, bit(event_kind::spread)}},
      {"`stuck` untold", {nullptr, bit(event_kind::stuck)}},
      {"`silent` untold", {nullptr, bit(event_kind::silent)}},
  };
  return all;
}

std::string quiet_rate(const std::vector<stream_family>& families, std::uint64_t points, const part& one,
                       std::uint64_t seeds) {
  mean all;
  for (const stream_family& family : families) {
    std::size_t told = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      generator next = family.make(seed);
      told_stream stream(one.off);
      for (std::uint64_t i = 0; i < points; ++i) {
        told += stream.add(static_cast<std::int64_t>(i) * quiet_interval_ms, next());
      }
    }
    all.add(1'000 * static_cast<double>(told) / static_cast<double>(seeds * points));
  }
  return figure(all.value(), 3);
}

// Of the changes: the share that is told, and notices for each.
void put_changes_of(const part& one, std::vector<std::string>& row) {
  mean told;
  mean notices;
  for (const change& of : changes()) {
    for (std::uint64_t seed = 1; seed <= change_seeds; ++seed) {
      support::noise_source noise(seed + seed_offset);
      told_stream stream(one.off);
      std::size_t count = 0;
      for (int i = 0; i < change_at + change_points; ++i) {
        const std::size_t opened =
            stream.add(std::int64_t{i} * 60'000, of.value(noise, std::max(0, i - change_at + 1)));
        if (i >= change_at) count += opened;
      }
      told.add(count > 0 ? 1 : 0);
      notices.add(static_cast<double>(count));
    }
  }
  row.push_back(figure(told.value(), 2));
  row.push_back(figure(notices.value(), 2));
}

std::string standard_score(const std::vector<nab::series>& corpus, const part& one) {
  std::vector<nab::series_scores> notices;
  for (const nab::series& series : corpus) {
    told_stream stream(one.off);
    nab::series_scores found{series.windows, {}};
    for (std::size_t row = 0; row < series.values.size(); ++row) {
      const auto ts = static_cast<std::int64_t>(series.times[row] * 1'000);
      found.scores.push_back(stream.add(ts, series.values[row]) > 0 ? 1.0 : 0.0);
    }
    notices.push_back(std::move(found));
  }
  const nab::profile& standard = nab::profiles[0];
  return figure(nab::normalised(nab::raw_score(notices, standard, 1.0), nab::window_count(notices), standard), 1);
}

}  // namespace

void report_ablation(const plan& run, sheet& out) {
  out.heading("Each part of the event layer off in turn");
  std::vector<nab::series> corpus;
  if (!run.nab_folder.empty()) corpus = nab::read_corpus(run.nab_folder);
  table rows{{"off", "changes told", "notices a change", "false notices per 1,000", "of streams with habits"}};
  if (!corpus.empty()) rows.columns.emplace_back("NAB standard");
  const std::uint64_t seeds = std::min<std::uint64_t>(run.event_seeds, 2);
  for (const part& one : parts()) {
    std::vector<std::string> row = {one.name};
    put_changes_of(one, row);
    row.push_back(quiet_rate(quiet_families(), run.quiet_points, one, seeds));
    row.push_back(quiet_rate(habit_families(), habit_points, one, seeds));
    if (!corpus.empty()) row.push_back(standard_score(corpus, one));
    rows.rows.push_back(std::move(row));
  }
  out.put(rows);
  out.paragraph("A part is off when the layer does not see what it reads, or when nobody is told its kind; changes: " +
                std::to_string(changes().size()) + " kinds of " + std::to_string(change_seeds) + " seeds each.");
}

}  // namespace spindrift::quality
