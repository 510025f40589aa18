// Bodies of requests: remote write, OpenTelemetry, Influx, JSON.
#include "server/formats/body.hpp"

#include <gtest/gtest.h>
#include <snappy.h>

#include <bit>
#include <cstring>
#include <limits>
#include <string>

#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

// A writer of protobuf, for what the readers are fed.
std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(0x80U | (value & 0x7fU));
  return out += static_cast<char>(value);
}
std::string bytes_field(unsigned number, const std::string& value) {
  return varint(number << 3U | 2U) + varint(value.size()) + value;
}
std::string integer_field(unsigned number, std::uint64_t value) {
  return varint(number << 3U) + varint(value);
}
std::string fixed_field(unsigned number, std::uint64_t value) {
  std::string out = varint(number << 3U | 1U);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
  return out;
}
std::string real_field(unsigned number, double value) {
  return fixed_field(number, std::bit_cast<std::uint64_t>(value));
}
std::string pair(const std::string& name, const std::string& value) {
  return bytes_field(1, bytes_field(1, name) + bytes_field(2, value));
}

std::string write_request() {
  const auto sample = [](double value, std::int64_t ts) {
    return bytes_field(2, real_field(1, value) + integer_field(2, static_cast<std::uint64_t>(ts)));
  };
  return bytes_field(1, pair("__name__", "up") + pair("job", "a") + sample(1, 1'795'286'073'000) +
                            sample(0.5, 1'795'286'074'000)) +
         bytes_field(1, pair("__name__", "stale") + sample(std::numeric_limits<double>::quiet_NaN(), 1)) +
         bytes_field(3, "metadata is passed over");
}

std::string packed(const std::string& message) {
  std::string out;
  snappy::Compress(message.data(), message.size(), &out);
  return out;
}

TEST(remote_write, gives_a_point_for_every_sample) {
  parsed into;
  ASSERT_TRUE(read_remote_write(packed(write_request()), into));
  EXPECT_EQ(shown(into), "up,job=a=1@1795286073000 up,job=a=0.5@1795286074000");
  EXPECT_EQ(into.skipped(), 1U);
}

TEST(remote_write, refuses_what_is_none_of_it) {
  std::string lies = packed(write_request());
  lies[0] = '\x7f';
  for (const std::string& body : {std::string("not snappy"), std::string(), lies, packed("not protobuf"),
                                  std::string("\xff\xff\xff\xff\x0f", 5)}) {
    parsed into;
    EXPECT_EQ(read_remote_write(body, into), body == packed(""));
  }
}

TEST(remote_write, survives_every_cut_and_every_changed_byte) {
  const std::string request = write_request();
  for (std::size_t at = 0; at < request.size(); ++at) {
    parsed into;
    (void)read_write_request(std::string_view(request).substr(0, at), into);
    EXPECT_LE(into.points().size(), 2U);
    for (const char flip : {'\x01', '\x80', '\x7f'}) {
      std::string changed = request;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      parsed other;
      (void)read_write_request(changed, other);
    }
  }
}

std::string metrics_request() {
  const auto attribute = [](unsigned number, const std::string& key, const std::string& value) {
    return bytes_field(number, bytes_field(1, key) + bytes_field(2, value));
  };
  const std::string time = fixed_field(3, 1'795'286'073'000'000'000U);
  const std::string gauge = bytes_field(1, "temp") + bytes_field(5, bytes_field(1, time + real_field(4, 21.5)));
  const std::string sum =
      bytes_field(1, "hits") +
      bytes_field(7, bytes_field(1, time + fixed_field(6, 42) + attribute(7, "code", integer_field(3, 200))));
  const std::string histogram =
      bytes_field(1, "lat") + bytes_field(9, bytes_field(1, time + fixed_field(4, 4) + real_field(5, 10)));
  const std::string resource =
      attribute(1, "service.name", bytes_field(1, "shop")) + attribute(1, "process.pid", integer_field(3, 7));
  return bytes_field(1, bytes_field(1, resource) +
                            bytes_field(2, bytes_field(2, gauge) + bytes_field(2, sum) + bytes_field(2, histogram)));
}

TEST(otlp, reads_gauges_sums_and_histograms) {
  parsed into;
  ASSERT_TRUE(read_otlp(metrics_request(), into));
  EXPECT_EQ(shown(into),
            "temp,service.name=shop=21.5@1795286073000 hits,code=200,service.name=shop=42@1795286073000 "
            "lat_count,service.name=shop=4@1795286073000 lat_sum,service.name=shop=10@1795286073000 "
            "lat_mean,service.name=shop=2.5@1795286073000");
}

TEST(otlp, sums_that_only_grow_since_a_fixed_start_are_counters) {
  const std::string value = bytes_field(1, fixed_field(6, 42));
  const auto request = [&](const std::string& settings) {
    const std::string sum = bytes_field(1, "hits") + bytes_field(7, value + settings);
    return bytes_field(1, bytes_field(2, bytes_field(2, sum)));
  };
  const auto read = [](const std::string& body) {
    parsed into;
    read_otlp(body, into);
    return shown(into);
  };
  EXPECT_EQ(read(request(integer_field(2, 2) + integer_field(3, 1))), "hits=42+");
  EXPECT_EQ(read(request(integer_field(2, 1) + integer_field(3, 1))), "hits=42");
  EXPECT_EQ(read(request(integer_field(2, 2))), "hits=42");
  const auto json = [&](const std::string& settings) {
    parsed into;
    read_otlp_json_body(
        R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"hits","sum":{"dataPoints":[{"asInt":"42"}])" +
            settings + "}}]}]}]}",
        into);
    return shown(into);
  };
  EXPECT_EQ(json(R"(,"aggregationTemporality":2,"isMonotonic":true)"), "hits=42+");
  EXPECT_EQ(json(R"(,"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","isMonotonic":true)"), "hits=42+");
  EXPECT_EQ(json(R"(,"aggregationTemporality":1,"isMonotonic":true)"), "hits=42");
  EXPECT_EQ(json(R"(,"aggregationTemporality":2)"), "hits=42");
}

TEST(counters, are_told_by_names_of_prometheus_and_types_of_collectd) {
  const auto text = [](std::string_view line) {
    parsed into;
    line_format_named("prometheus")->read(line, into);
    return shown(into);
  };
  EXPECT_EQ(text(R"(http_requests_total{code="200"} 1027)"), "http_requests_total,code=200=1027+");
  EXPECT_EQ(text(R"(lat_bucket{le="1"} 3)"), "lat_bucket,le=1=3+");
  EXPECT_EQ(text(R"(queue{name="a_total"} 3)"), "queue,name=a_total=3");
  parsed collectd;
  read_json_body(R"([{"values":[1,2],"dstypes":["derive","gauge"],"dsnames":["rx","tx"],"plugin":"if"}])", collectd);
  EXPECT_EQ(shown(collectd), "if.rx=1+ if.tx=2");
}

TEST(otlp, survives_every_cut_and_every_changed_byte) {
  const std::string request = metrics_request();
  for (std::size_t at = 0; at < request.size(); ++at) {
    parsed into;
    (void)read_otlp(std::string_view(request).substr(0, at), into);
    for (const char flip : {'\x01', '\x80', '\x7f'}) {
      std::string changed = request;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      parsed other;
      (void)read_otlp(changed, other);
    }
  }
}

TEST(influx_body, says_which_lines_were_refused) {
  parsed into;
  EXPECT_TRUE(read_influx_body("# a comment\nm v=1 1795286073000000000\r\n\nm v=\nwhat\nm v=2", 0, into));
  EXPECT_EQ(shown(into), "m_v=1@1795286073000 m_v=2 !bad_syntax !bad_syntax");
  ASSERT_EQ(into.faults().size(), 2U);
  EXPECT_EQ(into.faults()[0].number, 4U);
  EXPECT_EQ(into.faults()[1].number, 5U);
  EXPECT_EQ(into.faults()[1].line, "what");
}

TEST(influx_body, takes_times_in_the_unit_that_was_said) {
  parsed into;
  EXPECT_TRUE(read_influx_body("m v=1 1795286073\nm v=2", 1'000'000'000, into));
  EXPECT_EQ(shown(into), "m_v=1@1795286073000 m_v=2");
}

TEST(json_body, is_one_value_or_several) {
  parsed into;
  EXPECT_TRUE(read_json_body("{\"stream\":\"a\",\"value\":1}\n[{\"stream\":\"b\",\n\"value\":2}] {\"a\":3}", into));
  EXPECT_EQ(shown(into), "a=1 b=2 a=3");
  parsed broken;
  EXPECT_FALSE(read_json_body("{\"stream\":\"a\",\"value\":1} and more", broken));
  EXPECT_EQ(shown(broken), "a=1 !bad_syntax");
  parsed bad_one;
  EXPECT_TRUE(read_json_body("{\"a\":}\n{\"a\":1}", bad_one));
  EXPECT_EQ(shown(bad_one), "a=1 !bad_syntax");
  ASSERT_EQ(bad_one.faults().size(), 1U);
  EXPECT_EQ(bad_one.faults()[0].number, 1U);
}

TEST(text_arena, keeps_text_where_it_is) {
  text_arena arena;
  const std::string_view first = arena.keep("first");
  for (int i = 0; i < 10'000; ++i) (void)arena.keep("some more text");
  (void)arena.room(100'000);
  EXPECT_EQ(first, "first");
  arena.clear();
  EXPECT_EQ(arena.keep("again"), "again");
}

}  // namespace
}  // namespace spindrift::formats
