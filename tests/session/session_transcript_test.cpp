// Every transcript of this folder and of docs/protocol.md, played with the bytes arriving whole, one by one, and cut at
// random: what is answered must be what is written down, each time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/session/rehearsal.hpp"
#include "tests/session/transcript.hpp"

namespace spindrift {

// For GoogleTest's messages.
static void PrintTo(const transcript& what, std::ostream* out) {
  *out << what.name;
}

namespace {

std::vector<std::filesystem::path> all_files() {
  const std::filesystem::path source = SPINDRIFT_SOURCE_DIR;
  std::vector<std::filesystem::path> files = {source / "docs" / "protocol.md"};
  for (const auto& entry : std::filesystem::directory_iterator(source / "tests" / "session")) {
    if (entry.path().extension() == ".txt" && entry.path().stem() != "CMakeLists") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<transcript> all_transcripts() {
  std::vector<transcript> all;
  for (const auto& file : all_files()) {
    for (transcript& script : read_transcripts(file)) all.push_back(std::move(script));
  }
  return all;
}

// With SPINDRIFT_REWRITE=1 the files are made to say what happens now, for review as a diff.
bool is_rewriting() {
  const char* const asked = std::getenv("SPINDRIFT_REWRITE");
  return asked != nullptr && std::string_view(asked) == "1";
}

void rewrite(const std::filesystem::path& file) {
  std::vector<transcript_edit> edits;
  for (const transcript& script : read_transcripts(file)) {
    const support::chunking chunk = support::whole();
    rehearsal played(script, chunk);
    played.play();
    edits.insert(edits.end(), played.edits().begin(), played.edits().end());
  }
  if (edits.empty()) return;
  std::string text;
  {
    std::ifstream stream(file, std::ios::binary);
    text = {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  std::ofstream(file, std::ios::binary) << edited(text, edits);
  std::cout << "rewritten: " << file.string() << ", " << edits.size() << " lines\n";
}

std::string joined(const std::vector<std::string>& complaints) {
  std::string all;
  for (const std::string& complaint : complaints) all += complaint + '\n';
  return all;
}

class session_transcript : public testing::TestWithParam<transcript> {
protected:
  void SetUp() override {
    if (is_rewriting()) GTEST_SKIP() << "the transcripts are being rewritten";
  }
};

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
                         [](const auto& tested) { return tested.param.name; });

TEST(transcripts, are_rewritten_when_asked_to) {
  if (!is_rewriting()) GTEST_SKIP() << "SPINDRIFT_REWRITE=1 rewrites what they expect";
  for (const auto& file : all_files()) rewrite(file);
}

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

TEST(rehearsal, compares_each_expected_line_where_it_stands) {
  const std::string ping = "> {\"op\":\"ping\",\"id\":1}\n";
  const std::string pong = "< {\"type\":\"pong\",\"id\":1}\n";
  EXPECT_EQ(complaints_of(ping + pong + "B" + ping + "B" + pong), "");
  EXPECT_NE(complaints_of(pong + ping), "") << "expected before it was asked for";
  EXPECT_NE(complaints_of(ping + "B" + ping + pong + "B" + pong), "") << "came before B sent";
  EXPECT_NE(complaints_of(ping + "@ 10\n" + pong), "") << "came before time passed";
  EXPECT_NE(complaints_of(ping + ": journal refuses\n" + pong), "") << "came before the setting";
  EXPECT_NE(complaints_of("> {\"op\":\"ping\",\"id\":1}{\"op\":\"ping\",\"id\":2}\n< {\"id\":2}\n< {\"id\":1}\n"), "");
}

std::string rewritten(const std::string& text) {
  const transcript script = parse_transcript("sample", text);
  const support::chunking chunk = support::whole();
  rehearsal played(script, chunk);
  played.play();
  return edited(text, played.edits());
}

TEST(rehearsal, rewrites_what_is_other_than_written_and_nothing_else) {
  const std::string ping = "> {\"op\":\"ping\",\"id\":1}\n";
  const std::string pong = "< {\"type\":\"pong\",\"id\":1}\n";
  const std::string loose = "< {\"id\":\"...\"}\n";
  EXPECT_EQ(rewritten("# why\n" + ping + loose), "# why\n" + ping + loose);
  EXPECT_EQ(rewritten(ping + "< {\"id\":2}\n"), ping + pong);
  EXPECT_EQ(rewritten(ping), ping + pong);
  EXPECT_EQ(rewritten(ping + pong + pong), ping + pong);
  EXPECT_EQ(rewritten(ping + "B" + ping), ping + pong + "B" + ping + "B" + pong);
  EXPECT_EQ(rewritten(rewritten(ping + "B" + ping)), rewritten(ping + "B" + ping));
}

TEST(rehearsal, refuses_lines_that_it_does_not_understand) {
  EXPECT_THROW(parse_transcript("sample", "? what\n"), std::runtime_error);
  EXPECT_THROW(parse_transcript("sample", "< no json\n"), std::runtime_error);
  EXPECT_THROW(parse_transcript("sample", "! nonsense\n"), std::runtime_error);
}

}  // namespace
}  // namespace spindrift
