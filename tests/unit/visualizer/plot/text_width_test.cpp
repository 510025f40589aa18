#include "visualizer/plot/text_width.hpp"

#include <gtest/gtest.h>

#include <string>

#include "visualizer/plot/label.hpp"

namespace spindrift {
namespace {

TEST(text_width, goes_by_the_characters_and_not_by_their_number) {
  EXPECT_LT(width_of("illi"), 0.6 * width_of("dodo"));
  EXPECT_GT(width_of("mMW@"), 1.4 * width_of("dodo"));
  EXPECT_EQ(width_of(""), 0);
}

TEST(text_width, takes_a_character_of_several_bytes_as_one) {
  EXPECT_LT(width_of("\xc3\xa9"), 1);
  EXPECT_LE(width_of("\xe2\x80\xa6"), 1);
  EXPECT_GT(width_of("\xff"), 0);  // of a bad byte there is a sign in its place
}

TEST(text_width, leaves_out_no_more_of_a_text_than_it_must) {
  const std::string name = "plant-7/line/temperature";
  const auto whole = [&name](std::size_t characters) { return harmless(name, characters); };
  EXPECT_EQ(fitted(whole, width_of(name)), name);
  const std::string cut = fitted(whole, width_of(name) - 0.5);
  EXPECT_NE(cut, name);
  EXPECT_LE(width_of(cut), width_of(name) - 0.5);
  EXPECT_GT(width_of(cut), width_of(name) - 2.5);
  EXPECT_EQ(fitted(whole, 0), "\xe2\x80\xa6");
}

}  // namespace
}  // namespace spindrift
