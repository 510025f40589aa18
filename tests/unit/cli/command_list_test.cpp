#include "common/cli/command_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace spindrift {
namespace {

TEST(command_list, has_a_programs_own_commands_in_the_order_of_their_names) {
  for (const char* const program : {"spindriftd", "spindrift-viz"}) {
    const auto commands = commands_of(program);
    EXPECT_GT(commands.size(), 1U) << program;
    EXPECT_TRUE(std::ranges::is_sorted(commands, {}, &command_text::words)) << program;
    for (const command_text& one : commands) {
      EXPECT_EQ(one.program, program);
      EXPECT_FALSE(one.help.empty()) << one.words;
    }
  }
}

TEST(command_list, has_none_of_a_program_that_only_runs) {
  EXPECT_THAT(commands_of("spindrift-sim"), testing::IsEmpty());
  EXPECT_THAT(commands_of("spindrift"), testing::IsEmpty()) << "a beginning is not a name";
}

}  // namespace
}  // namespace spindrift
