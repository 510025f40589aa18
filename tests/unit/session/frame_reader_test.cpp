// What a client speaks, told by what it sends: the contract, lines, objects over several lines, or nothing readable.
#include "server/session/frame_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <variant>

namespace spindrift {
namespace {

using testing::HasSubstr;
using kind = frame_reader::kind;

class client_bytes : public testing::Test {
protected:
  explicit client_bytes(const format_choice& chosen = {}) : reader_(chosen) {}

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::span<char> space = from_.space();
      const std::size_t size = std::min(space.size(), bytes.size());
      std::memcpy(space.data(), bytes.data(), size);
      from_.received(size);
      bytes.remove_prefix(size);
    }
  }
  kind next() {
    last_ = reader_.next(from_, nullptr, frames_, into_);
    return last_.is;
  }
  // What is wrong, of the last frame.
  std::string message() const {
    const auto* const wrong = std::get_if<protocol_error>(&last_.content);
    return wrong == nullptr ? "nothing is wrong" : wrong->message;
  }

  frame_reader reader_;
  inbox from_;
  decoder frames_;
  formats::parsed into_;
  frame_reader::taken last_;
};

TEST_F(client_bytes, of_the_contract_go_to_its_decoder) {
  send("{\"stream\":\"a\",\"value\":1}\n");
  EXPECT_EQ(next(), kind::own);
  ASSERT_TRUE(std::holds_alternative<point>(last_.content));
  EXPECT_EQ(std::get<point>(last_.content).stream, "a");
  EXPECT_EQ(last_.bytes, "{\"stream\":\"a\",\"value\":1}");
  EXPECT_EQ(next(), kind::none);
  EXPECT_TRUE(reader_.is_plain());
}

TEST_F(client_bytes, of_other_formats_become_points_beside_it) {
  send("load 12.5\n# a comment\n{\"name\":\"tank\",\"payload\":3}\n");
  EXPECT_EQ(next(), kind::foreign);
  EXPECT_EQ(next(), kind::nothing);
  EXPECT_EQ(next(), kind::foreign);
  ASSERT_EQ(into_.points().size(), 2U);
  EXPECT_EQ(into_.points()[1].stream, "tank");
}

TEST_F(client_bytes, that_nobody_reads_are_told_what_would_be_right) {
  send("who goes there\n");
  EXPECT_EQ(next(), kind::unknown);
  EXPECT_THAT(message(), HasSubstr("this is none: \"who goes there\""));
  EXPECT_THAT(message(), HasSubstr("a line such as `load 12.5`"));
}

TEST_F(client_bytes, with_a_common_mistake_are_told_which) {
  send("{\"stream\":\"a\",\"value\":1}\n{'stream':'a'}\n{\"stream\":\"a\",\"value\":NaN}\n");
  EXPECT_EQ(next(), kind::own);
  EXPECT_EQ(next(), kind::own);
  EXPECT_THAT(message(), HasSubstr("send json.dumps() of it"));
  EXPECT_EQ(next(), kind::own);
  EXPECT_THAT(message(), HasSubstr("JSON has no NaN"));
}

TEST_F(client_bytes, of_another_protocol_end_the_client_with_advice) {
  send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  EXPECT_EQ(next(), kind::unreadable);
  EXPECT_THAT(message(), HasSubstr("TLS"));
}

TEST_F(client_bytes, over_several_lines_are_joined_to_one_object) {
  send("{\n  \"stream\": \"a\",\n");
  EXPECT_EQ(next(), kind::nothing);
  EXPECT_EQ(next(), kind::nothing);
  EXPECT_TRUE(reader_.is_joining());
  EXPECT_FALSE(reader_.is_plain());
  send("  \"value\": 1\n}");
  EXPECT_EQ(next(), kind::nothing);
  EXPECT_TRUE(reader_.would_complete(from_));
  send("\n");
  EXPECT_EQ(next(), kind::own);
  EXPECT_TRUE(std::holds_alternative<point>(last_.content));
  EXPECT_FALSE(reader_.is_joining());
}

TEST_F(client_bytes, of_an_object_that_never_ends_are_given_up_as_they_are) {
  send("{\n\"stream\":\"a\",\n");
  EXPECT_EQ(next(), kind::nothing);
  EXPECT_EQ(next(), kind::nothing);
  last_ = reader_.give_up_joining(frames_, into_);
  EXPECT_EQ(last_.is, kind::own);
  EXPECT_NE(message(), "nothing is wrong");
  EXPECT_FALSE(reader_.is_joining());
}

TEST_F(client_bytes, of_one_who_keeps_to_the_contract_are_judged_by_it) {
  reader_.keep_to_contract();
  send("load 12.5\n{\"name\":\"tank\",\"payload\":3}\n{\n");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(next(), kind::own);
    EXPECT_NE(message(), "nothing is wrong") << i;
  }
  EXPECT_TRUE(into_.points().empty());
}

class json_alone : public client_bytes {
protected:
  json_alone() : client_bytes({.json_only = true}) {}
};

TEST_F(json_alone, takes_no_other_format) {
  send("load 12.5\n{\"stream\":\"a\",\"value\":1}\n");
  EXPECT_EQ(next(), kind::own);
  EXPECT_NE(message(), "nothing is wrong");
  EXPECT_EQ(next(), kind::own);
  EXPECT_TRUE(std::holds_alternative<point>(last_.content));
}

class lines_of_graphite : public client_bytes {
protected:
  lines_of_graphite() : client_bytes({.pinned = formats::line_format_named("graphite")}) {}
};

TEST_F(lines_of_graphite, are_read_beside_the_contract_and_no_others) {
  send("a 1 -1\nload 12.5\n{\"stream\":\"b\",\"value\":1}\n");
  EXPECT_EQ(next(), kind::foreign);
  EXPECT_EQ(next(), kind::unknown);
  EXPECT_EQ(next(), kind::own);
  EXPECT_THAT(reader_.last_words("load 12.5"), HasSubstr("(graphite) and {\"stream\":\"cpu\""));
}

}  // namespace
}  // namespace spindrift
