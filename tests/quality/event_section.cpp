// What people are told: the cases, false notices on quiet streams, and the Numenta Anomaly Benchmark with notices for
// detections.
#include <algorithm>
#include <cstdint>

#include "tests/quality/case_run.hpp"
#include "tests/quality/nab_run.hpp"
#include "tests/quality/section.hpp"
#include "tests/quality/stream_family.hpp"
#include "tests/quality/told_stream.hpp"
#include "tests/support/noise.hpp"

namespace spindrift::quality {
namespace {

constexpr double false_notices_max = 0.2;  // per 1,000 points, over all kinds of streams
constexpr double young_notices_max = 0.05;
constexpr std::uint64_t young_points = 200;
constexpr double notices_max = 1.3;
constexpr double standard_score_min = 73;
constexpr double ranked_share_min = 0.88;
constexpr std::uint64_t change_seeds = 20;

void put_cases(const plan& run, sheet& out) {
  out.heading("Cases: what a person would have been told");
  const std::vector<case_result> all = run_cases(run, run.case_seeds);
  table rows{{"case", "passes", "figures"}};
  for (const case_result& one : all) rows.rows.push_back({one.name, one.passes ? "yes" : "no", one.figures});
  out.put(rows);
  out.paragraph(out.at_least(passed(all), 29, 0) + " of " + std::to_string(all.size()) + " cases pass, " +
                std::to_string(run.case_seeds) + " seeds each.");
}

// `bound`: of the mean over all of them.
void put_quiet(const plan& run, const std::vector<stream_family>& families, std::uint64_t points, bool bound,
               sheet& out) {
  table rates{{"stream", "notices per 1,000 points", "in the first 200 points of a stream"}};
  mean all;
  mean all_young;
  for (const stream_family& family : families) {
    std::size_t told = 0;
    std::size_t young = 0;
    for (std::uint64_t seed = 1; seed <= run.event_seeds; ++seed) {
      generator next = family.make(seed);
      told_stream stream;
      for (std::uint64_t i = 0; i < points; ++i) {
        const std::size_t opened = stream.add(static_cast<std::int64_t>(i) * quiet_interval_ms, next());
        told += opened;
        young += i < young_points ? opened : 0;
      }
    }
    const auto seeds = static_cast<double>(run.event_seeds);
    const double rate = 1'000 * static_cast<double>(told) / (seeds * static_cast<double>(points));
    all.add(rate);
    all_young.add(static_cast<double>(young) / seeds);
    rates.rows.push_back({family.name, figure(rate, 3), figure(static_cast<double>(young) / seeds, 2)});
  }
  rates.rows.push_back({"all", bound ? out.at_most(all.value(), false_notices_max, 3) : figure(all.value(), 3),
                        bound ? out.at_most(all_young.value(), young_notices_max, 3) : figure(all_young.value(), 3)});
  out.put(rates);
}

void put_changes(sheet& out) {
  out.heading("Notices a true event");
  table rows{{"change", "told", "notices", "delay"}};
  mean all;
  for (const change& one : changes()) {
    mean notices;
    mean delay;
    std::size_t told = 0;
    for (std::uint64_t seed = 1; seed <= change_seeds; ++seed) {
      support::noise_source noise(seed + 500);
      told_stream stream;
      std::size_t count = 0;
      for (int i = 0; i < change_at + change_points; ++i) {
        const std::size_t opened =
            stream.add(std::int64_t{i} * 60'000, one.value(noise, std::max(0, i - change_at + 1)));
        if (i < change_at || opened == 0) continue;
        if (count == 0) delay.add(i - change_at);
        count += opened;
      }
      told += count > 0 ? 1 : 0;
      notices.add(static_cast<double>(count));
    }
    all.add(notices.value());
    rows.rows.push_back({one.name, std::to_string(told) + " of " + std::to_string(change_seeds),
                         figure(notices.value(), 2), figure(delay.value(), 0)});
  }
  rows.rows.push_back({"all", "", out.at_most(all.value(), notices_max, 2), ""});
  out.put(rows);
}

// Of the windows, the share told by notices of the highest severities, down to where one in 1,000 points is false.
struct ranked_notice {
  int severity;
  std::size_t window;  // over all series; none_told outside of all
};
constexpr std::size_t none_told = SIZE_MAX;

double share_told(std::vector<ranked_notice> notices, std::size_t points, std::size_t windows) {
  std::stable_sort(notices.begin(), notices.end(),
                   [](const ranked_notice& a, const ranked_notice& b) { return a.severity > b.severity; });
  std::vector<bool> told(windows, false);
  std::size_t wrong = 0;
  double share = 0;
  for (std::size_t i = 0; i < notices.size(); ++i) {
    if (notices[i].window == none_told) {
      ++wrong;
    } else {
      told[notices[i].window] = true;
    }
    const bool is_last = i + 1 == notices.size() || notices[i + 1].severity != notices[i].severity;
    if (!is_last || 1'000 * wrong > points) continue;
    share = static_cast<double>(std::count(told.begin(), told.end(), true)) / static_cast<double>(windows);
  }
  return share;
}

std::size_t window_of(const nab::series& series, std::size_t row, std::size_t before) {
  for (std::size_t w = 0; w < series.windows.size(); ++w) {
    if (row >= series.windows[w].first && row <= series.windows[w].last) return before + w;
  }
  return none_told;
}

void put_nab(const plan& run, sheet& out) {
  if (run.nab_folder.empty()) return;
  out.heading("Numenta Anomaly Benchmark, notices as detections");
  std::vector<nab::series_scores> notices;
  std::vector<ranked_notice> ranked;
  std::size_t count = 0;
  std::size_t points = 0;
  std::size_t windows_before = 0;
  for (const nab::series& series : nab::read_corpus(run.nab_folder)) {
    told_stream stream;
    nab::series_scores found{series.windows, {}};
    for (std::size_t row = 0; row < series.values.size(); ++row) {
      const std::size_t opened = stream.add(static_cast<std::int64_t>(series.times[row] * 1'000), series.values[row]);
      found.scores.push_back(opened > 0 ? 1.0 : 0.0);
      count += opened;
      if (row < nab::probation_rows(series.values.size())) continue;
      ++points;
      for (const event& notice : stream.told()) {
        if (notice.state != event_state::open) continue;
        ranked.push_back({notice.severity, window_of(series, row, windows_before)});
      }
    }
    windows_before += series.windows.size();
    notices.push_back(std::move(found));
  }
  table scores{{"profile", "score"}};
  const std::size_t windows = nab::window_count(notices);
  for (const nab::profile& profile : nab::profiles) {
    const double score = nab::normalised(nab::raw_score(notices, profile, 1.0), windows, profile);
    scores.rows.push_back(
        {profile.name, scores.rows.empty() ? out.at_least(score, standard_score_min, 1) : figure(score, 1)});
  }
  out.put(scores);
  out.paragraph(std::to_string(count) +
                " notices in all; every one counts, whatever its severity. Ranked by severity, " +
                out.at_least(share_told(std::move(ranked), points, windows), ranked_share_min, 2) +
                " of the windows are told at one false notice per 1,000 points.");
}

}  // namespace

void report_events(const plan& run, sheet& out) {
  put_cases(run, out);
  out.heading("False notices on streams without events");
  put_quiet(run, quiet_families(), run.quiet_points, true, out);
  out.heading("The same on streams with habits");
  put_quiet(run, habit_families(), habit_points, false, out);
  put_changes(out);
  put_nab(run, out);
}

}  // namespace spindrift::quality
