#include "common/protocol/inbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/model/limit.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

using support::byte_by_byte;
using support::frames_of;
using support::random_cuts;
using support::too_large_mark;
using support::whole;
using testing::ElementsAre;

using frames = std::vector<std::string>;
const std::string too_large{too_large_mark};

// The frames of a text, after checking that they are the same however the text is cut.
frames cut(const std::string& text, bool finish = true, std::size_t frame_bytes_max = model::frame_bytes_max) {
  const frames expected = frames_of(text, whole(), finish, frame_bytes_max);
  EXPECT_EQ(frames_of(text, byte_by_byte(), finish, frame_bytes_max), expected);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(frames_of(text, random_cuts(seed), finish, frame_bytes_max), expected) << "seed " << seed;
  }
  return expected;
}

// One object of exactly this many bytes.
std::string object_of(std::size_t bytes) {
  const std::string begin = R"({"x":")";
  return begin + std::string(bytes - begin.size() - 2, 'a') + "\"}";
}

std::string blanks(std::size_t count) {
  return std::string(count, ' ');
}

TEST(inbox, cuts_lines) {
  EXPECT_THAT(cut("{\"a\":1}\n{\"b\":2}\n"), ElementsAre(R"({"a":1})", R"({"b":2})"));
}

TEST(inbox, drops_the_cr_of_crlf) {
  EXPECT_THAT(cut("{\"a\":1}\r\n{}\r\n"), ElementsAre(R"({"a":1})", "{}"));
}

TEST(inbox, ignores_blank_lines) {
  EXPECT_THAT(cut("\n\r\n \t\n{}\n\n\n{}\n \n"), ElementsAre("{}", "{}"));
}

TEST(inbox, ignores_blanks_in_front_of_a_frame) {
  EXPECT_THAT(cut("  \t{}\n"), ElementsAre("{}"));
}

TEST(inbox, splits_objects_that_stand_on_one_line) {
  EXPECT_THAT(cut(R"({"a":1}{"b":2} {"c":{"d":{}}}{})"
                  "\n{}\n"),
              ElementsAre(R"({"a":1})", R"({"b":2})", R"({"c":{"d":{}}})", "{}", "{}"));
}

TEST(inbox, gives_all_but_the_last_object_of_a_line_without_end) {
  EXPECT_THAT(cut("{\"a\":1}{\"b\":2}{\"c\":3}", false), ElementsAre(R"({"a":1})", R"({"b":2})"));
}

TEST(inbox, gives_the_rest_as_a_frame_when_finished) {
  EXPECT_THAT(cut("{\"a\":1}{\"b\":2}"), ElementsAre(R"({"a":1})", R"({"b":2})"));
  EXPECT_THAT(cut("{}\n{\"a\":"), ElementsAre("{}", "{\"a\":"));
  EXPECT_THAT(cut("{}\r"), ElementsAre("{}"));
  EXPECT_THAT(cut("{}\n  \r\n "), ElementsAre("{}"));
}

TEST(inbox, does_not_split_at_braces_in_strings) {
  const std::string tricky = R"({"a":"}{","b":"\"}{","c":"\\","d":"}{"})";
  EXPECT_THAT(cut(tricky + "\n"), ElementsAre(tricky));
  EXPECT_THAT(cut(tricky + tricky + "\n" + tricky), ElementsAre(tricky, tricky, tricky));
}

TEST(inbox, follows_escapes_to_the_end_of_a_string) {
  const std::string escaped = R"({"a":"\\\"}{\\"})";
  EXPECT_THAT(cut(escaped + escaped), ElementsAre(escaped, escaped));
}

TEST(inbox, does_not_split_inside_a_nested_value) {
  EXPECT_THAT(cut("{\"a\":[{}{},{}{}]}\n"), ElementsAre("{\"a\":[{}{},{}{}]}"));
}

TEST(inbox, keeps_a_line_that_begins_as_no_object_whole) {
  EXPECT_THAT(cut("[{}{}]\n"), ElementsAre("[{}{}]"));
  EXPECT_THAT(cut("117 <13> {\"a\":1}{\"b\":2}\n"), ElementsAre("117 <13> {\"a\":1}{\"b\":2}"));
  EXPECT_THAT(cut("\"}{\"\n}{}{}\n"), ElementsAre("\"}{\"", "}{}{}"));
}

TEST(inbox, keeps_a_line_whole_from_the_first_garbage_behind_an_object) {
  EXPECT_THAT(cut("{} x {}{}\n"), ElementsAre("{} x {}{}"));
  EXPECT_THAT(cut("{}{} x {}{}\n"), ElementsAre("{}", "{} x {}{}"));
}

TEST(inbox, keeps_a_string_that_is_never_closed_up_to_the_line_end) {
  EXPECT_THAT(cut("{\"a\":\"}{}{\n{}\n"), ElementsAre("{\"a\":\"}{}{", "{}"));
}

TEST(inbox, takes_a_frame_of_exactly_the_limit) {
  const std::string largest = object_of(model::frame_bytes_max);
  for (const char* const end : {"\n", "\r\n", "", "\r"}) {
    const auto found = cut(largest + end);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().size(), model::frame_bytes_max);
    EXPECT_EQ(found.front(), largest);
  }
}

TEST(inbox, refuses_a_frame_of_one_byte_more_than_the_limit) {
  const std::string larger = object_of(model::frame_bytes_max + 1);
  for (const char* const end : {"\n", "\r\n", "", "\r"}) EXPECT_THAT(cut(larger + end), ElementsAre(too_large));
}

TEST(inbox, refuses_a_frame_that_is_too_large_wherever_it_stands) {
  constexpr std::size_t max = 64;
  const std::string large = object_of(max + 1);
  EXPECT_THAT(cut(large + "\n{}\n", true, max), ElementsAre(too_large, "{}"));
  EXPECT_THAT(cut("{}\n" + large + "\n", true, max), ElementsAre("{}", too_large));
  EXPECT_THAT(cut("{}\n" + large + "\r\n{}", true, max), ElementsAre("{}", too_large, "{}"));
  EXPECT_THAT(cut(large + "\n" + large + "\n{}\n", true, max), ElementsAre(too_large, too_large, "{}"));
  EXPECT_THAT(cut("{}" + large + "\n{}\n", true, max), ElementsAre("{}", too_large, "{}"));
}

TEST(inbox, skips_up_to_the_line_end_what_follows_a_frame_that_is_too_large) {
  constexpr std::size_t max = 64;
  const std::string large = object_of(max + 1);
  EXPECT_THAT(cut(large + "{}{}{}\n{\"b\":1}\n", true, max), ElementsAre(too_large, R"({"b":1})"));
  EXPECT_THAT(cut("{}" + large + "{}" + large + "\n{}", true, max), ElementsAre("{}", too_large, "{}"));
  EXPECT_THAT(cut(std::string(1'000, 'x') + "{}{}" + "\n{}\n", true, max), ElementsAre(too_large, "{}"));
  EXPECT_THAT(cut(std::string(1'000, '{'), true, max), ElementsAre(too_large));
}

TEST(inbox, counts_blanks_behind_a_frame_but_not_those_in_front) {
  constexpr std::size_t max = 64;
  const std::string object = object_of(max - 2);
  EXPECT_THAT(cut(object + "  \n", true, max), ElementsAre(object + "  "));
  EXPECT_THAT(cut(object + "   \n", true, max), ElementsAre(too_large));
  EXPECT_THAT(cut(object + "  {}\n", true, max), ElementsAre(object, "{}"));
  EXPECT_THAT(cut(object + "   {}\n{}", true, max), ElementsAre(too_large, "{}"));
  EXPECT_THAT(cut(blanks(500) + object + "\n", true, max), ElementsAre(object));
}

TEST(inbox, counts_one_cr_in_front_of_lf_as_line_end_and_no_more) {
  constexpr std::size_t max = 64;
  const std::string object = object_of(max);
  EXPECT_THAT(cut(object + "\r\n", true, max), ElementsAre(object));
  EXPECT_THAT(cut(object + "\r\r\n{}\n", true, max), ElementsAre(too_large, "{}"));
  EXPECT_THAT(cut(object + "\r {}\n{}\n", true, max), ElementsAre(too_large, "{}"));
}

TEST(inbox, counts_nuls_in_front_of_lf_however_they_arrive) {
  const std::string nuls(8, '\0');
  EXPECT_THAT(cut(R"({"a":"bb"})" + nuls + "\n{}\n", true, 16), ElementsAre(too_large, "{}"));
  EXPECT_THAT(cut(R"({"a":"bb"})" + nuls + "\n{}\n", true, 64), ElementsAre(R"({"a":"bb"})", "{}"));
}

TEST(inbox, cuts_random_texts_the_same_however_they_arrive) {
  constexpr std::string_view letters = "{}{}{}[]\"\\ab \r\n\n";
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    support::noise_source noise(seed);
    std::string text;
    const std::uint64_t length = noise.below(200);
    for (std::uint64_t i = 0; i < length; ++i) text += letters[static_cast<std::size_t>(noise.below(letters.size()))];
    SCOPED_TRACE("seed " + std::to_string(seed));
    cut(text, true, 20);
    cut(text, false, 20);
    cut(text, true, 7);
  }
}

TEST(inbox, follows_each_frame_with_readable_padding) {
  inbox box;
  support::give(box, "{}\n{}{\"last\":1}\n", byte_by_byte(), [&] {
    for (auto cut = box.next(); cut.kind != inbox::cut_kind::none; cut = box.next()) {
      std::size_t sum = 0;
      for (std::size_t i = 0; i < cut.bytes.size() + inbox::padding_bytes; ++i) {
        sum += static_cast<unsigned char>(cut.bytes.data()[i]);
      }
      EXPECT_GT(sum, 0U);
    }
  });
}

class held : public testing::Test {
protected:
  void give(std::string_view bytes) {
    support::give(box_, bytes, whole(), [] {});
    while (box_.next().kind != inbox::cut_kind::none) ++taken_;
  }
  inbox box_{64};
  int taken_ = 0;
};

TEST_F(held, holds_a_complete_object_only_while_it_lacks_nothing_but_its_line_end) {
  EXPECT_FALSE(box_.holds_complete_object());
  give("{\"a\":\"}\"");
  EXPECT_FALSE(box_.holds_complete_object());
  EXPECT_TRUE(box_.holds_partial());
  give("}");
  EXPECT_TRUE(box_.holds_complete_object());
  give(" \r");
  EXPECT_TRUE(box_.holds_complete_object());
  give("\n");
  EXPECT_FALSE(box_.holds_complete_object());
  EXPECT_FALSE(box_.holds_partial());
  EXPECT_EQ(taken_, 1);
}

TEST_F(held, does_not_take_garbage_for_a_complete_object) {
  give("{}x");
  EXPECT_FALSE(box_.holds_complete_object());
  EXPECT_TRUE(box_.holds_partial());
  give("\n[{}]x");
  EXPECT_FALSE(box_.holds_complete_object());
}

TEST_F(held, takes_an_array_for_complete_as_it_does_an_object) {
  give("[{}");
  EXPECT_FALSE(box_.holds_complete_object());
  give("]");
  EXPECT_TRUE(box_.holds_complete_object());
}

TEST_F(held, holds_something_partial_while_it_skips) {
  give(std::string(65, 'x'));
  EXPECT_EQ(taken_, 1);
  EXPECT_TRUE(box_.holds_partial());
  EXPECT_FALSE(box_.holds_complete_object());
  give("{}");
  EXPECT_FALSE(box_.holds_complete_object());
  give("\n");
  EXPECT_FALSE(box_.holds_partial());
}

TEST_F(held, holds_nothing_partial_after_blanks) {
  give(" \r\n \t");
  EXPECT_FALSE(box_.holds_partial());
}

TEST_F(held, goes_on_with_the_next_frame_after_finish) {
  give("{\"a\":1}");
  box_.finish();
  EXPECT_EQ(box_.next().bytes, R"({"a":1})");
  EXPECT_EQ(box_.next().kind, inbox::cut_kind::none);
  give("\n{\"b\":");
  EXPECT_EQ(taken_, 0);
  give("2}\n");
  EXPECT_EQ(taken_, 1);
  EXPECT_EQ(box_.frames_cut(), 2U);
}

// A line that its reader has found whole by reading it.
TEST(inbox, passes_lines_as_if_it_had_cut_them) {
  inbox box{64};
  const std::string text = "{\"a\":1}\n{\"b\":2}\r\n" + object_of(64) + "\r\n" + object_of(65) + "\n{\"c\":";
  support::give(box, text, whole(), [] {});
  EXPECT_TRUE(box.pass_line(8));
  EXPECT_TRUE(box.unread().starts_with("{\"b\""));
  EXPECT_TRUE(box.pass_line(9));
  EXPECT_TRUE(box.pass_line(66)) << "its end does not count";
  EXPECT_FALSE(box.pass_line(66));
  EXPECT_EQ(box.frames_cut(), 3U);
  EXPECT_EQ(box.next().kind, inbox::cut_kind::too_large);
  EXPECT_EQ(box.next().kind, inbox::cut_kind::none);
  EXPECT_FALSE(box.holds_complete_object());
  support::give(box, "3}", whole(), [] {});
  EXPECT_EQ(box.unread(), "{\"c\":3}") << "no line yet";
  EXPECT_EQ(box.next().kind, inbox::cut_kind::none);
  EXPECT_TRUE(box.holds_complete_object());
  support::give(box, "\n", whole(), [] {});
  EXPECT_TRUE(box.pass_line(8));
  EXPECT_FALSE(box.holds_complete_object());
  EXPECT_FALSE(box.holds_partial());
}

TEST_F(held, takes_a_larger_frame_once_the_limit_is_raised) {
  box_.set_frame_bytes_max(200);
  give(object_of(200) + "\n");
  EXPECT_EQ(taken_, 1);
  EXPECT_EQ(box_.frames_cut(), 1U);
}

// However much of a line comes, no more than one frame and one chunk is kept.
TEST(inbox, stays_bounded_in_a_line_that_never_ends) {
  inbox box;
  const std::string piece(10'000, '{');
  for (int i = 0; i < 1'000; ++i) {
    support::give(box, piece, whole(), [&] {
      while (box.next().kind != inbox::cut_kind::none) continue;
    });
  }
  EXPECT_LE(box.capacity_bytes(), 4 * model::frame_bytes_max);
  EXPECT_EQ(box.frames_cut(), 1U);
}

TEST(inbox, stays_bounded_under_many_frames) {
  inbox box;
  std::string piece;
  while (piece.size() < 60'000) piece += "{\"value\":1}\n";
  for (int i = 0; i < 200; ++i) {
    support::give(box, piece, whole(), [&] {
      while (box.next().kind != inbox::cut_kind::none) continue;
    });
  }
  EXPECT_LE(box.capacity_bytes(), 4 * model::frame_bytes_max);
}

}  // namespace
}  // namespace spindrift
