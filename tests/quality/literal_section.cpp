// The event alarm beside the form that the specification writes down, and what each difference between the two does.
#include <array>
#include <functional>
#include <memory>

#include "server/detect/ensemble/ensemble.hpp"
#include "tests/quality/case_run.hpp"
#include "tests/quality/literal_alarm.hpp"
#include "tests/quality/nab_corpus.hpp"
#include "tests/quality/nab_scoring.hpp"
#include "tests/quality/section.hpp"
#include "tests/quality/stream_family.hpp"
#include "tests/quality/told_stream.hpp"

namespace spindrift::quality {
namespace {

constexpr std::uint64_t seeds_max = 2;
constexpr std::uint64_t case_seeds = 3;

// Whether the point is one that is told.
using teller = std::function<bool(double value, std::int64_t ts)>;

struct contestant {
  const char* name;
  std::function<teller()> begin;
  const char* flags;  // of alarm_cases; null: those of spindrift-detect, all its notices
};

teller literally(const literal_alarm::form& chosen) {
  auto alarm = std::make_shared<literal_alarm>(chosen);
  return [alarm](double value, std::int64_t ts) { return alarm->update(value, static_cast<double>(ts) / 1'000).alarm; };
}

const std::vector<contestant>& contestants() {
  static const ensemble_settings defaults;
  static const std::vector<contestant> all = {
      {"to the letter", [] { return literally({}); }, "--form literal"},
      {"values drawn in", [] { return literally({.draws_in = true}); }, "--form drawn-in"},
      {"usual distance of shapes unbiased", [] { return literally({.is_unbiased = true}); }, "--form unbiased"},
      {"shapes around the mean", [] { return literally({.is_around_mean = true}); }, "--form around-mean"},
      {"all three",
       [] {
         return literally({true, true, true});
       },
       "--form all"},
      {"our event alarm, alone",
       [] {
         auto alarm = std::make_shared<ensemble>(defaults);
         return teller([alarm](double value, std::int64_t ts) {
           return alarm->update(value, static_cast<double>(ts) / 1'000).alarm;
         });
       },
       "--form ours"},
      {"all notices",
       [] {
         auto stream = std::make_shared<told_stream>();
         return teller([stream](double value, std::int64_t ts) { return stream->add(ts, value) > 0; });
       },
       nullptr},
  };
  return all;
}

std::string rate(const std::vector<stream_family>& families, std::uint64_t points, std::uint64_t seeds,
                 const contestant& one) {
  mean all;
  for (const stream_family& family : families) {
    std::size_t told = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      generator next = family.make(seed);
      const teller tells = one.begin();
      for (std::uint64_t i = 0; i < points; ++i) {
        told += tells(next(), static_cast<std::int64_t>(i) * quiet_interval_ms) ? 1U : 0U;
      }
    }
    all.add(1'000 * static_cast<double>(told) / static_cast<double>(seeds * points));
  }
  return figure(all.value(), 3);
}

void put_benchmark(const std::vector<nab::series>& corpus, const contestant& one, std::vector<std::string>& row) {
  std::array<std::vector<nab::series_scores>, 2> halves;
  std::vector<nab::series_scores> whole;
  for (std::size_t i = 0; i < corpus.size(); ++i) {
    nab::series_scores found{corpus[i].windows, {}};
    const teller tells = one.begin();
    for (std::size_t k = 0; k < corpus[i].values.size(); ++k) {
      const auto ts = static_cast<std::int64_t>(corpus[i].times[k] * 1'000);
      found.scores.push_back(tells(corpus[i].values[k], ts) ? 1.0 : 0.0);
    }
    halves[i % 2].push_back(found);
    whole.push_back(std::move(found));
  }
  const nab::profile& standard = nab::profiles[0];
  for (const auto* each : {&whole, &halves[0], &halves[1]}) {
    row.push_back(figure(nab::normalised(nab::raw_score(*each, standard, 1.0), nab::window_count(*each), standard), 1));
  }
}

// Cases that pass, and the share of all their events that was told.
std::string cases(const plan& run, const contestant& one) {
  const std::vector<case_result> all =
      one.flags == nullptr ? run_cases(run, case_seeds) : run_cases(run, case_seeds, one.flags, "alarm_cases");
  return figure(passed(all), 0) + " / " + figure(100 * told_share(all), 0) + " %";
}

}  // namespace

void report_literal(const plan& run, sheet& out) {
  out.heading("The event alarm to the letter of its specification");
  std::vector<nab::series> corpus;
  if (!run.nab_folder.empty()) corpus = nab::read_corpus(run.nab_folder);
  table rows{{"alarm", "cases / told", "21 kinds of noise, per 1,000", "streams with habits"}};
  if (!corpus.empty()) rows.columns.insert(rows.columns.end(), {"NAB standard", "even files", "odd files"});
  const std::uint64_t seeds = std::min(run.event_seeds, seeds_max);
  for (const contestant& one : contestants()) {
    std::vector<std::string> row = {one.name, cases(run, one), rate(quiet_families(), run.quiet_points, seeds, one),
                                    rate(habit_families(), habit_points, seeds, one)};
    if (!corpus.empty()) put_benchmark(corpus, one, row);
    rows.rows.push_back(std::move(row));
  }
  out.put(rows);
  out.paragraph("Each alarm a notice, of kind `pattern`; " + std::to_string(case_seeds) + " seeds of the cases.");
}

}  // namespace spindrift::quality
