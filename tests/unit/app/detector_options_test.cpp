// The flags of the detectors: what they take, what they show, what they say is allowed.
#include "server/app/detector_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/taken_flags.hpp"

namespace spindrift {
namespace {

using support::take_flags;
using testing::HasSubstr;

TEST(detector_options, run_those_that_are_listed_and_no_others) {
  detector_settings chosen;
  std::string printed;
  EXPECT_EQ(take_flags({"--detectors", "adwin,iforest"}, chosen, &printed), "");
  EXPECT_FALSE(chosen.zscore_on);
  EXPECT_TRUE(chosen.adwin_on);
  EXPECT_FALSE(chosen.ensemble_on);
  EXPECT_TRUE(chosen.isolation_forest_on);
  EXPECT_THAT(printed, HasSubstr("detectors = \"adwin,iforest\"\n"));
}

TEST(detector_options, change_nothing_where_one_name_is_not_known) {
  detector_settings chosen;
  const std::string wrong = take_flags({"--detectors", "iforest,adwim"}, chosen, nullptr);
  EXPECT_THAT(wrong, HasSubstr("a comma-separated list of "));
  EXPECT_THAT(wrong, HasSubstr("zscore, adwin"));
  for (const char* with_an_empty_one : {"iforest,", ",iforest", "iforest,,adwin", ","}) {
    EXPECT_THAT(take_flags({"--detectors", with_an_empty_one}, chosen, nullptr),
                HasSubstr("a comma-separated list of "));
  }
  EXPECT_EQ(chosen, detector_settings{});
}

TEST(detector_options, take_numbers_of_any_size_and_leave_ranges_to_the_detectors) {
  detector_settings chosen;
  EXPECT_EQ(take_flags({"--threshold", "-1", "--adwin-clock", "0"}, chosen, nullptr), "");
  EXPECT_EQ(chosen.zscore.threshold, -1);
  EXPECT_EQ(chosen.adwin.clock, 0U);
  EXPECT_EQ(validate(chosen).size(), 2U);
}

TEST(detector_options, refuse_what_only_begins_with_a_number) {
  detector_settings chosen;
  EXPECT_THAT(take_flags({"--adwin-clock", "32x"}, chosen, nullptr), HasSubstr("a whole number"));
  EXPECT_THAT(take_flags({"--adwin-clock", "-1"}, chosen, nullptr), HasSubstr("a whole number"));
  EXPECT_THAT(take_flags({"--threshold", ""}, chosen, nullptr), HasSubstr("a number"));
  EXPECT_EQ(chosen, detector_settings{});
}

TEST(detector_options, choose_a_method_by_its_word) {
  detector_settings chosen;
  std::string printed;
  EXPECT_EQ(take_flags({"--zscore-method", "classic", "--zscore-seasonal", "on"}, chosen, &printed), "");
  EXPECT_EQ(chosen.zscore.method, zscore_method::classic);
  EXPECT_TRUE(chosen.zscore.seasonal);
  EXPECT_THAT(printed, HasSubstr("zscore-method = \"classic\"\n"));
  EXPECT_THAT(take_flags({"--zscore-method", "clasic"}, chosen, nullptr), HasSubstr("robust or classic"));
}

TEST(detector_options, are_shown_so_that_they_read_back_as_they_were) {
  detector_settings chosen;
  std::string printed;
  EXPECT_EQ(take_flags({"--adwin-delta", "0.1"}, chosen, &printed), "");
  EXPECT_THAT(printed, HasSubstr("adwin-delta = 0.1\n"));
}

}  // namespace
}  // namespace spindrift
