// What the tree holds, and which JSON it refuses with which words.
#include "server/formats/json_tree.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace spindrift::formats {
namespace {

class tree_of : public testing::Test {
protected:
  // Behind the text stand digits, which must not be read.
  const json_tree::node* read(const std::string& text) {
    bytes_.assign(text.begin(), text.end());
    bytes_.insert(bytes_.end(), json_tree::padding_bytes, '7');
    return tree_.read({bytes_.data(), text.size()}, texts_);
  }
  std::string fault_of(const std::string& text) { return read(text) == nullptr ? tree_.fault() : "none"; }

  std::vector<char> bytes_;
  text_arena texts_;
  json_tree tree_;
};

TEST_F(tree_of, members_is_in_their_order) {
  const auto* const root = read(R"({"a":1.50,"b":["x",null,true],"c":{"d":"e"}})");
  ASSERT_NE(root, nullptr) << tree_.fault();
  EXPECT_EQ(root->is, json_tree::kind::object);
  const auto* const a = tree_.first(*root);
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->key, "a");
  EXPECT_EQ(a->is, json_tree::kind::number);
  EXPECT_EQ(a->text, "1.50") << "as it was spelt";
  const auto* const b = tree_.next(*a);
  ASSERT_NE(b, nullptr);
  const auto* const x = tree_.first(*b);
  ASSERT_NE(x, nullptr);
  EXPECT_EQ(x->text, "x");
  EXPECT_EQ(tree_.next(*x)->is, json_tree::kind::null);
  EXPECT_EQ(tree_.next(*tree_.next(*x))->text, "true");
  EXPECT_EQ(tree_.next(*tree_.next(*tree_.next(*x))), nullptr);
  const auto* const c = tree_.find(*root, "c");
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(tree_.find(*c, "d")->text, "e");
  EXPECT_EQ(tree_.find(*c, "a"), nullptr) << "of another object";
  EXPECT_EQ(tree_.find(*b, "x"), nullptr) << "an array has no members";
}

TEST_F(tree_of, nothing_inside_is_empty) {
  for (const char* const text : {"{}", "[]", " [ ] \n"}) {
    const auto* const root = read(text);
    ASSERT_NE(root, nullptr) << text;
    EXPECT_EQ(tree_.first(*root), nullptr) << text;
  }
}

TEST_F(tree_of, escapes_has_what_they_stand_for) {
  const auto* const root = read(R"({"k\u0065y":"a\nb \ud83d\ude00"})");
  ASSERT_NE(root, nullptr) << tree_.fault();
  const auto* const member = tree_.find(*root, "key");
  ASSERT_NE(member, nullptr);
  EXPECT_EQ(member->text, "a\nb \U0001F600");
}

TEST_F(tree_of, sixteen_levels_is_the_deepest) {
  const auto nested = [](int levels) {
    return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
  };
  EXPECT_EQ(fault_of(nested(16)), "none");
  EXPECT_EQ(fault_of(nested(17)), "nested deeper than 16");
  EXPECT_NE(fault_of(nested(100'000)), "none");
}

TEST_F(tree_of, one_key_twice_is_refused) {
  EXPECT_EQ(fault_of(R"({"a":1,"a":1})"), "duplicate key");
  EXPECT_EQ(fault_of(R"({"a":1,"\u0061":1})"), "duplicate key");
  EXPECT_EQ(fault_of(R"([{"x":1,"b":{"a":1,"a":1}}])"), "duplicate key");
  EXPECT_EQ(fault_of(R"({"a":{"a":1}})"), "none") << "of two objects";
}

TEST_F(tree_of, what_is_no_json_is_refused) {
  for (const char* const text :
       {"",      " ",         "{",          "[1,]",       "{\"a\"}",       "{\"a\":}", "{a:1}", "[1 2]",
        "[tru]", "[nul]",     "[01]",       "[1.]",       "[.5]",          "[+1]",     "[-]",   "[1e]",
        "[NaN]", "[\"\\x\"]", "[\"\x01\"]", "[\"\xff\"]", "[\"\\ud800\"]", "[\"a]"}) {
    EXPECT_NE(fault_of(text), "none") << text;
  }
}

TEST_F(tree_of, a_single_value_or_two_documents_is_refused_in_words) {
  EXPECT_EQ(fault_of("7"), "neither an object nor an array");
  EXPECT_EQ(fault_of("\"a\""), "neither an object nor an array");
  EXPECT_EQ(fault_of("{} {}"), "something follows the JSON");
  EXPECT_NE(fault_of("[1] x"), "none");
}

TEST_F(tree_of, the_next_text_has_nothing_of_the_one_before) {
  ASSERT_NE(read(R"({"a":[1,2,3]})"), nullptr);
  ASSERT_EQ(read("{"), nullptr);
  const auto* const root = read(R"({"b":1})");
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(tree_.find(*root, "a"), nullptr);
  EXPECT_EQ(tree_.fault(), "");
}

}  // namespace
}  // namespace spindrift::formats
