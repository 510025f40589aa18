#include "common/protocol/decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "common/protocol/frame_limits.hpp"
#include "common/protocol/time_limits.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

using support::padded_text;

// Decodes one frame and keeps what its point looks into.
class decoded {
public:
  explicit decoded(std::string_view text) : text_(text), what_(frames_.decode(text_.view())) {}

  bool is_point() const { return std::holds_alternative<point>(what_); }
  const point& as_point() const { return std::get<point>(what_); }
  const protocol_error& as_error() const { return std::get<protocol_error>(what_); }
  std::string code() const {
    const auto* const wrong = std::get_if<protocol_error>(&what_);
    return wrong != nullptr ? std::string(name_of(wrong->code)) : is_point() ? "point" : "command";
  }

private:
  padded_text text_;
  decoder frames_;
  frame what_;
};

std::string code_of(std::string_view text) {
  return decoded(text).code();
}

double value_of(std::string_view number) {
  const decoded found("{\"value\":" + std::string(number) + "}");
  EXPECT_EQ(found.code(), "point") << number;
  return found.is_point() ? found.as_point().value : std::nan("");
}

std::string value_code(std::string_view number) {
  return code_of("{\"value\":" + std::string(number) + "}");
}

std::string nested(std::size_t depth) {
  std::string text = "{\"value\":1,\"x\":";
  for (std::size_t i = 1; i < depth; ++i) text += i % 2 == 0 ? "{\"y\":" : "[";
  text += "0";
  for (std::size_t i = depth; i-- > 1;) text += i % 2 == 0 ? "}" : "]";
  return text + "}";
}

TEST(decode, reads_every_field_of_a_point) {
  const decoded found(R"({"stream":"cpu","seq":17,"ts":1764000000000,"value":0.42,"label":true})");
  ASSERT_EQ(found.code(), "point");
  const point& read = found.as_point();
  EXPECT_EQ(read.stream, "cpu");
  EXPECT_EQ(read.seq, 17U);
  EXPECT_EQ(read.ts, 1'764'000'000'000);
  EXPECT_EQ(read.value, 0.42);
  EXPECT_EQ(read.label, true);
  EXPECT_FALSE(read.is_multivariate());
}

TEST(decode, fills_in_what_was_not_sent) {
  const decoded found(R"({"value":1})");
  ASSERT_EQ(found.code(), "point");
  EXPECT_EQ(found.as_point().stream, "default");
  EXPECT_EQ(found.as_point().seq, 0U);
  EXPECT_EQ(found.as_point().ts, std::nullopt);
  EXPECT_EQ(found.as_point().label, std::nullopt);
}

TEST(decode, reads_the_features_of_a_multivariate_point_in_their_order) {
  const decoded found(R"({"values":{"b":2,"a":"1.5","c/x":-3e2}})");
  ASSERT_EQ(found.code(), "point");
  const auto values = found.as_point().values;
  ASSERT_EQ(values.size(), 3U);
  EXPECT_EQ(values[0].name, "b");
  EXPECT_EQ(values[0].value, 2);
  EXPECT_EQ(values[1].name, "a");
  EXPECT_EQ(values[1].value, 1.5);
  EXPECT_EQ(values[2].name, "c/x");
  EXPECT_EQ(values[2].value, -300);
}

TEST(decode, reads_keys_and_names_that_are_written_with_escapes) {
  const decoded found(R"({"\u0076alue":1,"str\u0065am":"c\u0070u"})");
  ASSERT_EQ(found.code(), "point");
  EXPECT_EQ(found.as_point().stream, "cpu");
  EXPECT_EQ(found.as_point().value, 1);
}

TEST(decode, keeps_the_points_of_a_batch_apart) {
  decoder frames;
  std::vector<padded_text> texts;
  std::vector<frame> found;
  for (int i = 0; i < 3'000; ++i) {
    texts.emplace_back(R"({"stream":"s\u0041)" + std::to_string(i) + R"(","values":{"a":)" + std::to_string(i) +
                       R"(,"b":1}})");
    found.push_back(frames.decode(texts.back().view()));
  }
  for (int i = 0; i < 3'000; ++i) {
    const auto* const read = std::get_if<point>(&found[static_cast<std::size_t>(i)]);
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->stream, "sA" + std::to_string(i));
    ASSERT_EQ(read->values.size(), 2U);
    EXPECT_EQ(read->values[0].value, i);
    EXPECT_EQ(read->values[0].name, "a");
  }
}

TEST(decode, ignores_unknown_fields) {
  EXPECT_EQ(code_of(R"({"value":1,"x":{"y":[1,{"z":null}],"w":"}"},"":"","Value":"no","values ":3})"), "point");
}

TEST(decode, reads_numbers_in_every_form_json_has) {
  EXPECT_EQ(value_of("12"), 12);
  EXPECT_EQ(value_of("-0.5"), -0.5);
  EXPECT_EQ(value_of("1e3"), 1000);
  EXPECT_EQ(value_of("1.5E+3"), 1500);
  EXPECT_EQ(value_of("0e999"), 0);
  EXPECT_EQ(value_of("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(value_of("9007199254740993"), 9007199254740992.0);
  EXPECT_EQ(value_of("0.95000000000000000000"), 0.95);
  EXPECT_EQ(value_of("0.98414821336000493947229e0"), 0.98414821336000493947229);
  EXPECT_EQ(value_of("5e-324"), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(value_of("2.2250738585072011e-308"), 2.2250738585072011e-308);
  EXPECT_EQ(value_of("1.7976931348623157e308"), std::numeric_limits<double>::max());
  EXPECT_EQ(value_of("1e-400"), 0);
  EXPECT_TRUE(std::signbit(value_of("-0")));
  EXPECT_TRUE(std::signbit(value_of("-0.0")));
}

TEST(decode, reads_a_number_written_as_a_string_as_that_number) {
  EXPECT_EQ(value_of(R"("12.5")"), 12.5);
  EXPECT_EQ(value_of(R"("-1e3")"), -1000);
  EXPECT_EQ(value_of(R"(" 7 ")"), 7);
  EXPECT_EQ(value_of(R"("\u0031")"), 1);
  EXPECT_EQ(value_of(R"("123456789012345678901234567890")"), 123456789012345678901234567890.0);
  EXPECT_EQ(value_of(R"("5e-324")"), std::numeric_limits<double>::denorm_min());
}

// Underflow is the number's nearest double; overflow has none. The exponent alone does not tell which it is.
TEST(decode, tells_too_small_from_too_large_in_a_string) {
  const std::string zeros(400, '0');
  EXPECT_EQ(value_of(R"("1e-400")"), 0);
  EXPECT_EQ(value_of("\"-0." + zeros + "1\""), 0);
  EXPECT_EQ(value_of("\"0." + zeros + "1e+5\""), 0);
  EXPECT_EQ(value_of("\"0." + zeros + "1e400\""), 0.1);
  EXPECT_EQ(value_of("\"1" + zeros + "e-400\""), 1);
  EXPECT_EQ(value_of(R"("1e-99999999999999999999")"), 0);
  EXPECT_EQ(value_of(R"("0e99999999999999999999")"), 0);
  EXPECT_EQ(value_code("\"1" + zeros + "e-10\""), "bad_value");
  EXPECT_EQ(value_code("\"-1" + zeros + "\""), "bad_value");
  EXPECT_EQ(value_code(R"("1e99999999999999999999")"), "bad_value");
  EXPECT_EQ(value_code(R"("1e999")"), "bad_value");
}

TEST(decode, calls_a_number_that_is_not_finite_a_bad_value) {
  for (const char* const number : {"1e999", "-1e999", "1e309", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "\"inf\""}) {
    EXPECT_EQ(value_code(number), "bad_value") << number;
  }
  EXPECT_EQ(code_of(R"({"values":{"a":1e999}})"), "bad_value");
  EXPECT_EQ(code_of(R"({"value":1,"unused":1e999})"), "bad_value");
  EXPECT_EQ(code_of(R"({"value":1,"unused":[{"deep":-1e999}]})"), "bad_value");
}

TEST(decode, calls_words_that_json_does_not_have_bad_json) {
  for (const char* const word :
       {"NaN", "Infinity", "-Infinity", "nan", "inf", "undefined", "True",  "nul", "nulll", "+1",  "01",
        "1.",  ".5",       "-",         "1e",  "1e+", "0x10",      "1_000", "--1", "1,2",   "'1'", ""}) {
    EXPECT_EQ(value_code(word), "bad_json") << word;
    EXPECT_EQ(code_of("{\"value\":1,\"unused\":" + std::string(word) + "}"), "bad_json") << word;
    EXPECT_EQ(code_of("{\"label\":" + std::string(word) + ",\"value\":1}"), "bad_json") << word;
    EXPECT_EQ(code_of("{\"seq\":" + std::string(word) + ",\"value\":1}"), "bad_json") << word;
    EXPECT_EQ(code_of("{\"ts\":" + std::string(word) + ",\"value\":1}"), "bad_json") << word;
    EXPECT_EQ(code_of("{\"stream\":" + std::string(word) + ",\"value\":1}"), "bad_json") << word;
    EXPECT_EQ(code_of("{\"values\":{\"a\":" + std::string(word) + "}}"), "bad_json") << word;
    EXPECT_EQ(code_of("{\"op\":\"ping\",\"id\":" + std::string(word) + "}"), "bad_json") << word;
  }
}

TEST(decode, calls_what_is_no_object_bad_json) {
  for (const char* const text : {"",
                                 "[]",
                                 "1",
                                 "\"x\"",
                                 "null",
                                 "x",
                                 "}",
                                 "{",
                                 "{]",
                                 "{}}",
                                 "{} {",
                                 "{\"value\":1",
                                 "{\"value\":1]",
                                 "{\"value\" 1}",
                                 "{value:1}",
                                 "{\"value\":1,}",
                                 "{,\"value\":1}",
                                 "{\"value\":1 \"seq\":2}",
                                 "{\"value\":1}x",
                                 "{\"value\":1},",
                                 "{\"value\":1}{\"value\":2}",
                                 "\xef\xbb\xbf{\"value\":1}",
                                 "{\"a\":\"x}",
                                 "{\"value\":1}\x01",
                                 "{\"value\":1/**/}"}) {
    EXPECT_EQ(code_of(text), "bad_json") << text;
  }
  EXPECT_EQ(code_of(std::string_view("{\"value\":1}\0", 12)), "bad_json");
}

TEST(decode, calls_bad_strings_bad_json) {
  for (const char* const text :
       {"{\"value\":1,\"a\":\"\xff\"}", "{\"value\":1,\"\xc0\xaf\":1}", "{\"value\":1,\"a\":\"\xed\xa0\x80\"}",
        "{\"value\":1,\"a\":\"\xf4\x90\x80\x80\"}", "{\"value\":1,\"a\":\"\xe2\x82\"}", "{\"value\":1,\"a\":\"\\x41\"}",
        "{\"value\":1,\"a\":\"\\u12g4\"}", "{\"value\":1,\"a\":\"\\uD800\"}", "{\"value\":1,\"a\":\"\\uDC00\"}",
        "{\"value\":1,\"a\":\"\\uD800\\u0041\"}", "{\"value\":1,\"a\":\"\t\"}", "{\"value\":1,\"\x01\":1}"}) {
    EXPECT_EQ(code_of(text), "bad_json") << text;
  }
}

TEST(decode, calls_duplicate_keys_bad_json) {
  for (const char* const text :
       {R"({"value":1,"value":2})", R"({"value":1,"\u0076alue":1})", R"({"value":1,"x":1,"x":1})",
        R"({"value":1,"x":1,"\u0078":1})", R"({"value":1,"x":{"a":1,"a":2}})",
        R"({"value":1,"x":[{"a":1,"\u0061":2}]})", R"({"values":{"a":1,"a":1}})", R"({"values":{"a":1,"\u0061":1}})",
        R"({"op":"ping","op":"ping"})", R"({"op":"ping","id":1,"id":2})", R"({"stream":"a","stream":"a","value":1})"}) {
    EXPECT_EQ(code_of(text), "bad_json") << text;
  }
}

TEST(decode, finds_a_duplicate_among_many_keys) {
  for (const int twice : {0, 14, 15, 16, 17, 99, 198}) {
    std::string text = "{\"value\":1";
    for (int i = 0; i < 200; ++i) text += ",\"k" + std::to_string(i) + "\":0";
    EXPECT_EQ(code_of(text + "}"), "point");
    EXPECT_EQ(code_of(text + ",\"k" + std::to_string(twice) + "\":0}"), "bad_json") << twice;
    EXPECT_EQ(code_of("{\"value\":1,\"x\":" + text + "}}"), "point");
    EXPECT_EQ(code_of("{\"value\":1,\"x\":" + text + ",\"k" + std::to_string(twice) + "\":0}}"), "bad_json") << twice;
  }
}

TEST(decode, takes_eight_levels_and_refuses_nine) {
  EXPECT_EQ(code_of(nested(8)), "point");
  EXPECT_EQ(code_of(nested(9)), "bad_json");
  EXPECT_EQ(code_of("{\"op\":\"ping\"," + nested(8).substr(1)), "command");
  EXPECT_EQ(code_of("{\"op\":\"ping\"," + nested(9).substr(1)), "bad_json");
  EXPECT_EQ(code_of("{\"value\":1,\"x\":" + std::string(30'000, '[') + std::string(30'000, ']') + "}"), "bad_json");
  EXPECT_EQ(code_of("{\"value\":" + std::string(30'000, '[') + std::string(30'000, ']') + "}"), "bad_json");
}

TEST(decode, calls_what_is_neither_point_nor_command_a_bad_frame) {
  for (const char* const text : {"{}",
                                 R"({"stream":"a"})",
                                 R"({"value":1,"values":{"a":1}})",
                                 R"({"value":null})",
                                 R"({"value":true})",
                                 R"({"value":[1]})",
                                 R"({"value":{"a":1}})",
                                 R"({"value":""})",
                                 R"({"value":"x"})",
                                 R"({"value":"0x10"})",
                                 R"({"value":"1 2"})",
                                 R"({"value":"+1"})",
                                 R"({"value":"01"})",
                                 R"({"values":{}})",
                                 R"({"values":[1]})",
                                 R"({"values":1})",
                                 R"({"values":null})",
                                 R"({"values":{"a":null}})",
                                 R"({"values":{"a":"b"}})",
                                 R"({"values":{"a":{}}})",
                                 R"({"values":{"":1}})",
                                 R"({"values":{" ":1}})",
                                 R"({"values":{"a?":1}})",
                                 R"({"value":1,"label":1})",
                                 R"({"value":1,"label":"true"})",
                                 R"({"value":1,"label":null})",
                                 R"({"value":1,"stream":1})",
                                 R"({"value":1,"stream":null})",
                                 R"({"value":1,"stream":["a"]})",
                                 R"({"value":1,"ts":1.5})",
                                 R"({"value":1,"ts":1e3})",
                                 R"({"value":1,"ts":null})",
                                 R"({"value":1,"ts":{}})",
                                 R"({"value":1,"ts":"yesterday"})",
                                 R"({"value":1,"ts":""})",
                                 R"({"op":1})",
                                 R"({"op":null,"value":1})"}) {
    EXPECT_EQ(code_of(text), "bad_frame") << text;
  }
}

TEST(decode, holds_names_to_their_alphabet_and_length) {
  for (const std::string& name :
       {std::string("a"), std::string("0"), std::string("A.b_c:d/e=f,g@h+i-j"), std::string(256, 'z'),
        std::string("9-"), std::string(".a"), std::string("living room"), std::string("a'"), std::string("\\u00e9"),
        std::string("\xc3\xa9"), std::string("\\u0061")}) {
    EXPECT_EQ(code_of("{\"value\":1,\"stream\":\"" + name + "\"}"), "point") << name;
  }
  for (const std::string& name :
       {std::string(), std::string(257, 'z'), std::string(" a"), std::string("a "), std::string("a*"),
        std::string("a?"), std::string("a\\u0000"), std::string("a\\n"), std::string("a\\\"b"), std::string("a\\\\b"),
        std::string("a\x7f"), std::string("\\u202ea"), std::string("a\\u00a0"), std::string("\\u0085")}) {
    EXPECT_EQ(code_of("{\"value\":1,\"stream\":\"" + name + "\"}"), "bad_stream") << name;
  }
  EXPECT_EQ(code_of("{\"values\":{\"" + std::string(64, 'f') + "\":1}}"), "point");
  EXPECT_EQ(code_of("{\"values\":{\"" + std::string(65, 'f') + "\":1}}"), "bad_frame");
}

TEST(decode, takes_64_features_and_refuses_65) {
  std::string text = "{\"values\":{\"f0\":0";
  for (int i = 1; i < 64; ++i) text += ",\"f" + std::to_string(i) + "\":" + std::to_string(i);
  const decoded full(text + "}}");
  ASSERT_EQ(full.code(), "point");
  EXPECT_EQ(full.as_point().values.size(), 64U);
  EXPECT_EQ(full.as_point().values[63].value, 63);
  EXPECT_EQ(code_of(text + ",\"f64\":64}}"), "bad_frame");
}

TEST(decode, reads_times_as_integers_and_as_rfc_3339) {
  const auto ts_of = [](const std::string& ts) {
    const decoded found("{\"value\":1,\"ts\":" + ts + "}");
    return found.is_point() ? found.as_point().ts : std::nullopt;
  };
  EXPECT_EQ(ts_of("0"), 0);
  EXPECT_EQ(ts_of("-1"), -1);
  EXPECT_EQ(ts_of("\"1764000000000\""), 1'764'000'000'000);
  EXPECT_EQ(ts_of("\"2026-11-21T19:52:24.123Z\""), 1'795'290'744'123);
  EXPECT_EQ(ts_of("253402300799999"), limits::ts_ms_max);
  EXPECT_EQ(ts_of("-62135596800000"), limits::ts_ms_min);
  EXPECT_EQ(ts_of("\"9999-12-31T23:59:59.999Z\""), limits::ts_ms_max);
  for (const char* const ts :
       {"253402300800000", "-62135596800001", "99999999999999999999", "-99999999999999999999",
        "\"99999999999999999999\"", "1e999", "\"0000-12-31T23:59:59Z\"", "\"9999-12-31T23:59:59-01:00\""}) {
    EXPECT_EQ(code_of("{\"value\":1,\"ts\":" + std::string(ts) + "}"), "bad_value") << ts;
  }
}

TEST(decode, tells_micro_and_nanoseconds_and_decimal_seconds_by_their_size) {
  const auto unit_of = [](const std::string& ts, std::int64_t wanted_ms) {
    const decoded found("{\"value\":1,\"ts\":" + ts + "}");
    EXPECT_TRUE(found.is_point()) << ts;
    if (!found.is_point()) return time_unit::none;
    EXPECT_EQ(found.as_point().ts, wanted_ms) << ts;
    return found.as_point().unit;
  };
  EXPECT_EQ(unit_of("1764000000123456", 1'764'000'000'123), time_unit::microseconds);
  EXPECT_EQ(unit_of("1764000000123456789", 1'764'000'000'123), time_unit::nanoseconds);
  EXPECT_EQ(unit_of("1764000000.5", 1'764'000'000'500), time_unit::seconds);
  EXPECT_EQ(unit_of("1764000000123.75", 1'764'000'000'123), time_unit::milliseconds);
  // Only their stream knows what these are.
  EXPECT_EQ(unit_of("1764000000", 1'764'000'000), time_unit::milliseconds);
  EXPECT_EQ(unit_of("1764000000000", 1'764'000'000'000), time_unit::milliseconds);
  EXPECT_EQ(unit_of("\"2026-11-21T19:52:24.123Z\"", 1'795'290'744'123), time_unit::none);
}

TEST(decode, reads_seq_from_1_to_2_to_the_53_less_1) {
  const auto seq_of = [](const std::string& seq) {
    const decoded found("{\"value\":1,\"seq\":" + seq + "}");
    return found.is_point() ? found.as_point().seq : 0;
  };
  EXPECT_EQ(seq_of("1"), 1U);
  EXPECT_EQ(seq_of("9007199254740991"), limits::seq_max);
  EXPECT_EQ(seq_of("\"17\""), 17U);
  for (const char* const seq : {"0", "-1", "-0", "9007199254740992", "18446744073709551616", "99999999999999999999999",
                                "1.0", "1e3", "\"x\"", "\"\"", "\"1.5\"", "null", "true", "[1]", "{}"}) {
    EXPECT_EQ(code_of("{\"value\":1,\"seq\":" + std::string(seq) + "}"), "bad_seq") << seq;
  }
}

TEST(decode, reads_seq_for_its_error_wherever_it_stands) {
  for (const char* const text :
       {R"({"seq":17,"value":"x"})", R"({"value":"x","seq":17})", R"({"stream":"*","value":1,"seq":17})",
        R"({"seq":17})", R"({"value":1e999,"seq":17})", R"({"x":[1e999],"value":1,"seq":17})",
        R"({"values":{},"seq":17})", R"({"ts":"x","value":1,"seq":"17"})", R"({"label":3,"value":1,"seq":17})",
        R"({"seq":17,"value":nul})"}) {
    const decoded found(text);
    ASSERT_NE(found.code(), "point");
    EXPECT_EQ(found.as_error().seq, 17U) << text;
  }
  EXPECT_EQ(decoded(R"({"value":"x"})").as_error().seq, 0U);
  EXPECT_EQ(decoded(R"({"value":"x","seq":-1})").as_error().seq, 0U);
}

TEST(decode, reports_the_first_of_several_things_that_are_wrong) {
  EXPECT_EQ(code_of(R"({"stream":"*","value":"x","seq":0})"), "bad_stream");
  EXPECT_EQ(code_of(R"({"seq":0,"stream":"*","value":"x"})"), "bad_seq");
  EXPECT_EQ(code_of(R"({"seq":0,"stream":"*","value":"x)"), "bad_json");
}

TEST(decode, says_nothing_that_is_not_valid_text) {
  for (const char* const text : {"{\"\xff\":1}", "{}", R"({"value":"\u0000"})", R"({"stream":"\ud83d\ude00"})"}) {
    const decoded found(text);
    EXPECT_FALSE(found.as_error().message.empty());
    for (const char c : found.as_error().message) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << text;
  }
}

TEST(decode, goes_on_after_a_bad_frame_as_if_nothing_had_been) {
  decoder frames;
  const padded_text good(R"({"value":1})");
  for (const char* const text :
       {"{\"seq\":5,\"value\":", "{\"op\":\"nonsense\"}", "{\"value\":\"x\",\"label\":true}", "{\"\xff\"}"}) {
    const padded_text bad(text);
    EXPECT_TRUE(std::holds_alternative<protocol_error>(frames.decode(bad.view())));
    const frame next = frames.decode(good.view());
    ASSERT_TRUE(std::holds_alternative<point>(next));
    EXPECT_EQ(std::get<point>(next).seq, 0U);
    EXPECT_EQ(std::get<point>(next).label, std::nullopt);
  }
}

}  // namespace
}  // namespace spindrift
