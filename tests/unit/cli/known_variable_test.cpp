// Variables of the environment that nobody knows are mistyped ones.
#include "common/cli/known_variable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace spindrift {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// A variable of the environment for as long as it lives.
class set_variable {
public:
  explicit set_variable(const char* name) : name_(name) { ::setenv(name, "1", 1); }
  ~set_variable() { ::unsetenv(name_); }
  set_variable(const set_variable&) = delete;
  set_variable& operator=(const set_variable&) = delete;

private:
  const char* name_;
};

TEST(known_variable, is_told_from_a_mistyped_one_with_the_nearest_name) {
  const set_variable mistyped("SPINDRIFT_STATE_DRI");
  EXPECT_THAT(complaints_about_variables({}),
              Contains("unknown environment variable SPINDRIFT_STATE_DRI; did you mean SPINDRIFT_STATE_DIR"));
}

TEST(known_variable, is_that_of_every_program_of_alerts_and_one_s_own) {
  const set_variable of_a_program("SPINDRIFT_STATE_DIR");
  const set_variable of_an_alert("SPINDRIFT_SEVERITY");
  const set_variable own("SPINDRIFT_ALL_MY_OWN");
  const set_variable another_s("SPINDRIF_STATE");
  EXPECT_THAT(complaints_about_variables({"SPINDRIFT_ALL_MY_OWN"}), Not(Contains(HasSubstr("SPINDRIF"))));
  EXPECT_THAT(complaints_about_variables({}), Contains(HasSubstr("SPINDRIFT_ALL_MY_OWN")));
}

TEST(known_variable, is_shown_and_drives_no_terminal) {
  const set_variable odd("SPINDRIFT_\x1b[2J");
  EXPECT_THAT(complaints_about_variables({}), Not(Contains(HasSubstr("\x1b"))));
  EXPECT_THAT(complaints_about_variables({}), Contains(HasSubstr("SPINDRIFT_")));
}

TEST(known_variable, every_program_s_flags_are_in_the_list) {
  const auto& flags = declared_flags();
  for (const char* const flag : {"--state-dir", "--rate", "--detectors", "--server"}) {
    EXPECT_NE(std::find(flags.begin(), flags.end(), flag), flags.end()) << flag;
  }
}

}  // namespace
}  // namespace spindrift
