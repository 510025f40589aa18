// Places of streams, and going through all of them.
#include "server/engine/stream_table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "server/engine/recent_points.hpp"
#include "server/engine/refusal.hpp"

namespace spindrift {
namespace {

class table_of_streams : public testing::Test {
protected:
  stream* add(const std::string& name, const stream_table::limits& within = {}) {
    if (table_.take_place(profile_->grown_bytes(1), within) != refusal::none) return nullptr;
    const std::uint64_t hash = table_.hash_of(name);
    return table_.insert(stream::make(name, std::vector<std::string>{}, profile_), hash);
  }

  shared_profile profile_ = std::make_shared<const stream_profile>(detector_settings{});
  stream_table table_{7};
};

TEST_F(table_of_streams, has_as_many_places_as_its_limits_say) {
  const stream_table::limits two{2, 0};
  EXPECT_NE(add("a", two), nullptr);
  EXPECT_NE(add("b", two), nullptr);
  EXPECT_EQ(table_.take_place(1, two), refusal::too_many_streams);
  EXPECT_EQ(table_.size(), 2U);
  EXPECT_EQ(table_.grown_bytes(), 2 * profile_->grown_bytes(1));
}

TEST_F(table_of_streams, gives_a_place_back_that_there_is_no_memory_for) {
  EXPECT_EQ(table_.take_place(101, {10, 100}), refusal::too_much_memory);
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_EQ(table_.grown_bytes(), 0U);
  EXPECT_EQ(table_.take_place(100, {10, 100}), refusal::none);
  EXPECT_EQ(table_.take_place(1, {10, 100}), refusal::too_much_memory);
  EXPECT_EQ(table_.take_place(SIZE_MAX, {10, 100}), refusal::too_much_memory) << "no sum goes round";
  EXPECT_EQ(table_.take_place(SIZE_MAX - 99, {10, 0}), refusal::too_much_memory) << "not without a limit either";
}

TEST_F(table_of_streams, finds_a_stream_under_its_lock_until_it_is_erased) {
  stream* const made = add("a");
  const stream_key key{"a", table_.hash_of("a")};
  {
    const auto locked = table_.lock(key);
    EXPECT_EQ(locked.found, made);
    EXPECT_TRUE(locked.lock.owns_lock());
    table_.erase("a", key.hash);
  }
  EXPECT_EQ(table_.lock(key).found, nullptr);
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_EQ(table_.grown_bytes(), 0U);
}

TEST_F(table_of_streams, reckons_with_what_a_stream_grows_to_from_now_on) {
  add("a");
  const std::size_t before = table_.grown_bytes();
  table_.regrow(before, before + 10);
  EXPECT_EQ(table_.grown_bytes(), before + 10);
  table_.regrow(before + 10, 3);
  EXPECT_EQ(table_.grown_bytes(), 3U);
}

TEST_F(table_of_streams, is_gone_through_each_name_once) {
  std::set<std::string> names;
  for (int i = 0; i < 500; ++i) names.insert("stream." + std::to_string(i));
  for (const std::string& name : names) add(name);
  std::set<std::string> seen;
  stream_walk walk(table_);
  while (const stream_key* const key = walk.next()) {
    EXPECT_EQ(key->hash, table_.hash_of(key->name));
    EXPECT_TRUE(seen.insert(key->name).second) << key->name;
  }
  EXPECT_EQ(seen, names);
  EXPECT_EQ(walk.next(), nullptr);
  stream_table nobody(1);
  EXPECT_EQ(stream_walk(nobody).next(), nullptr);
}

TEST_F(table_of_streams, shows_the_newest_points_of_one) {
  EXPECT_FALSE(find_recent_points(table_, "a", 10));
  stream* const made = add("a");
  std::vector<event> told;
  for (std::uint64_t n = 1; n <= 5; ++n) {
    made->n = n;
    const double value = static_cast<double>(n);
    made->events.update(n, static_cast<std::int64_t>(n) * 1'000, std::span<const double>(&value, 1), reading{}, told);
  }
  const auto all = find_recent_points(table_, "a", 10);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->n, 5U);
  EXPECT_TRUE(all->features.empty());
  ASSERT_EQ(all->by_feature.size(), 1U);
  EXPECT_EQ(all->by_feature[0].size(), 5U);
  const auto newest = find_recent_points(table_, "a", 2);
  ASSERT_EQ(newest->by_feature[0].size(), 2U);
  EXPECT_EQ(newest->by_feature[0][0].value, 4);
  EXPECT_EQ(newest->by_feature[0][1].ts, 5'000);
}

}  // namespace
}  // namespace spindrift
