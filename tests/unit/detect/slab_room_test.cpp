// Blocks that are given up together leave nothing behind.
#include "server/detect/slab_room.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#include "server/detect/packed_window.hpp"
#include "server/detect/robust_zscore.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr std::size_t odd_bytes = 141;

std::vector<slab_room::owner> blocks_of(std::size_t bytes, std::size_t many) {
  std::vector<slab_room::owner> blocks;
  for (std::size_t i = 0; i < many; ++i) blocks.push_back(slab_room::make(bytes));
  return blocks;
}

TEST(slab_room, gives_blocks_of_noughts_that_do_not_meet) {
  const auto blocks = blocks_of(odd_bytes, 200);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_TRUE(
        std::all_of(blocks[i].get(), blocks[i].get() + odd_bytes, [](std::byte b) { return b == std::byte{}; }));
    std::memset(blocks[i].get(), static_cast<int>(i) + 1, odd_bytes);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(std::count(blocks[i].get(), blocks[i].get() + odd_bytes, static_cast<std::byte>(i + 1)), odd_bytes) << i;
  }
}

TEST(slab_room, gives_noughts_where_something_was) {
  std::memset(slab_room::make(odd_bytes).get(), 7, odd_bytes);
  EXPECT_EQ(slab_room::make(odd_bytes)[odd_bytes - 1], std::byte{});
}

TEST(slab_room, lets_go_of_a_slab_with_its_last_block) {
  const std::size_t before = slab_room::slab_count();
  auto blocks = blocks_of(odd_bytes, 3 * slab_room::blocks_a_slab);
  EXPECT_EQ(slab_room::slab_count(), before + 3);
  // All but the last of each.
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (i % slab_room::blocks_a_slab > 0) blocks[i].reset();
  }
  EXPECT_EQ(slab_room::slab_count(), before + 3);
  blocks[slab_room::blocks_a_slab].reset();
  EXPECT_EQ(slab_room::slab_count(), before + 2);
  blocks.clear();
  EXPECT_EQ(slab_room::slab_count(), before);
}

TEST(slab_room, fills_what_is_free_before_it_adds_a_slab) {
  const std::size_t before = slab_room::slab_count();
  auto blocks = blocks_of(odd_bytes, 2 * slab_room::blocks_a_slab);
  for (std::size_t i = 0; i < blocks.size(); i += 2) blocks[i].reset();
  const auto others = blocks_of(odd_bytes, slab_room::blocks_a_slab);
  EXPECT_EQ(slab_room::slab_count(), before + 2);
  const auto one_of_another_size = slab_room::make(odd_bytes + 8);
  EXPECT_EQ(slab_room::slab_count(), before + 3);
}

TEST(slab_room, hands_out_and_takes_back_on_two_threads) {
  const std::size_t before = slab_room::slab_count();
  const auto come_and_go = [](std::size_t bytes) {
    for (int round = 0; round < 50; ++round) {
      const auto blocks = blocks_of(bytes, 100);
      for (const auto& block : blocks) std::memset(block.get(), round, bytes);
    }
  };
  std::thread other(come_and_go, odd_bytes);
  come_and_go(odd_bytes);
  other.join();
  EXPECT_EQ(slab_room::slab_count(), before);
}

TEST(slab_room, has_the_first_values_of_a_baseline_and_no_more_once_they_are_used) {
  const std::size_t before = slab_room::slab_count();
  const zscore_settings settings;
  robust_zscore baseline(settings);
  support::noise_source noise(3);
  for (int i = 0; i < 127; ++i) baseline.update(noise.normal());
  EXPECT_EQ(slab_room::slab_count(), before + 1);
  baseline.update(noise.normal());
  EXPECT_EQ(slab_room::slab_count(), before);
}

}  // namespace
}  // namespace spindrift
