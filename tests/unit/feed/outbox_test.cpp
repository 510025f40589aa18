#include "server/feed/outbox.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

struct sample_line {
  std::string stream;
  std::string text;
};

shared_published_batch batch_of(const std::vector<sample_line>& lines) {
  auto made = std::make_shared<published_batch>();
  for (const sample_line& each : lines) {
    published_line line;
    line.begin = static_cast<std::uint32_t>(made->bytes.size());
    line.stream_begin = line.begin;
    line.stream_length = static_cast<std::uint32_t>(each.stream.size());
    made->bytes += each.stream + ' ' + each.text + '\n';
    line.length = static_cast<std::uint32_t>(made->bytes.size()) - line.begin;
    made->lines.push_back(line);
  }
  return made;
}

std::string drain(outbox& from) {
  std::string all;
  for (auto piece = from.take(); !piece.bytes.empty(); piece = from.take()) all += piece.bytes;
  return all;
}

TEST(outbox, gives_back_what_was_put_in_in_order) {
  outbox box(1'000);
  EXPECT_TRUE(box.is_empty());
  EXPECT_EQ(box.put(batch_of({{"a", "1"}, {"b", "2"}})), 0U);
  EXPECT_EQ(box.put(batch_of({{"a", "3"}})), 0U);
  EXPECT_EQ(box.bytes(), 12U);
  EXPECT_EQ(drain(box), "a 1\nb 2\na 3\n");
  EXPECT_TRUE(box.is_empty());
  EXPECT_EQ(box.bytes(), 0U);
}

TEST(outbox, keeps_the_lines_that_were_added_as_one_piece) {
  outbox box(1'000);
  EXPECT_TRUE(box.add("a 1\n"));
  EXPECT_FALSE(box.add("ab 4\n"));
  EXPECT_TRUE(box.is_empty());
  EXPECT_EQ(box.end(), 0U);
  const auto piece = box.take();
  EXPECT_EQ(piece.bytes, "a 1\nab 4\n");
  EXPECT_EQ(piece.lines, 2U);
  EXPECT_TRUE(box.is_empty());
}

TEST(outbox, shares_a_batch_of_which_everything_is_wanted) {
  const auto shared = batch_of({{"a", "1"}});
  outbox box(1'000);
  box.put(shared);
  EXPECT_EQ(shared.use_count(), 2);
  const auto piece = box.take();
  EXPECT_EQ(piece.bytes.data(), shared->bytes.data());
}

TEST(outbox, keeps_the_bytes_of_a_piece_alive) {
  outbox::piece shared;
  outbox::piece added;
  {
    outbox box(1'000);
    box.put(batch_of({{"a", "1"}, {"b", "2"}}));
    box.add("a 1\n");
    box.end();
    shared = box.take();
    added = box.take();
  }
  EXPECT_EQ(shared.bytes, "a 1\nb 2\n");
  EXPECT_EQ(added.bytes, "a 1\n");
}

TEST(outbox, drops_the_oldest_and_says_so_in_their_place) {
  outbox box(8);
  EXPECT_EQ(box.put(batch_of({{"a", "1"}})), 0U);
  EXPECT_EQ(box.put(batch_of({{"a", "2"}})), 0U);
  EXPECT_EQ(box.put(batch_of({{"a", "3"}})), 1U);
  EXPECT_EQ(box.put(batch_of({{"a", "4"}})), 1U);
  EXPECT_FALSE(box.is_empty());
  const auto notice = box.take();
  EXPECT_EQ(notice.bytes, "{\"type\":\"gap\",\"missed\":2}\n");
  EXPECT_EQ(notice.lines, 0U);
  EXPECT_EQ(drain(box), "a 3\na 4\n");
}

TEST(outbox, tells_each_gap_once_and_where_it_was) {
  outbox box(4);
  box.put(batch_of({{"a", "1"}}));
  EXPECT_EQ(box.take().bytes, "a 1\n");
  box.put(batch_of({{"a", "2"}}));
  box.put(batch_of({{"a", "3"}}));
  EXPECT_EQ(drain(box), "{\"type\":\"gap\",\"missed\":1}\na 3\n");
  box.put(batch_of({{"a", "4"}}));
  EXPECT_EQ(drain(box), "a 4\n");
}

TEST(outbox, keeps_the_newest_batch_even_if_it_is_larger_than_itself) {
  outbox box(4);
  EXPECT_EQ(box.put(batch_of({{"a", "1"}, {"a", "2"}})), 0U);
  EXPECT_EQ(box.put(batch_of({{"a", "3"}, {"a", "4"}})), 2U);
  EXPECT_EQ(drain(box), "{\"type\":\"gap\",\"missed\":2}\na 3\na 4\n");
}

// Goal: whatever comes and goes, the subscriber can account for every line: those it got and those it was told it
// missed are all there were, in order, and no more than the limit ever waits.
TEST(outbox, accounts_for_every_line) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::noise_source noise(seed);
    outbox box(100);
    std::uint64_t put = 0;
    std::uint64_t next = 1;  // the number of the line that the subscriber should see next
    const auto take = [&] {
      const std::string text(box.take().bytes);
      if (text.starts_with("{")) {
        next += std::stoull(text.substr(text.rfind(':') + 1));
        return;
      }
      for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        ASSERT_EQ(std::stoull(text.substr(at + 2)), next);
        ++next;
      }
    };
    for (int i = 0; i < 500; ++i) {
      if (noise.chance(0.6)) {
        std::vector<sample_line> lines;
        for (std::uint64_t count = 1 + noise.below(5); count > 0; --count)
          lines.push_back({"s", std::to_string(++put)});
        box.put(batch_of(lines));
      } else {
        take();
      }
      ASSERT_LE(box.bytes(), 100U);
    }
    while (!box.is_empty()) take();
    EXPECT_EQ(next, put + 1);
  }
}

}  // namespace
}  // namespace spindrift
