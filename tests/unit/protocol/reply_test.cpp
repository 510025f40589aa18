#include "common/protocol/reply.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include "common/protocol/encode.hpp"
#include "common/protocol/frame_limits.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

using support::padded_text;

// Reads one line and keeps what the reply looks into.
class read_line {
public:
  explicit read_line(std::string_view text) : text_(text), what_(reader_.read(text_.view())) {}
  template <class Reply>
  const Reply* as() const {
    return std::get_if<Reply>(&what_);
  }

private:
  padded_text text_;
  reply_reader reader_;
  reply what_;
};

// Whatever encode writes is read back to the same verdict: shown by writing it again.
TEST(reply, reads_back_every_verdict_that_encode_writes) {
  support::noise_source noise(3);
  const auto number = [&noise] {
    for (;;) {
      const double candidate = std::bit_cast<double>(noise.bits());
      if (std::isfinite(candidate)) return candidate;
    }
  };
  reply_reader reader;
  for (int i = 0; i < 5'000; ++i) {
    const std::vector<feature> values = {{"a", number()}, {"b", number()}};
    verdict what;
    what.subject.stream = "some/stream";
    what.subject.value = number();
    if (noise.chance(0.5)) what.subject.values = values;
    what.subject.seq = noise.below(2) * limits::seq_max;
    what.subject.ts = static_cast<std::int64_t>(noise.below(1U << 30U)) - (1 << 29);
    if (noise.chance(0.5)) what.subject.label = noise.chance(0.5);
    what.n = noise.below(1'000'000);
    what.expected = number();
    what.sigma = number();
    what.z = number();
    if (what.subject.is_multivariate()) what.feature = "b";
    what.by = static_cast<std::uint8_t>(noise.below(4));
    what.anomaly = what.by != 0;
    if (noise.chance(0.5)) what.drift = adwin_cut{number(), number(), number()};
    if (noise.chance(0.5)) what.score = number();
    what.alarm = what.score && noise.chance(0.5);
    what.warmup = noise.chance(0.5);
    what.dup = noise.chance(0.5);
    std::string line;
    encode(what, line);
    const padded_text padded(std::string_view(line).substr(0, line.size() - 1));
    const reply found = reader.read(padded.view());
    const auto* const read = std::get_if<verdict>(&found);
    ASSERT_NE(read, nullptr) << line;
    std::string again;
    encode(*read, again);
    ASSERT_EQ(again, line);
  }
}

TEST(reply, reads_errors) {
  std::string line;
  encode(protocol_error{error_code::bad_value, "\"x\" \xc3\xa9\n", 17}, 12, line);
  const read_line found(line);
  ASSERT_NE(found.as<error_reply>(), nullptr);
  EXPECT_EQ(found.as<error_reply>()->code, "bad_value");
  EXPECT_EQ(found.as<error_reply>()->message, "\"x\" \xc3\xa9\n");
  EXPECT_EQ(found.as<error_reply>()->frame, 12U);
  EXPECT_EQ(found.as<error_reply>()->seq, 17U);
}

TEST(reply, reads_welcome) {
  const read_line found(R"({"type":"welcome","version":1,"server":"spindrift/0.1.0","producer":"plant-7",)"
                        R"("last_seq":1234,"in_flight_max":1024})");
  const auto* const welcome = found.as<welcome_reply>();
  ASSERT_NE(welcome, nullptr);
  EXPECT_EQ(welcome->version, 1);
  EXPECT_EQ(welcome->server, "spindrift/0.1.0");
  EXPECT_EQ(welcome->producer, "plant-7");
  EXPECT_EQ(welcome->last_seq, 1234U);
  EXPECT_EQ(welcome->in_flight_max, 1024U);
}

TEST(reply, reads_acknowledgements) {
  ASSERT_NE(read_line(R"({"type":"ack","seq":17})").as<ack_reply>(), nullptr);
  EXPECT_EQ(read_line(R"({"type":"ack","seq":17})").as<ack_reply>()->seq, 17U);
  EXPECT_EQ(read_line(R"({"type":"ack","seq":17})").as<ack_reply>()->frames, 0U);
  EXPECT_EQ(read_line(R"({"type":"ack","frames":3})").as<ack_reply>()->frames, 3U);
  EXPECT_EQ(read_line(R"({"type":"ack","more":true})").as<ack_reply>()->seq, 0U);
}

TEST(reply, reads_the_small_replies) {
  ASSERT_NE(read_line(R"({"type":"gap","missed":17})").as<gap_reply>(), nullptr);
  EXPECT_EQ(read_line(R"({"type":"gap","missed":17})").as<gap_reply>()->missed, 17U);
  EXPECT_NE(read_line(R"({"type":"subscribed"})").as<subscribed_reply>(), nullptr);
  EXPECT_NE(read_line(R"({"type":"pong","id":1})").as<pong_reply>(), nullptr);
  ASSERT_NE(read_line(R"({"type":"stats","points":1})").as<other_reply>(), nullptr);
  EXPECT_EQ(read_line(R"({"type":"stats","points":1})").as<other_reply>()->type, "stats");
}

TEST(reply, passes_over_what_a_newer_server_may_add) {
  const read_line found(R"({"type":"verdict","new":{"x":[1,2]},"stream":"a","n":3,"later":"y"})");
  ASSERT_NE(found.as<verdict>(), nullptr);
  EXPECT_EQ(found.as<verdict>()->n, 3U);
}

TEST(reply, takes_a_field_of_another_type_for_absent) {
  const read_line found(R"({"type":"verdict","stream":5,"n":3,"z":null,"score":null,"values":7,"adwin":null,"by":1})");
  ASSERT_NE(found.as<verdict>(), nullptr);
  EXPECT_EQ(found.as<verdict>()->n, 3U);
  EXPECT_EQ(found.as<verdict>()->z, 0);
  EXPECT_EQ(found.as<verdict>()->score, std::nullopt);
  EXPECT_EQ(found.as<verdict>()->drift, std::nullopt);
}

TEST(reply, says_what_it_cannot_read) {
  for (const char* const line :
       {"", "x", "[]", "{}", "{\"type\":5}", "{\"typ\\u0065\":\"\\ud800\"}", "{\"type\":\"error\",\"frame\":1e999}",
        "{\"type\":\"verdict\",\"n\":-1}", "{\"a\":1"}) {
    EXPECT_NE(read_line(line).as<unreadable_reply>(), nullptr) << line;
  }
}

// A key with an escape is kept aside while its value, with escapes too, is read.
TEST(reply, keeps_an_escaped_key_while_it_reads_an_escaped_value) {
  const std::string text(300, 'a');
  const read_line found("{\"type\":\"error\",\"messag\\u0065\":\"" + text + "\\ud800\"}");
  ASSERT_NE(found.as<unreadable_reply>(), nullptr);
  EXPECT_EQ(found.as<unreadable_reply>()->reason, "bad value of \"message\"");
}

TEST(reply, reads_at_most_64_features) {
  std::string values;
  for (int i = 0; i < 65; ++i) values += (i > 0 ? ",\"f" : "\"f") + std::to_string(i) + "\":1";
  EXPECT_NE(read_line("{\"type\":\"verdict\",\"values\":{" + values + "}}").as<unreadable_reply>(), nullptr);
}

}  // namespace
}  // namespace spindrift
