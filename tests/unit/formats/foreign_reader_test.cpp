// What one producer sends, frame by frame, and JSON over several lines.
#include "server/formats/foreign_reader.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

using joined_as = foreign_reader::join_result;

constexpr std::size_t frame_max = 100;

TEST(foreign_reader, tells_json_and_lines_by_the_first_byte) {
  foreign_reader reader;
  parsed into;
  EXPECT_EQ(reader.read(" {\"name\":\"a\",\"value\":1} \r", into), frame_result::read);
  EXPECT_EQ(reader.read("load 2", into), frame_result::read);
  EXPECT_EQ(reader.read("  ", into), frame_result::nothing);
  EXPECT_EQ(reader.read("# comment", into), frame_result::nothing);
  EXPECT_EQ(reader.read("who are you", into), frame_result::unknown);
  EXPECT_EQ(shown(into), "a=1 load=2");
}

TEST(foreign_reader, begins_to_join_where_a_bracket_stands_alone) {
  for (const char* const frame : {"{", "[", "[{", " { ", "{\r"})
    EXPECT_TRUE(foreign_reader::begins_value(frame)) << frame;
  for (const char* const frame : {"", "{}", "[1", "{\"a\":1", "}"}) {
    EXPECT_FALSE(foreign_reader::begins_value(frame)) << frame;
  }
}

TEST(foreign_reader, joins_lines_until_the_value_is_whole) {
  foreign_reader reader;
  EXPECT_EQ(reader.join("{", frame_max), joined_as::partial);
  EXPECT_TRUE(reader.is_joining());
  EXPECT_EQ(reader.join("\"a\": [1,", frame_max), joined_as::partial);
  EXPECT_FALSE(reader.would_complete("2]"));
  EXPECT_TRUE(reader.would_complete("2]}"));
  EXPECT_EQ(reader.join("2]}", frame_max), joined_as::whole);
  EXPECT_EQ(reader.joined(), "{\n\"a\": [1,\n2]}");
  EXPECT_FALSE(reader.is_joining());
  EXPECT_FALSE(reader.would_complete("}"));
}

TEST(foreign_reader, has_readable_bytes_behind_what_was_joined) {
  foreign_reader reader;
  (void)reader.join("{", frame_max);
  (void)reader.join("}", frame_max);
  const std::string_view joined = reader.joined();
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(joined.data()[joined.size() + i], '\n');
}

TEST(foreign_reader, gives_up_on_a_value_that_is_longer_than_a_frame) {
  foreign_reader reader;
  EXPECT_EQ(reader.join("[", frame_max), joined_as::partial);
  EXPECT_EQ(reader.join(std::string(frame_max - 3, '1'), frame_max), joined_as::partial);
  EXPECT_EQ(reader.join("1", frame_max), joined_as::too_large);
  EXPECT_FALSE(reader.is_joining());
  EXPECT_EQ(reader.join("{", frame_max), joined_as::partial) << "and begins anew with the next one";
  EXPECT_EQ(reader.join("}", frame_max), joined_as::whole);
  EXPECT_EQ(reader.joined(), "{\n}");
}

TEST(foreign_reader, leaves_a_text_that_goes_over_a_line_end_to_whoever_refuses_it) {
  foreign_reader reader;
  EXPECT_EQ(reader.join("{", frame_max), joined_as::partial);
  EXPECT_EQ(reader.join("\"a\": \"open", frame_max), joined_as::whole);
}

TEST(foreign_reader, that_is_pinned_reads_lines_of_that_format_alone) {
  foreign_reader reader(line_format_named("graphite"));
  parsed into;
  EXPECT_EQ(reader.read("load 2", into), frame_result::unknown);
  EXPECT_EQ(reader.read("load 2 -1", into), frame_result::read);
  EXPECT_EQ(shown(into), "load=2");
}

}  // namespace
}  // namespace spindrift::formats
