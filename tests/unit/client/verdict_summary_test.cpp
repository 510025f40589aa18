#include "client/verdict_summary.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "client/noise.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/inbox.hpp"
#include "common/protocol/reply.hpp"

namespace spindrift {
namespace {

constexpr std::string_view plain =
    R"({"type":"verdict","stream":"cpu","seq":17,"n":1834,"ts":1764000000000,"value":0.42,"expected":0.47,)"
    R"("sigma":0.16,"z":-0.31,"anomaly":false,"drift":false,"alarm":false,"score":0.12})";

TEST(verdict_summary, sees_number_and_flags_of_a_verdict) {
  const auto seen = read_verdict_summary(plain);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->seq, 17U);
  EXPECT_FALSE(seen->flags.anomaly || seen->flags.drift || seen->flags.alarm || seen->dup);
}

TEST(verdict_summary, is_not_misled_by_values_that_look_like_keys) {
  const auto seen = read_verdict_summary(
      R"({"type":"verdict","stream":"anomaly","n":1,"values":{"drift":1,"seq":9},"feature":"alarm","seq":3,)"
      R"("anomaly":true,"by":"zscore,iforest","drift":true,"adwin":{"width":1,"alarm":2},"alarm":true,"dup":true})");
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->seq, 3U);
  EXPECT_TRUE(seen->flags.anomaly && seen->flags.drift && seen->flags.alarm && seen->dup);
}

TEST(verdict_summary, leaves_everything_else_to_the_reader) {
  for (const std::string_view line :
       {R"({"type":"error","code":"bad_json","message":"x"})", R"({"type":"welcome","version":1})",
        R"({"type": "verdict","seq":1})", R"({"seq":1,"type":"verdict"})", R"({"type":"verdict","seq":"1"})",
        R"({"type":"verdict","seq":1.5})", R"({"type":"verdict","seq":12345678901234567})",
        R"({"type":"verdict","anomaly":null})", R"({"type":"verdict","stream":"a\"b"})",
        R"({"type":"verdict","x":[1,2]})", R"({"type":"verdict","x":{"y":{"z":1}}})", R"({"type":"verdict","seq":1)",
        R"({"type":"verdict","seq":1}})", R"({"type":"verdict",})", R"({"type":"verdict""seq":1})", "", "{}", "null"}) {
    EXPECT_FALSE(read_verdict_summary(line)) << line;
  }
}

TEST(verdict_summary, never_reads_beyond_a_line_that_was_cut) {
  for (std::size_t length = 0; length < plain.size(); ++length) {
    const std::string exact(plain.substr(0, length));  // ASan sees one byte too many
    EXPECT_FALSE(read_verdict_summary(exact)) << length;
  }
}

// Goal: whatever the server's encoder writes is seen as the full reader sees it. Method: random verdicts of every
// shape.
TEST(verdict_summary, agrees_with_the_full_reader_on_every_verdict_our_server_writes) {
  noise_source noise(4);
  const feature features[] = {{"temperature", 21.5}, {"drift", -3}};
  reply_reader reader;
  for (int i = 0; i < 2'000; ++i) {
    verdict made;
    made.subject.stream = "plant-7/cpu";
    made.subject.seq = noise.coin() ? noise.bits() >> 11U : 0;
    made.subject.ts = 1'764'000'000'000;
    if (noise.coin()) made.subject.values = features;
    made.subject.value = noise.normal(1e3);
    if (noise.coin()) made.subject.label = noise.coin();
    made.n = noise.bits() >> 20U;
    made.z = noise.normal();
    made.anomaly = noise.coin();
    made.by = 1;
    if (noise.coin()) made.drift = adwin_cut{32, 1.5, 2.5};
    made.alarm = noise.coin();
    if (made.alarm || noise.coin()) made.score = noise.uniform();
    made.warmup = noise.coin();
    made.dup = noise.coin();
    made.late = noise.coin();
    std::string line;
    encode(made, line);
    line.pop_back();
    const std::size_t length = line.size();
    line.append(inbox::padding_bytes, ' ');
    const std::string_view bytes(line.data(), length);
    const auto seen = read_verdict_summary(bytes);
    ASSERT_TRUE(seen) << bytes;
    const reply read = reader.read(bytes);
    const auto& full = std::get<verdict>(read);
    EXPECT_EQ(seen->seq, full.subject.seq) << bytes;
    EXPECT_EQ(seen->flags.anomaly, full.anomaly) << bytes;
    EXPECT_EQ(seen->flags.drift, full.drift.has_value()) << bytes;
    EXPECT_EQ(seen->flags.alarm, full.alarm) << bytes;
    EXPECT_EQ(seen->dup, full.dup) << bytes;
    EXPECT_EQ(seen->late, made.late) << bytes;
  }
}

}  // namespace
}  // namespace spindrift
