// What people are told: the cases, false notices on quiet streams, and the Numenta Anomaly Benchmark with notices for
// detections.
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "server/detect/detector.hpp"
#include "server/events/event_watch.hpp"
#include "tests/quality/nab_run.hpp"
#include "tests/quality/section.hpp"
#include "tests/quality/stream_family.hpp"

namespace spindrift::quality {
namespace {

constexpr double false_notices_max = 0.2;  // per 1,000 points, over all kinds of streams
constexpr double young_notices_max = 0.05;
constexpr std::uint64_t young_points = 200;
constexpr double standard_score_min = 73;
constexpr std::int64_t interval_ms = 300'000;

// A stream of one value as the engine runs it.
class told_stream {
public:
  std::size_t add(std::int64_t ts, double value) {
    told_.clear();
    const reading seen = detectors_.update({&value, 1}, static_cast<double>(ts) / 1'000);
    events_.update(++n_, ts, {&value, 1}, seen, told_);
    std::size_t opened = 0;
    for (const event& notice : told_) opened += notice.state == event_state::open ? 1 : 0;
    return opened;
  }
  const std::vector<event>& told() const { return told_; }

private:
  static const detector_settings& settings() {
    static const detector_settings defaults;
    return defaults;
  }
  detector detectors_{settings(), 1};
  event_watch events_{1};
  std::uint64_t n_ = 0;
  std::vector<event> told_;
};

void put_cases(const plan& run, sheet& out) {
  out.heading("Cases: what a person would have been told");
  const std::string command = "python3 " SPINDRIFT_SOURCE_DIR "/tests/quality/cases/cases.py '" + run.bin_folder +
                              "/spindrift-detect' --seeds " + std::to_string(run.case_seeds);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) throw std::runtime_error("the cases cannot be run");
  table rows{{"case", "passes", "figures"}};
  char line[4'096];
  std::size_t passed = 0;
  while (std::fgets(line, sizeof line, pipe.get()) != nullptr) {
    std::string text(line);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    const bool is_pass = text.starts_with("pass ");
    if (!is_pass && !text.starts_with("FAIL ")) continue;
    passed += is_pass ? 1 : 0;
    const std::size_t end = text.find(' ', 5);
    const std::size_t begin = end == std::string::npos ? end : text.find_first_not_of(' ', end);
    rows.rows.push_back(
        {text.substr(5, end - 5), is_pass ? "yes" : "no", begin == std::string::npos ? "" : text.substr(begin)});
  }
  if (rows.rows.empty()) throw std::runtime_error("the cases say nothing: is python3 there?");
  out.put(rows);
  out.paragraph(out.at_least(static_cast<double>(passed), 29, 0) + " of " + std::to_string(rows.rows.size()) +
                " cases pass, " + std::to_string(run.case_seeds) + " seeds each.");
}

void put_quiet(const plan& run, sheet& out) {
  out.heading("False notices on streams without events");
  table rates{{"stream", "notices per 1,000 points", "in the first 200 points of a stream"}};
  mean all;
  mean all_young;
  for (const stream_family& family : quiet_families()) {
    std::size_t told = 0;
    std::size_t young = 0;
    for (std::uint64_t seed = 1; seed <= run.event_seeds; ++seed) {
      generator next = family.make(seed);
      told_stream stream;
      for (std::uint64_t i = 0; i < run.quiet_points; ++i) {
        const std::size_t opened = stream.add(static_cast<std::int64_t>(i) * interval_ms, next());
        told += opened;
        young += i < young_points ? opened : 0;
      }
    }
    const auto seeds = static_cast<double>(run.event_seeds);
    const double rate = 1'000 * static_cast<double>(told) / (seeds * static_cast<double>(run.quiet_points));
    all.add(rate);
    all_young.add(static_cast<double>(young) / seeds);
    rates.rows.push_back({family.name, figure(rate, 3), figure(static_cast<double>(young) / seeds, 2)});
  }
  rates.rows.push_back(
      {"all", out.at_most(all.value(), false_notices_max, 3), out.at_most(all_young.value(), young_notices_max, 3)});
  out.put(rates);
}

void put_nab(const plan& run, sheet& out) {
  if (run.nab_folder.empty()) return;
  out.heading("Numenta Anomaly Benchmark, notices as detections");
  std::vector<nab::series_scores> notices;
  std::size_t count = 0;
  for (const nab::series& series : nab::read_corpus(run.nab_folder)) {
    told_stream stream;
    nab::series_scores found{series.windows, {}};
    for (std::size_t row = 0; row < series.values.size(); ++row) {
      const std::size_t opened = stream.add(static_cast<std::int64_t>(series.times[row] * 1'000), series.values[row]);
      found.scores.push_back(opened > 0 ? 1.0 : 0.0);
      count += opened;
    }
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
  out.paragraph(std::to_string(count) + " notices in all; every one counts, whatever its severity.");
}

}  // namespace

void report_events(const plan& run, sheet& out) {
  put_cases(run, out);
  put_quiet(run, out);
  put_nab(run, out);
}

}  // namespace spindrift::quality
