// A partition's state as messages, and what is refused of them.
#include "server/worker/snapshot_stream.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "server/engine/stream.hpp"

namespace spindrift::worker {
namespace {

constexpr std::size_t small_chunk = 300;

snapshot_head streamed_head() {
  snapshot_head head;
  head.state_version = 3;
  head.partitions = 8;
  head.partition = 5;
  head.at = 1'234;
  head.newest_ms = 1'795'286'073'000;
  head.settings_hash = 0xfeedU;
  head.parts = {{16, 7}, {18, 2}};
  return head;
}

std::vector<std::string> streamed_messages(std::uint64_t id, std::size_t chunk_bytes = small_chunk,
                                           const std::vector<std::string>& names = {"a", "b"}) {
  const auto profile = std::make_shared<const stream_profile>(detector_settings{});
  snapshot_encoder out;
  out.begin(id, streamed_head(), chunk_bytes);
  out.add_networks("what was learned together");
  for (const std::string& name : names) {
    const auto one = stream::make(name, std::vector<std::string>{}, profile);
    one->n = 42;
    one->seen_ms = 99;
    out.add(*one);
  }
  out.end();
  std::vector<std::string> messages;
  while (out.has_message()) messages.push_back(out.take_message());
  EXPECT_TRUE(out.is_over());
  std::size_t bytes = 0;
  for (const std::string& one : messages) bytes += one.size();
  EXPECT_EQ(out.bytes(), bytes);
  return messages;
}

TEST(snapshot_stream, gives_back_its_head_and_its_sections) {
  snapshot_decoder in;
  std::vector<std::string> seen;
  for (const std::string& message : streamed_messages(1)) {
    ASSERT_TRUE(in.take(message)) << in.why();
    snapshot_stream_section section;
    while (in.next(section)) {
      seen.emplace_back(section.is_networks ? section.bytes : section.name);
      if (section.is_networks) continue;
      EXPECT_EQ(section.seen_ms, 99);
      EXPECT_EQ(section.at, 1'234);
      EXPECT_GT(section.bytes.size(), small_chunk) << "so it was cut, and put together again";
    }
  }
  EXPECT_TRUE(in.is_whole()) << in.why();
  EXPECT_EQ(seen, (std::vector<std::string>{"what was learned together", "a", "b"}));
  ASSERT_TRUE(in.has_head());
  EXPECT_EQ(in.head().state_version, 3U);
  EXPECT_EQ(in.head().partitions, 8);
  EXPECT_EQ(in.head().partition, 5);
  EXPECT_EQ(in.head().at, 1'234);
  EXPECT_EQ(in.head().newest_ms, 1'795'286'073'000);
  EXPECT_EQ(in.head().settings_hash, 0xfeedU);
  EXPECT_EQ(in.head().parts, streamed_head().parts);
}

TEST(snapshot_stream, has_no_message_larger_than_was_asked_for) {
  const auto messages = streamed_messages(1);
  EXPECT_GT(messages.size(), 10U);
  for (const std::string& one : messages) EXPECT_LE(one.size(), 36 + small_chunk);
  EXPECT_EQ(streamed_messages(1, 1U << 20U).size(), 1U);
}

TEST(snapshot_stream, passes_over_messages_of_another_and_those_it_had) {
  const auto own = streamed_messages(1);
  const auto others = streamed_messages(2, small_chunk, {"x", "y"});
  snapshot_decoder in;
  snapshot_stream_section section;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (i > 0) {
      ASSERT_TRUE(in.take(others[i])) << in.why();
    }
    ASSERT_TRUE(in.take(own[i])) << in.why();
    ASSERT_TRUE(in.take(own[i])) << in.why();
    while (in.next(section)) names.emplace_back(section.name);
  }
  EXPECT_TRUE(in.is_whole());
  EXPECT_EQ(names, (std::vector<std::string>{"", "a", "b"}));
}

TEST(snapshot_stream, notices_a_message_that_is_missing) {
  const auto messages = streamed_messages(1);
  snapshot_decoder in;
  EXPECT_TRUE(in.take(messages[0]));
  EXPECT_FALSE(in.take(messages[2]));
  EXPECT_EQ(in.why(), "a message is missing");
  EXPECT_FALSE(in.take(messages[1])) << "damage is said once and stays";
  EXPECT_FALSE(in.is_whole());
}

TEST(snapshot_stream, notices_every_byte_that_is_another) {
  const std::string good = streamed_messages(1).front();
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    snapshot_decoder in;
    EXPECT_FALSE(in.take(changed)) << at;
    EXPECT_NE(in.why(), "");
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    snapshot_decoder in;
    EXPECT_FALSE(in.take(good.substr(0, size))) << size;
  }
}

TEST(snapshot_stream, says_of_a_later_version_that_it_is_one) {
  std::string later = streamed_messages(1).front();
  later[8] = 2;
  snapshot_decoder in;
  EXPECT_FALSE(in.take(later));
  EXPECT_EQ(in.why(), "its messages are of a later version");
}

}  // namespace
}  // namespace spindrift::worker
