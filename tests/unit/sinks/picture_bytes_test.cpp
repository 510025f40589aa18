// The picture of an event as the history keeps it.
#include "server/sinks/picture_bytes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spindrift {
namespace {

event_picture whole_picture(std::size_t before, std::size_t from) {
  event_picture made;
  for (std::size_t i = 0; i < before; ++i)
    made.before.push_back({1'764'000'000'000 + static_cast<std::int64_t>(i), 0.5});
  for (std::size_t i = 0; i < from; ++i) {
    made.from.push_back({1'000 + i, 1'764'000'001'000 + static_cast<std::int64_t>(i), 1.5, 2.5, 3.5});
  }
  return made;
}

TEST(picture_bytes, are_read_back_as_they_were) {
  event_picture shown = whole_picture(2, 1);
  shown.before.push_back({INT64_MIN, -0.0});
  shown.before.push_back({INT64_MAX, 1e300});
  shown.from.push_back({1, 5, 1, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()});
  const event_picture back = picture_of(picture_bytes(shown));
  ASSERT_EQ(back.before.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(back.before[i].ts, shown.before[i].ts);
    EXPECT_EQ(back.before[i].value, shown.before[i].value);
  }
  ASSERT_EQ(back.from.size(), 2U);
  EXPECT_EQ(back.from[0].n, 1'000U);
  EXPECT_EQ(back.from[0].sigma, 3.5);
  EXPECT_EQ(back.from[1].n, 1U) << "a stream that began anew";
  EXPECT_EQ(back.from[1].ts, 5);
  EXPECT_TRUE(std::isnan(back.from[1].expected));
  EXPECT_TRUE(std::isinf(back.from[1].sigma));
}

TEST(picture_bytes, are_few) {
  EXPECT_EQ(picture_bytes({}).size(), 2U);
  EXPECT_LE(picture_bytes(whole_picture(32, 64)).size(), 2'100U);
}

TEST(picture_bytes, that_were_cut_off_give_what_could_be_read) {
  const std::string bytes = picture_bytes(whole_picture(3, 3));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const event_picture read = picture_of(std::string_view(bytes).substr(0, size));
    EXPECT_LE(read.before.size() + read.from.size(), 5U) << size;
  }
  const event_picture most = picture_of(std::string_view(bytes).substr(0, bytes.size() - 1));
  EXPECT_EQ(most.before.size(), 3U);
  EXPECT_EQ(most.from.size(), 2U);
}

TEST(picture_bytes, of_any_kind_give_no_more_than_a_picture_holds) {
  std::string bytes(1, '\xff');
  bytes += "\xff\xff\xff\x0f";
  bytes.resize(100'000, '\x01');
  const event_picture read = picture_of(bytes);
  EXPECT_LE(read.before.size(), event_picture::before_max);
  EXPECT_LE(read.from.size(), event_picture::from_max);
}

}  // namespace
}  // namespace spindrift
