// Memory for text that never moves.
#include "server/formats/text_arena.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spindrift::formats {
namespace {

TEST(text_arena, gives_pieces_that_do_not_touch) {
  text_arena arena;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 5'000; ++i) kept.push_back(arena.keep("text number " + std::to_string(i)));
  for (int i = 0; i < 5'000; ++i) EXPECT_EQ(kept[static_cast<std::size_t>(i)], "text number " + std::to_string(i));
}

TEST(text_arena, has_room_for_what_is_larger_than_a_block) {
  text_arena arena;
  const std::string_view before = arena.keep("before");
  const std::string large(100'000, 'x');
  EXPECT_EQ(arena.keep(large), large);
  EXPECT_EQ(arena.keep("behind"), "behind");
  EXPECT_EQ(before, "before");
}

TEST(text_arena, uses_its_one_block_again_after_clear) {
  text_arena arena;
  const char* const first = arena.keep("first").data();
  for (int i = 0; i < 10; ++i) (void)arena.room(10'000);
  arena.clear();
  EXPECT_EQ(arena.keep("again").data(), first);
}

TEST(text_arena, fills_a_block_to_its_last_byte) {
  text_arena arena;
  const char* const begin = arena.room(16'000).data();
  EXPECT_EQ(arena.room(384).data(), begin + 16'000);
  const char* const next = arena.room(1).data();
  EXPECT_TRUE(next < begin || next >= begin + 16'384);
}

TEST(text_arena, keeps_nothing_in_nothing) {
  text_arena arena;
  EXPECT_EQ(arena.keep(""), "");
  EXPECT_EQ(arena.room(0).size(), 0U);
}

}  // namespace
}  // namespace spindrift::formats
