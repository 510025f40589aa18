// The heap after much of it was freed, as the kernel counts it.
#include "server/app/free_pages.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "server/app/process_metrics.hpp"

namespace spindrift {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool has_own_heap = true;
#elif defined(__has_feature)
constexpr bool has_own_heap = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool has_own_heap = false;
#endif

// As streams do: a block each that goes, below one that stays.
TEST(free_pages, are_the_systems_again) {
  if (has_own_heap) GTEST_SKIP() << "the sanitizers have a heap of their own";
  constexpr std::size_t blocks = 60'000;
  std::vector<std::unique_ptr<char[]>> gone(blocks);
  for (auto& block : gone) block = std::make_unique<char[]>(1'000);
  const auto stays = std::make_unique<char[]>(1'000);
  gone.clear();
  const std::uint64_t before = resident_bytes();
  ASSERT_GT(before, 50U << 20U) << "kept for the process' own use";
  give_free_pages_back();
  EXPECT_LT(resident_bytes(), before - (40U << 20U));
}

TEST(free_pages, that_are_brought_keep_what_is_in_them) {
  constexpr std::size_t bytes = 1U << 20U;
  const auto block = std::make_unique<char[]>(bytes);
  for (std::size_t at = 0; at < bytes; at += 1'000) block[at] = static_cast<char>(at % 127);
  bring_pages(block.get() + 1, bytes - 2);
  bring_pages(block.get(), 5);
  bring_pages(nullptr, bytes);
  for (std::size_t at = 0; at < bytes; ++at) {
    ASSERT_EQ(block[at], static_cast<char>(at % 1'000 == 0 ? at % 127 : 0)) << at;
  }
}

TEST(free_pages, of_a_heap_that_has_grown_ahead_are_as_many_however_often) {
  if (has_own_heap) GTEST_SKIP() << "the sanitizers have a heap of their own";
  grow_heap_ahead();
  const std::uint64_t before = resident_bytes();
  for (int i = 0; i < 1'000; ++i) grow_heap_ahead();
  EXPECT_LT(resident_bytes(), before + 4 * heap_step_bytes);
}

}  // namespace
}  // namespace spindrift
