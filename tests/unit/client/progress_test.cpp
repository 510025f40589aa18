#include "client/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

run_counters half_done() {
  run_counters counts(score(1, {}, true, {}));
  counts.verdicts = 40;
  counts.errors = 10;
  return counts;
}

TEST(progress, fills_the_bar_as_far_as_answers_came) {
  const std::string line = progress_line(half_done(), 2, 100, 120);
  EXPECT_THAT(line, StartsWith("[####################....................]  50 %"));
  EXPECT_THAT(line, HasSubstr("50 answered, 25/s"));
}

TEST(progress, shows_counts_alone_where_there_is_no_end) {
  EXPECT_THAT(progress_line(half_done(), 2, std::nullopt, 120), StartsWith("50 answered"));
}

TEST(progress, fits_the_terminal) {
  for (std::size_t width = 0; width < 120; ++width) {
    EXPECT_LE(progress_line(half_done(), 2, 100, width).size(), width);
  }
}

TEST(progress, is_full_and_no_fuller_at_the_end) {
  run_counters counts = half_done();
  counts.verdicts = 500;
  EXPECT_THAT(progress_line(counts, 2, 100, 120), StartsWith("[########################################] 100 %"));
}

}  // namespace
}  // namespace spindrift
