#include "visualizer/gnuplot/window_key.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(window_key, is_bound_to_a_line_that_is_read_back) {
  const std::string commands = key_commands();
  EXPECT_NE(commands.find("bind \"q\" \"print 'key 71'\"\n"), std::string::npos) << commands;
  EXPECT_NE(commands.find("bind \"Escape\" \"print 'key 1b'\"\n"), std::string::npos);
  EXPECT_EQ(key_in("key 71"), 'q');
  EXPECT_EQ(key_in("key 5b"), '[');
}

// In double quotes a back-tick has a shell run what stands behind it, at each start of a window.
TEST(window_key, is_no_character_that_gnuplot_would_take_for_its_own) {
  for (const char* const bound : {"bind \"`", "bind \"\\", "bind \"\"\""}) {
    EXPECT_EQ(key_commands().find(bound), std::string::npos) << bound;
  }
  EXPECT_EQ(key_commands().find('`'), std::string::npos);
}

TEST(window_key, is_in_no_other_line) {
  for (const char* const line : {"", "key", "key 7", "key zz", "key 711", "warning: key 71", "key ff"}) {
    EXPECT_FALSE(key_in(line)) << line;
  }
}

}  // namespace
}  // namespace spindrift
