// What simdjson leaves to its caller: second keys, depth, and values that nobody uses.
#include "common/protocol/json_text.hpp"

#include <gtest/gtest.h>

namespace spindrift::json_text {
namespace {

TEST(key_set, knows_a_second_key_among_few_at_once_and_among_many_at_the_end) {
  key_set few;
  EXPECT_TRUE(few.insert("a"));
  EXPECT_TRUE(few.insert("b"));
  EXPECT_FALSE(few.insert("a"));
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("key" + std::to_string(i));
  for (const std::size_t again : {0U, 15U, 16U, 39U}) {
    key_set many;
    for (const std::string& name : names) EXPECT_TRUE(many.insert(name)) << name;
    EXPECT_FALSE(many.has_duplicate());
    const bool was_told = !many.insert(names[again]);
    EXPECT_TRUE(was_told || many.has_duplicate()) << again;
  }
}

TEST(key_set, tells_keys_apart_that_are_nearly_the_same) {
  key_set keys;
  for (const char* const key : {"", "a", "A", "aa", "a "}) EXPECT_TRUE(keys.insert(key));
  EXPECT_FALSE(keys.has_duplicate());
}

// What check_value says of a text; empty: nothing.
std::string said_of(const std::string& text, bool& is_beyond_double, std::size_t depth = 1) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(text);
  simdjson::ondemand::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return "no document";
  simdjson::ondemand::value value;
  if (const auto wrong = document.get_value().get(value); wrong != simdjson::SUCCESS)
    return syntax_fault(wrong).message;
  return check_value(value, parser, depth, is_beyond_double).message;
}

TEST(json_text, of_a_value_that_nobody_uses_must_be_json_all_the_same) {
  bool is_beyond = false;
  for (const char* const good : {R"({"a":[1,true,null,"x",{"b":-1.5e3}]})", "[]", "{}", R"(["\u00e9\n"])"}) {
    EXPECT_EQ(said_of(good, is_beyond), "") << good;
  }
  for (const char* const wrong :
       {R"({"a":01})", R"([nul])", R"(["\x"])", R"({"a":1,"a":2})", R"([1 2])", R"({"a"})", "[\"\xff\"]", "[1.]"}) {
    EXPECT_NE(said_of(wrong, is_beyond), "") << wrong;
  }
  EXPECT_FALSE(is_beyond);
}

TEST(json_text, with_a_number_beyond_double_is_no_fault) {
  bool is_beyond = false;
  EXPECT_EQ(said_of("[1,[1e999]]", is_beyond), "");
  EXPECT_TRUE(is_beyond);
  is_beyond = false;
  EXPECT_EQ(said_of("[1e-999]", is_beyond), "");
  EXPECT_FALSE(is_beyond);
}

TEST(json_text, is_nested_no_deeper_than_its_limit_from_its_own_level_on) {
  bool is_beyond = false;
  EXPECT_EQ(said_of("[[[[[[[[1]]]]]]]]", is_beyond), "");
  EXPECT_NE(said_of("[[[[[[[[[1]]]]]]]]]", is_beyond), "");
  EXPECT_NE(said_of("[[[[[[[[[]]]]]]]]]", is_beyond), "") << "empty as it is";
  EXPECT_NE(said_of("[[[[[[[[1]]]]]]]]", is_beyond, 2), "");
}

}  // namespace
}  // namespace spindrift::json_text
