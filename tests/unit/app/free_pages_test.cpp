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

}  // namespace
}  // namespace spindrift
