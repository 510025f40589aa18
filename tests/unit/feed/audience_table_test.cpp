// Which subscriptions a stream has, decided once.
#include "server/feed/audience_table.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace spindrift {
namespace {

class audience : public testing::Test {
protected:
  std::uint64_t add(const std::string& pattern, std::size_t shard = 0, line_classes wanted = verdict_lines) {
    return list_.add(filter({pattern}, wanted), shard)->number;
  }
  // The numbers of those that take the stream and are still there.
  std::vector<std::uint64_t> of(const std::string& stream) {
    std::vector<std::uint64_t> there;
    for (const audience_table::member& one : table_.of(std::hash<std::string>()(stream), stream)) {
      if (table_.find(one) != nullptr) there.push_back(one.number);
    }
    return there;
  }
  using numbers = std::vector<std::uint64_t>;

  subscription_list list_;
  audience_table table_{list_, 4};
};

TEST_F(audience, is_taken_in_when_it_has_changed) {
  EXPECT_FALSE(table_.refresh());
  add("db.*", 3);
  add("web", 1);
  add("db.cpu", 3);
  EXPECT_TRUE(table_.refresh());
  EXPECT_FALSE(table_.refresh());
  EXPECT_EQ(table_.size(), 3U);
  EXPECT_EQ(table_.comparisons(), 3U);
  EXPECT_EQ(std::vector<std::size_t>(table_.shards().begin(), table_.shards().end()), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(of("db.cpu"), (numbers{1, 3}));
  EXPECT_EQ(of("web"), numbers{2});
  EXPECT_EQ(of("pump"), numbers{});
}

TEST_F(audience, of_all_streams_is_kept_apart) {
  add("*", 0, event_lines);
  add("*", 0, only(line_class::marked));
  table_.refresh();
  EXPECT_FALSE(table_.is_selective());
  EXPECT_EQ(table_.of_all_streams().size(), 2U);
  EXPECT_EQ(table_.wanted_of_all_streams(), event_lines | line_class::marked);
  EXPECT_EQ(of("any"), numbers{});
  EXPECT_FALSE(table_.is_empty());
}

TEST_F(audience, of_a_stream_grows_and_shrinks_with_the_list) {
  add("a*");
  table_.refresh();
  EXPECT_EQ(of("a"), numbers{1});
  add("a");
  table_.refresh();
  EXPECT_EQ(of("a"), (numbers{1, 2}));
  list_.remove(1);
  table_.refresh();
  EXPECT_EQ(of("a"), numbers{2});
  add("b");
  table_.refresh();
  EXPECT_EQ(of("a"), numbers{2}) << "the new one has the slot of the one that went";
  EXPECT_EQ(of("b"), numbers{3});
}

TEST_F(audience, of_more_streams_than_are_remembered_is_decided_anew) {
  add("s*");
  table_.refresh();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(of("s" + std::to_string(i)), numbers{1});
  }
}

TEST_F(audience, of_streams_that_share_a_hash_is_kept_apart) {
  add("a");
  add("b");
  table_.refresh();
  for (int round = 0; round < 3; ++round) {
    const auto a = table_.of(5, "a");
    ASSERT_EQ(a.size(), 1U);
    EXPECT_EQ(a[0].number, 1U);
    const auto b = table_.of(5, "b");
    ASSERT_EQ(b.size(), 1U);
    EXPECT_EQ(b[0].number, 2U);
  }
}

}  // namespace
}  // namespace spindrift
