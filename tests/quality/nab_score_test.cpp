// The ensemble, as configured by default, on the corpus named by SPINDRIFT_NAB_DIR; skipped without it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/quality/nab_run.hpp"

namespace spindrift {
namespace {

// Measured on 39 series with 70 windows: 70.7. One window is worth up to 1.4 there, so the margin is half a window.
constexpr double standard_score_min = 70.0;

TEST(nab, the_default_event_alarm_scores_seventy_on_the_standard_profile) {
  const char* folder = std::getenv("SPINDRIFT_NAB_DIR");
  if (folder == nullptr) GTEST_SKIP() << "SPINDRIFT_NAB_DIR names no corpus";
  const auto corpus = nab::read_corpus(folder);
  const auto alarms = nab::run_ensemble(corpus, ensemble_settings{}).alarms;
  const auto& standard = nab::profiles[0];
  const double raw = nab::raw_score(alarms, standard, 1.0);
  EXPECT_GE(nab::normalised(raw, nab::window_count(alarms), standard), standard_score_min);
}

}  // namespace
}  // namespace spindrift
