#include "server/worker/murmur2.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace spindrift::worker {
namespace {

// What Kafka's own client computes of these keys: any other number sends a stream's points to another partition.
TEST(murmur2, is_what_kafkas_producers_compute) {
  EXPECT_EQ(static_cast<std::int32_t>(murmur2("21")), -973932308);
  EXPECT_EQ(static_cast<std::int32_t>(murmur2("foobar")), -790332482);
  EXPECT_EQ(static_cast<std::int32_t>(murmur2("a-little-bit-long-string")), -985981536);
  EXPECT_EQ(static_cast<std::int32_t>(murmur2("a-little-bit-longer-string")), -1486304829);
  EXPECT_EQ(static_cast<std::int32_t>(murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8")), -58897971);
  EXPECT_EQ(static_cast<std::int32_t>(murmur2("abc")), 479470107);
}

TEST(murmur2, takes_bytes_beyond_ascii_as_they_are) {
  EXPECT_NE(murmur2("\xc3\xa4"), murmur2("\x43\x24"));
  EXPECT_NE(murmur2(std::string_view("\0", 1)), murmur2(""));
}

// The sign is masked, not dropped by abs(): Kafka's toPositive.
TEST(murmur2, chooses_a_partition_that_is_there) {
  EXPECT_EQ(murmur2_partition("21", 8), static_cast<std::int32_t>((-973932308 & 0x7fffffff) % 8));
  EXPECT_EQ(murmur2_partition("foobar", 1), 0);
  for (const char* const key : {"21", "foobar", "abc", "a-little-bit-longer-string"}) {
    EXPECT_GE(murmur2_partition(key, 12), 0) << key;
    EXPECT_LT(murmur2_partition(key, 12), 12) << key;
  }
}

}  // namespace
}  // namespace spindrift::worker
