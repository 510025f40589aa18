#include "common/cli/nearest_name.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(nearest_name, counts_insertions_deletions_substitutions_and_swaps_as_one_each) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("treshold", "threshold"), 1u);
  EXPECT_EQ(edit_distance("windows", "window"), 1u);
  EXPECT_EQ(edit_distance("wondow", "window"), 1u);
  EXPECT_EQ(edit_distance("widnow", "window"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(nearest_name, finds_the_name_that_was_meant) {
  const std::vector<std::string> known = {"listen", "threads", "threshold", "window"};
  EXPECT_EQ(nearest_name("treshold", known).name, "threshold");
  EXPECT_TRUE(nearest_name("treshold", known).is_likely);
  EXPECT_EQ(nearest_name("lisetn", known).name, "listen");
}

TEST(nearest_name, takes_an_abbreviation_for_one_mistake) {
  const near_name near = nearest_name("thresh", {"threads", "threshold"});
  EXPECT_EQ(near.name, "threshold");
  EXPECT_TRUE(near.is_likely);
  const near_name mistyped = nearest_name("tresh", {"help", "threads", "threshold"});
  EXPECT_EQ(mistyped.name, "threshold");
  EXPECT_TRUE(mistyped.is_likely);
}

TEST(nearest_name, says_when_even_the_nearest_is_unlikely) {
  const near_name near = nearest_name("xyzzyxyzzy", {"listen", "window"});
  EXPECT_FALSE(near.name.empty());
  EXPECT_FALSE(near.is_likely);
  EXPECT_TRUE(nearest_name("anything", {}).name.empty());
}

TEST(nearest_name, stays_bounded_for_a_very_long_word) {
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'w'), {"window"}).name, "window");
}

}  // namespace
}  // namespace spindrift
