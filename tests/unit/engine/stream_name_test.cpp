// A name is told as it was given, of whatever length and bytes.
#include "server/engine/stream_name.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace spindrift {
namespace {

TEST(stream_name, is_told_as_it_was_given) {
  for (const std::size_t length : {0U, 1U, 3U, 15U, 16U, 19U, 20U, 200U, 100'000U}) {
    std::string given(length, 'x');
    for (std::size_t i = 0; i < length; ++i) given[i] = static_cast<char>(i % 256);
    const stream_name name(given);
    EXPECT_EQ(name.size(), length);
    EXPECT_EQ(name.str(), given);
    EXPECT_TRUE(name == given);
    EXPECT_FALSE(name == given + "y");
    EXPECT_EQ(name == std::string_view(given).substr(length > 0 ? 1 : 0), length == 0);
  }
}

TEST(stream_name, is_its_own_and_moves_with_its_bytes) {
  std::string given = "pump/7";
  stream_name first(given);
  const char* const bytes = first.data();
  given = "another";
  const stream_name moved = std::move(first);
  EXPECT_EQ(moved.str(), "pump/7");
  EXPECT_EQ(moved.data(), bytes);
}

}  // namespace
}  // namespace spindrift
