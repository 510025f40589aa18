// Numbers by the grammar of JSON, and what else stands where one should.
#include "common/protocol/number_text.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace spindrift::number_text {
namespace {

TEST(number_text, is_of_the_grammar_of_json) {
  for (const char* const good :
       {"0", "-0", "7", "10", "-1.5", "0.5", "1e5", "1E+5", "1e-05", "0e0", " 1 ", "\t1\r\n"}) {
    EXPECT_TRUE(is_number(good)) << good;
  }
  for (const char* const wrong : {"", "-", "+1", "01", "-01", ".5", "5.", "1.e5", "1e", "1e+", "0x10", "1_000", "1,5",
                                  "--1", "1 2", "NaN", "inf", "1f", "\v1"}) {
    EXPECT_FALSE(is_number(wrong)) << wrong;
  }
}

TEST(number_text, beyond_a_double_is_zero_or_infinite_by_its_size) {
  double number = 1;
  for (const char* const small : {"1e-400", "-1e-400", "0.001e-330", "1e-99999999999999999999", "0.0000001e-320"}) {
    ASSERT_TRUE(parse_double(small, number)) << small;
    EXPECT_EQ(number, 0) << small;
  }
  for (const char* const large : {"1e400", "1e+99999999999999999999", "1000e306", "0.001e999"}) {
    ASSERT_TRUE(parse_double(large, number)) << large;
    EXPECT_TRUE(std::isinf(number)) << large;
  }
}

TEST(number_text, that_is_none_leaves_what_was_there) {
  double number = 42;
  for (const char* const wrong : {"", "x", "1x", "inf", "nan", "0x1p3"})
    EXPECT_FALSE(parse_double(wrong, number)) << wrong;
  EXPECT_EQ(number, 42);
  EXPECT_TRUE(parse_double(" -2.5 ", number));
  EXPECT_EQ(number, -2.5);
}

TEST(number_text, of_an_integer_beyond_its_type_is_the_greatest) {
  std::uint64_t whole = 0;
  EXPECT_TRUE(parse_integer("18446744073709551616", whole));
  EXPECT_EQ(whole, std::numeric_limits<std::uint64_t>::max());
  std::int64_t wide = 0;
  EXPECT_TRUE(parse_integer(" -9223372036854775808 ", wide));
  EXPECT_EQ(wide, std::numeric_limits<std::int64_t>::min());
  for (const char* const wrong : {"1.0", "1e3", "01", "", "+1", "1 1"})
    EXPECT_FALSE(parse_integer(wrong, wide)) << wrong;
  EXPECT_FALSE(parse_integer("-1", whole));
}

TEST(number_text, of_other_languages_says_that_it_is_not_finite) {
  for (const char* const word : {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf", "Inf", "-Inf"}) {
    EXPECT_TRUE(says_not_finite(word)) << word;
  }
  for (const char* const word : {"", "Nan", "infinity", "+inf", "NaN "}) EXPECT_FALSE(says_not_finite(word)) << word;
}

TEST(number_text, is_trimmed_of_the_four_blanks_of_json) {
  EXPECT_EQ(trimmed(" \t\r\n1 2\n"), "1 2");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed("\v1\f"), "\v1\f");
}

}  // namespace
}  // namespace spindrift::number_text
