#include "server/engine/name_table.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "server/engine/name_hash.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

struct named {
  std::string name;
  int number = 0;
};

// Goal: the table finds exactly what a standard map finds, through any sequence of insertions and removals. Hashes of
// few distinct values make long probe sequences that wrap around the end.
void compare_with_a_map(std::uint64_t seed, std::uint64_t distinct_hashes) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  support::noise_source noise(seed);
  const name_hash hash;
  const auto hash_of = [&](const std::string& name) {
    return distinct_hashes == 0 ? hash(name) : (hash(name) % distinct_hashes) << 20U;
  };
  name_table<named> table;
  std::unordered_map<std::string, named*> known;
  for (int i = 0; i < 2'000; ++i) {
    const std::string name = "s" + std::to_string(noise.below(100));
    const auto expected = known.find(name);
    named* const found = table.find(name, hash_of(name));
    ASSERT_EQ(found, expected == known.end() ? nullptr : expected->second);
    if (found == nullptr) {
      auto made = std::make_unique<named>(named{name, i});
      known[name] = made.get();
      ASSERT_EQ(table.insert(std::move(made), hash_of(name)), known[name]);
    } else if (noise.chance(0.7)) {
      table.erase(name, hash_of(name));
      known.erase(name);
    }
    ASSERT_EQ(table.size(), known.size());
    if (i % 700 == 300) table.reserve(static_cast<std::size_t>(i));
  }
  std::size_t visited = 0;
  table.for_each([&](const named& each, std::uint64_t its_hash) {
    ++visited;
    EXPECT_EQ(known[each.name], &each);
    EXPECT_EQ(its_hash, hash_of(each.name));
  });
  EXPECT_EQ(visited, known.size());
}

// Goal: what is fetched ahead is the thing that find() will give, also where another lies in its first slot.
TEST(name_table, guesses_by_the_hash_alone) {
  const auto own_hash = [](std::uint64_t number) { return (7ULL << 20U) + (number << 40U); };  // one first slot for all
  name_table<named> table;
  EXPECT_EQ(table.guess(own_hash(1)), nullptr);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const std::string name = "s" + std::to_string(i);
    table.insert(std::make_unique<named>(named{name, static_cast<int>(i)}), own_hash(i));
  }
  for (std::uint64_t i = 1; i <= 100; ++i) EXPECT_EQ(table.guess(own_hash(i))->number, static_cast<int>(i));
  EXPECT_EQ(table.guess(own_hash(101)), nullptr);
}

TEST(name_table, finds_what_a_map_finds) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) compare_with_a_map(seed, 0);
}

TEST(name_table, finds_what_a_map_finds_when_hashes_collide) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) compare_with_a_map(seed, 1 + seed % 7);
}

TEST(name_table, keeps_addresses_while_it_grows) {
  const name_hash hash;
  name_table<named> table;
  named* const first = table.insert(std::make_unique<named>(named{"first", 1}), hash("first"));
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = "s" + std::to_string(i);
    table.insert(std::make_unique<named>(named{name, i}), hash(name));
  }
  EXPECT_EQ(table.find("first", hash("first")), first);
  EXPECT_EQ(table.size(), 10'001U);
}

TEST(name_table, erases_nothing_that_is_not_there) {
  const name_hash hash;
  name_table<named> table;
  table.erase("a", hash("a"));
  table.insert(std::make_unique<named>(named{"a", 1}), hash("a"));
  table.erase("b", hash("b"));
  table.erase("b", hash("a"));
  EXPECT_EQ(table.size(), 1U);
}

TEST(name_hash, is_the_same_for_the_same_name_and_spreads_others) {
  const name_hash hash;
  EXPECT_EQ(hash("a/long/stream.name"), hash(std::string("a/long/stream.name")));
  std::unordered_map<std::uint64_t, int> seen;
  for (int i = 0; i < 10'000; ++i) ++seen[hash("stream-" + std::to_string(i))];
  EXPECT_EQ(seen.size(), 10'000U);
  EXPECT_NE(hash(""), hash(std::string_view("\0", 1)));
}

TEST(name_hash, differs_from_process_to_process) {
  EXPECT_NE(name_hash()("a"), name_hash()("a"));
}

}  // namespace
}  // namespace spindrift
