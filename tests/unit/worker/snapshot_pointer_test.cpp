#include "server/worker/snapshot_pointer.hpp"

#include <gtest/gtest.h>

namespace spindrift::worker {
namespace {

TEST(snapshot_pointer, is_written_as_the_contract_says_and_read_back) {
  const snapshot_pointer made{17, 3, 9, "spindrift.w1.0"};
  EXPECT_EQ(to_text(made), "v1 at=17 first=3 last=9 owner=spindrift.w1.0");
  EXPECT_EQ(pointer_from(to_text(made)), made);
  const snapshot_pointer none{5};
  EXPECT_EQ(to_text(none), "v1 at=5 first=-1 last=-1 owner=-");
  EXPECT_EQ(pointer_from(to_text(none)), none);
  EXPECT_TRUE(none.is_released());
}

TEST(snapshot_pointer, passes_over_words_that_it_does_not_know) {
  EXPECT_EQ(pointer_from("v1 at=1 first=-1 last=-1 owner=a settings=7"), (snapshot_pointer{1, -1, -1, "a"}));
}

TEST(snapshot_pointer, is_nothing_where_a_part_is_missing_or_no_number) {
  for (const char* text :
       {"", "v1", "v2 at=1 first=-1 last=-1 owner=a", "v1 at=x first=-1 last=-1 owner=a", "v1 at=1 first=-1 last=-1",
        "v1 at=1 first=5 last=2 owner=a", "v1 at=-1 first=-1 last=-1 owner=a", "v1 at= first= last= owner="}) {
    EXPECT_FALSE(pointer_from(text)) << text;
  }
}

}  // namespace
}  // namespace spindrift::worker
