#include "common/protocol/encode.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/model/event.hpp"
#include "common/model/limit.hpp"
#include "common/model/verdict.hpp"
#include "common/protocol/frame_limits.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/time_limits.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

template <class... What>
std::string line_of(const What&... what) {
  std::string line;
  encode(what..., line);
  return line;
}

verdict plain_verdict() {
  verdict what;
  what.subject.stream = "cpu";
  what.subject.value = 0.42;
  what.subject.ts = 1'764'000'000'000;
  what.n = 1'834;
  what.expected = 0.5;
  what.sigma = 0.25;
  what.z = -0.32;
  return what;
}

TEST(encode, writes_a_verdict_in_the_order_of_the_contract) {
  verdict what = plain_verdict();
  what.subject.seq = 17;
  what.score = 0.125;
  EXPECT_EQ(line_of(what),
            R"({"type":"verdict","stream":"cpu","seq":17,"n":1834,"ts":1764000000000,"value":0.42,)"
            R"("expected":0.5,"sigma":0.25,"z":-0.32,"anomaly":false,"drift":false,"alarm":false,"score":0.125})"
            "\n");
}

TEST(encode, leaves_out_what_was_not_sent_and_what_is_off) {
  const std::string line = line_of(plain_verdict());
  for (const char* const absent :
       {"seq", "label", "alarm", "score", "adwin", "by", "feature", "warmup", "dup", "values"}) {
    EXPECT_EQ(line.find('"' + std::string(absent) + '"'), std::string::npos) << absent;
  }
}

TEST(encode, writes_everything_that_a_verdict_can_say) {
  const std::vector<feature> values = {{"a", 1}, {"b/c", -2.5}};
  verdict what = plain_verdict();
  what.subject.values = values;
  what.subject.label = false;
  what.feature = "b/c";
  what.anomaly = true;
  what.by = 3;
  what.drift = adwin_cut{96, 1.5, 0.5};
  what.alarm = true;
  what.score = 7.5;
  what.warmup = true;
  what.dup = true;
  const auto read = nlohmann::json::parse(line_of(what));
  EXPECT_EQ(read["values"], nlohmann::json::parse(R"({"a":1.0,"b/c":-2.5})"));
  EXPECT_FALSE(read.contains("value"));
  EXPECT_EQ(read["feature"], "b/c");
  EXPECT_EQ(read["by"], "zscore,iforest");
  EXPECT_EQ(read["adwin"], nlohmann::json::parse(R"({"width":96.0,"mean":1.5,"before":0.5})"));
  for (const char* const yes : {"anomaly", "drift", "alarm", "warmup", "dup"}) EXPECT_EQ(read[yes], true) << yes;
  EXPECT_EQ(read["label"], false);
}

TEST(encode, writes_what_is_derived_with_six_digits_and_what_was_sent_to_the_last) {
  verdict what = plain_verdict();
  what.subject.value = 0.1234567890123;
  what.expected = 21.123456789;
  what.sigma = 0.000123456789;
  what.z = -1234567.89;
  what.score = 2.0 / 3;
  const std::string line = line_of(what);
  for (const char* const part : {R"("value":0.1234567890123,)", R"("expected":21.1235,)", R"("sigma":0.000123457,)",
                                 R"("z":-1234570,)", R"("score":0.666667)"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " is missing in " << line;
  }
}

TEST(encode, writes_what_each_feature_of_a_point_was_expected_to_be_in_the_order_of_its_values) {
  const std::vector<feature> values = {{"b", 1}, {"a", 2}};
  const std::vector<feature_verdict> by_feature = {{1.5, 0.25, -2}, {2.5, 0.5, -1}};
  verdict what = plain_verdict();
  what.subject.values = values;
  what.by_feature = by_feature;
  what.feature = "b";
  EXPECT_NE(line_of(what).find(
                R"("expected":{"b":1.5,"a":2.5},"sigma":{"b":0.25,"a":0.5},"z":{"b":-2,"a":-1},"feature":"b",)"),
            std::string::npos)
      << line_of(what);
}

TEST(encode, names_the_detector_that_found_an_anomaly) {
  verdict what = plain_verdict();
  what.anomaly = true;
  what.by = static_cast<std::uint8_t>(point_detector::zscore);
  EXPECT_NE(line_of(what).find(R"("anomaly":true,"by":"zscore",)"), std::string::npos);
  what.by = static_cast<std::uint8_t>(point_detector::isolation_forest);
  EXPECT_NE(line_of(what).find(R"("anomaly":true,"by":"iforest",)"), std::string::npos);
}

TEST(encode, writes_null_for_what_is_not_finite) {
  verdict what = plain_verdict();
  what.z = std::numeric_limits<double>::infinity();
  what.sigma = std::nan("");
  const auto read = nlohmann::json::parse(line_of(what));
  EXPECT_TRUE(read["z"].is_null());
  EXPECT_TRUE(read["sigma"].is_null());
}

// The line's window is sized in advance: the longest numbers everywhere must fit (a debug build asserts that they do).
TEST(encode, has_room_for_the_longest_numbers) {
  const double longest = -2.2250738585072014e-308;
  const std::string long_name(limits::feature_bytes_max, 'f');
  std::vector<feature> values(model::features_max, feature{long_name, longest});
  const std::string stream(limits::stream_bytes_max, 's');
  verdict what;
  what.subject.stream = stream;
  what.subject.seq = limits::seq_max;
  what.subject.ts = limits::ts_ms_min;
  what.subject.label = false;
  what.n = std::numeric_limits<std::uint64_t>::max();
  what.expected = what.sigma = what.z = what.subject.value = longest;
  what.anomaly = what.alarm = what.warmup = what.dup = what.late = true;
  what.event = std::numeric_limits<std::uint64_t>::max();
  what.kind = event_kind::unreadable;
  what.by = (1U << point_detector_names.size()) - 1;
  what.drift = adwin_cut{longest, longest, longest};
  what.score = longest;
  std::string alone;
  alone.reserve(16);
  encode(what, alone);
  EXPECT_LE(alone.size(), line_bytes_max(what));
  EXPECT_GT(2 * alone.size(), line_bytes_max(what)) << "a bound, not a guess";
  EXPECT_TRUE(nlohmann::json::accept(alone));
  const std::vector<feature_verdict> by_feature(values.size(), feature_verdict{longest, longest, longest});
  what.subject.values = values;
  what.by_feature = by_feature;
  what.feature = long_name;
  const std::string full = line_of(what);
  EXPECT_LE(full.size(), line_bytes_max(what));
  EXPECT_TRUE(full.ends_with("}\n"));
  EXPECT_TRUE(line_of(what.subject).ends_with("}\n"));
}

TEST(encode, writes_doubles_in_the_shortest_form_that_reads_back_the_same) {
  support::noise_source noise(7);
  for (int i = 0; i < 200'000; ++i) {
    const double number = std::bit_cast<double>(noise.bits());
    if (!std::isfinite(number)) continue;
    std::string text;
    append_number(number, text);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(std::strtod(text.c_str(), nullptr)), std::bit_cast<std::uint64_t>(number))
        << text;
    ASSERT_LE(text.size(), 24U);
  }
  std::string text;
  for (const double number : {0.1, -0.0, 1e300, 5e-324, 100.0, 1e21}) append_number(number, text += ' ');
  EXPECT_EQ(text, " 0.1 -0 1e+300 5e-324 100 1e+21");
}

TEST(encode, writes_random_verdicts_as_valid_json) {
  support::noise_source noise(11);
  const auto number = [&noise] { return std::bit_cast<double>(noise.bits()); };
  for (int i = 0; i < 20'000; ++i) {
    verdict what;
    const std::vector<feature> values = {{"a", number()}, {"b", number()}};
    what.subject.stream = "s";
    what.subject.value = number();
    if (noise.chance(0.5)) what.subject.values = values;
    what.subject.seq = noise.below(3);
    if (noise.chance(0.5)) what.subject.label = noise.chance(0.5);
    what.subject.ts = static_cast<std::int64_t>(noise.bits());
    what.n = noise.bits();
    what.expected = number();
    what.sigma = number();
    what.z = number();
    what.anomaly = noise.chance(0.5);
    what.by = static_cast<std::uint8_t>(noise.below(1U << point_detector_names.size()));
    if (noise.chance(0.5)) what.drift = adwin_cut{number(), number(), number()};
    if (noise.chance(0.5)) what.score = number();
    what.alarm = noise.chance(0.5);
    what.warmup = noise.chance(0.5);
    what.dup = noise.chance(0.5);
    const std::string line = line_of(what);
    ASSERT_TRUE(nlohmann::json::accept(line)) << line;
    ASSERT_EQ(line.find('\n'), line.size() - 1);
  }
}

TEST(encode, writes_a_point) {
  point what;
  what.stream = "cpu";
  what.value = 0.5;
  EXPECT_EQ(line_of(what), "{\"stream\":\"cpu\",\"value\":0.5}\n");
  what.seq = 3;
  what.ts = -1;
  what.label = true;
  EXPECT_EQ(line_of(what), "{\"stream\":\"cpu\",\"seq\":3,\"ts\":-1,\"value\":0.5,\"label\":true}\n");
}

TEST(encode, writes_an_error_with_what_is_known_of_its_frame) {
  const auto error_line = [](const protocol_error& what, std::uint64_t frame_number) {
    std::string line;
    encode(what, frame_number, line);
    return line;
  };
  EXPECT_EQ(error_line({error_code::bad_json, "not valid JSON", 17}, 12),
            "{\"type\":\"error\",\"code\":\"bad_json\",\"message\":\"not valid JSON\",\"frame\":12,\"seq\":17}\n");
  EXPECT_EQ(error_line({error_code::idle, "x"}, 0), "{\"type\":\"error\",\"code\":\"idle\",\"message\":\"x\"}\n");
  EXPECT_EQ(error_line({error_code::unknown_op, "x", 0, "\"a\""}, 1),
            "{\"type\":\"error\",\"code\":\"unknown_op\",\"message\":\"x\",\"frame\":1,\"id\":\"a\"}\n");
}

TEST(encode, escapes_text_so_that_it_is_valid_and_stays_on_its_line) {
  std::string out;
  append_json_string("a\"b\\c\nd\te\x01\x7f/\xc3\xa9", out);
  EXPECT_EQ(out, "\"a\\\"b\\\\c\\u000ad\\u0009e\\u0001\\u007f/\xc3\xa9\"");
}

TEST(encode, writes_the_replacement_character_for_bad_utf8) {
  support::noise_source noise(5);
  for (int i = 0; i < 5'000; ++i) {
    std::string text;
    const std::uint64_t length = noise.below(12);
    for (std::uint64_t at = 0; at < length; ++at) {
      text += static_cast<char>(noise.chance(0.7) ? 0x80 + noise.below(128) : noise.below(128));
    }
    std::string out;
    append_json_string(text, out);
    ASSERT_TRUE(nlohmann::json::accept(out));
  }
  std::string out;
  append_json_string("\xff\xed\xa0\x80", out);
  EXPECT_EQ(out, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace spindrift
