// Every transcript of this folder and of docs/protocol.md, played with the bytes arriving whole, one by one, and cut at
// random: what is answered must be what is written down, each time.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "tests/session/rehearsal.hpp"
#include "tests/session/transcript.hpp"

namespace spindrift {

// For GoogleTest's messages.
static void PrintTo(const transcript& what, std::ostream* out) {
  *out << what.name;
}

namespace {

std::vector<transcript> all_transcripts() {
  const std::filesystem::path source = SPINDRIFT_SOURCE_DIR;
  std::vector<std::filesystem::path> files = {source / "docs" / "protocol.md"};
  for (const auto& entry : std::filesystem::directory_iterator(source / "tests" / "session")) {
    if (entry.path().extension() == ".txt" && entry.path().stem() != "CMakeLists") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<transcript> all;
  for (const auto& file : files) {
    for (transcript& each : read_transcripts(file)) all.push_back(std::move(each));
  }
  return all;
}

std::string joined(const std::vector<std::string>& complaints) {
  std::string all;
  for (const std::string& each : complaints) all += each + '\n';
  return all;
}

class session_transcript : public testing::TestWithParam<transcript> {};

TEST_P(session_transcript, goes_as_written_when_bytes_arrive_whole) {
  EXPECT_EQ(joined(rehearsal(GetParam(), support::whole()).play()), "");
}

TEST_P(session_transcript, goes_as_written_when_bytes_arrive_one_by_one) {
  EXPECT_EQ(joined(rehearsal(GetParam(), support::byte_by_byte()).play()), "");
}

TEST_P(session_transcript, goes_as_written_when_bytes_arrive_cut_at_random) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ASSERT_EQ(joined(rehearsal(GetParam(), support::random_cuts(seed)).play()), "") << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(of, session_transcript, testing::ValuesIn(all_transcripts()),
                         [](const auto& each) { return each.param.name; });

// The player itself must be able to fail.
std::string complaints_of(const std::string& text) {
  const transcript script = parse_transcript("sample", text);
  const support::chunking chunk = support::whole();
  return joined(rehearsal(script, chunk).play());
}

TEST(rehearsal, is_content_with_what_was_expected) {
  EXPECT_EQ(complaints_of("> {\"op\":\"ping\",\"id\":1}\n< {\"type\":\"pong\",\"id\":\"...\",\"!z\":0}\n"), "");
}

TEST(rehearsal, notices_what_is_other_than_written) {
  const std::string ping = "> {\"op\":\"ping\",\"id\":1}\n";
  EXPECT_NE(complaints_of(ping), "");
  EXPECT_NE(complaints_of(ping + "< {\"type\":\"pong\"}\n< {\"type\":\"pong\"}\n"), "");
  EXPECT_NE(complaints_of(ping + "< {\"type\":\"ping\"}\n"), "");
  EXPECT_NE(complaints_of(ping + "< {\"type\":\"pong\",\"id\":2}\n"), "");
  EXPECT_NE(complaints_of(ping + "< {\"type\":\"pong\",\"other\":1}\n"), "");
  EXPECT_NE(complaints_of(ping + "< {\"type\":\"pong\",\"!id\":1}\n"), "");
  EXPECT_NE(complaints_of(ping + "< {\"type\":\"pong\"}\n~ {\"type\":\"verdict\"}\n"), "");
  EXPECT_NE(complaints_of(ping + "< {\"type\":\"pong\"}\n! closed idle\n"), "");
  EXPECT_NE(complaints_of(": nonsense 1\n"), "");
}

TEST(rehearsal, refuses_lines_that_it_does_not_understand) {
  EXPECT_THROW(parse_transcript("sample", "? what\n"), std::runtime_error);
  EXPECT_THROW(parse_transcript("sample", "< no json\n"), std::runtime_error);
  EXPECT_THROW(parse_transcript("sample", "! nonsense\n"), std::runtime_error);
}

}  // namespace
}  // namespace spindrift
