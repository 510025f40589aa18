// A name is told as it was given, of whatever length and bytes.
#include "server/engine/stream_name.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/engine/stream.hpp"
#include "server/engine/stream_profile.hpp"

namespace spindrift {
namespace {

std::string made_of_all_bytes(std::size_t length) {
  std::string given(length, 'x');
  for (std::size_t i = 0; i < length; ++i) given[i] = static_cast<char>(i % 256);
  return given;
}

TEST(stream_name, is_told_as_it_was_given) {
  for (const std::size_t length : {0U, 1U, 3U, 15U, 16U, 19U, 20U, 200U, 65'535U}) {
    const std::string given = made_of_all_bytes(length);
    std::vector<std::uint16_t> block((sizeof(stream_name) + length + 1) / 2);
    const stream_name& name = *new (block.data()) stream_name(given);
    EXPECT_EQ(name.size(), length);
    EXPECT_EQ(name.str(), given);
    EXPECT_TRUE(name == given);
    EXPECT_FALSE(name == given + "y");
    EXPECT_EQ(name == std::string_view(given).substr(length > 0 ? 1 : 0), length == 0);
  }
}

TEST(stream_name, lies_behind_its_stream_and_is_its_own) {
  const auto profile = std::make_shared<const stream_profile>(detector_settings());
  for (const std::size_t length : {0U, 3U, 4U, 5U, 19U, 200U, 65'535U}) {
    std::string given = made_of_all_bytes(length);
    const auto made = stream::make(given, std::vector<std::string>{}, profile);
    const std::string expected = std::exchange(given, std::string(length, '-'));
    const auto neighbour = stream::make(given, std::vector<std::string>{}, profile);
    made->judge_by_rate();
    made->journal.position = made->n = ~std::uint64_t{0};
    EXPECT_EQ(made->name.view(), expected);
    EXPECT_EQ(neighbour->name.view(), given);
  }
}

}  // namespace
}  // namespace spindrift
