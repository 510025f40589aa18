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

TEST(window_key, is_in_no_other_line) {
  for (const char* const line : {"", "key", "key 7", "key zz", "key 711", "warning: key 71", "key ff"}) {
    EXPECT_FALSE(key_in(line)) << line;
  }
}

}  // namespace
}  // namespace spindrift
