// A table for each format of lines: what comes of a line.
#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tuple>

#include "tests/support/noise.hpp"
#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

template <std::size_t Size>
void expect(bool (*read)(std::string_view, parsed&), const line_case (&rows)[Size]) {
  for (const line_case& row : rows) EXPECT_EQ(shown_line(read, row.line), row.wanted) << row.line;
}

TEST(graphite, reads_name_value_and_time) {
  expect(read_graphite,
         {
             {"web01.load 3.8134765625 1795286073", "web01.load=3.8134765625@1795286073000"},
             {"a\t12.5\t1795286073", "a=12.5@1795286073000"},
             {"a   12.5   1795286073  ", "a=12.5@1795286073000"},
             {"a 12.5 -1", "a=12.5"},
             {"a 12.5 N", "a=12.5"},
             {"a 12.5 1795286073.25", "a=12.5@1795286073250"},
             {"a 1e3 1795286073123", "a=1000@1795286073123"},
             {"a -12 1795286073", "a=-12@1795286073000"},
             {"disk.used;mount=root;host=web01 12.5 1795286073", "disk.used,host=web01,mount=root=12.5@1795286073000"},
             {"a.b;_is_ephemeral=false;host=w;_unstable=true 1 1795286073", "a.b,host=w=1@1795286073000"},
             {"\xd0\xba\xd1\x83\xd1\x85 1 1795286073", "\xd0\xba\xd1\x83\xd1\x85=1@1795286073000"},
         });
}

TEST(graphite, refuses_the_line_and_not_the_producer) {
  expect(read_graphite, {
                            {"a nan 1795286073", "!not_finite"},
                            {"a -nan 1795286073", "!not_finite"},
                            {"a inf 1795286073", "!not_finite"},
                            {"a 12,5 1795286073", "!bad_value"},
                            {"a 1e999 1795286073", "!not_finite"},
                            {"a 12.5 12", "!bad_time"},
                            {"\xff\xfe 12.5 1795286073", "!bad_name"},
                            {"a 12.5", "another"},
                            {"12.5", "another"},
                            {"a b c", "another"},
                            {"1 2 1795286073", "another"},
                            {"a 12.5 1795286073 more", "another"},
                        });
}

TEST(influx, reads_every_number_and_skips_the_rest) {
  expect(read_influx,
         {
             {"cpu,host=web01 usage=12.5 1795286073000000000", "cpu_usage,host=web01=12.5@1795286073000"},
             {"http,host=a hits=42i,size=7u,lat=12.5,up=true,path=\"/a b,c=d\" 1795286073000000000",
              "http_hits,host=a=42@1795286073000 http_size,host=a=7@1795286073000 http_lat,host=a=12.5@1795286073000"},
             {"temp,room=lab value=12.5", "temp,room=lab=12.5"},
             {"temp value=1 -1795286073000000000", "temp=1@-1795286073000"},
             {"temp value=1e2", "temp=100"},
             {"m,b=2,a=1 v=1", "m_v,a=1,b=2=1"},
             {R"(my\ m\,x,ta\=g=v\ 1 fie\ ld=1)", "my m,x_fie ld,ta=g=v 1=1"},
             {R"(m s="a\"b c=d, e",v=2)", "m_v=2"},
             {R"(m,path=C:\Users v=2)", "m_v,path=C:_Users=2"},
             {"m v=-0.5 1795286073", "m_v=-0.5@1795286073000"},
             {"m up=t", ""},
             {"m v=1,w=2 ", "m_v=1 m_w=2"},
         });
}

// Goal: what is read in one pass is read as everything else. Method: a second blank between two words keeps a line from
// it; both ways of many lines are compared.
TEST(line_formats, usual_lines_are_read_as_all_others) {
  support::noise_source noise(3);
  const auto one_of = [&](std::initializer_list<const char*> all) {
    return std::string(*(all.begin() + noise.below(all.size())));
  };
  for (int i = 0; i < 30'000; ++i) {
    const std::string number =
        one_of({"12.5", "-3", "0", "007", "1e3", "12.", ".5", "-", "12.5.1", "9007199254740993", "3i", "7u", "i", "t",
                "0.12345678901234567", "18446744073709551615", "nan", "\"x\"", "12,5"});
    const std::string time = one_of({"1795286073", "1795286073123", "1795286073000000000", "9999999999999999999", "12",
                                     "1795286073.5", "-1", "now", "", "99999999999999999999", "179528607x"});
    const std::string series = one_of({"m",     "m,a=1", "m,a=1,b=2", "m,b=2,a=1", "m,a=1,a=1", "m,=1",
                                       "m,a",   "m,a=",  ",a=1",      "m=1",       "m\\,x,a=1", "<m",
                                       "{m",    "\"m",   "[m",        "m,a=1=2",   "1m",        "12",
                                       "m;a=1", "m\tn",  "\xd1\x83",  "\xff",      "m*?",       "m,,a=1"});
    const std::string field = one_of({"value", "v", "usage", "a\\=b", "", "v,w", "value=1,w"});
    const std::string line = series + " " + field + "=" + number + " " + time;
    EXPECT_EQ(shown_line(read_influx, line), shown_line(read_influx, series + "  " + field + "=" + number + " " + time))
        << line;
    EXPECT_EQ(shown_line(read_graphite, series + " " + number + " " + time),
              shown_line(read_graphite, series + "  " + number + " " + time))
        << line;
  }
}

TEST(influx, takes_a_line_whole_or_not_at_all) {
  expect(read_influx, {
                          {"m v=1,", "!bad_syntax"},
                          {"m v=1,w", "!bad_syntax"},
                          {"m v=", "!bad_syntax"},
                          {"m s=\"open", "!bad_syntax"},
                          {"m v=1 yesterday", "!bad_time"},
                          {"m v=nan", "!not_finite"},
                          {"m v=12abc", "!bad_value"},
                          {"m v=NaN,w=1", "m_w=1 !not_finite"},
                          {"a 12.5 1795286073", "another"},
                          {"put m 1 2 a=b", "another"},
                          {"level=info msg=x dur=1.5", "another"},
                          {"m", "another"},
                          {"", "another"},
                          {"{\"a\" =1", "another"},
                      });
}

TEST(opentsdb, reads_put_and_knows_version) {
  expect(read_opentsdb, {
                            {"put sys.load 1795286073 12.5 host=web01  status=production",
                             "sys.load,host=web01,status=production=12.5@1795286073000"},
                            {"put sys.user 1795286073123 3.5 host=web01", "sys.user,host=web01=3.5@1795286073123"},
                            {"put a 1795286073 42", "a=42@1795286073000"},
                            {"put a 1795286073 nan a=b", "!not_finite"},
                            {"put a soon 12 a=b", "!bad_time"},
                            {"put a 1795286073", "!bad_syntax"},
                            {"put a 1795286073 1 host", "!bad_syntax"},
                            {"putter 12.5 1795286073", "another"},
                        });
  parsed into;
  EXPECT_TRUE(read_opentsdb("version", into));
  EXPECT_TRUE(into.asks_version());
}

TEST(statsd, makes_a_point_of_every_value) {
  expect(read_statsd, {
                          {"api.hits:3|c", "api.hits=3"},
                          {"api.hits:3|c|@0.5", "api.hits=6"},
                          {"api.latency:10|ms|@0.5", "api.latency=10"},
                          {"temp:21.5|g", "temp=21.5"},
                          {"temp:1:2:3|d", "temp=1 temp=2 temp=3"},
                          {"temp:1|c:2|ms:3|c|@0.5", "temp=1 temp=2 temp=6"},
                          {"a.b:1|h|#env:prod,web", "a.b,env=prod,web=true=1"},
                          {"a:1|g|T1795286073", "a=1@1795286073000"},
                          {"users:42|s", ""},
                          {"_e{5,4}:title|text", ""},
                          {"temp:+4|g", "!bad_value"},
                          {"temp:x|g", "!bad_value"},
                          {"a:1|c|@0", "!bad_syntax"},
                          {"a:1|q", "another"},
                          {"a|b:1", "another"},
                      });
}

TEST(prometheus_text, reads_labels) {
  expect(read_prometheus_text, {
                                   {R"(http_requests_total{method="post",code="200"} 1027 1795286073000)",
                                    "http_requests_total,code=200,method=post=1027+@1795286073000"},
                                   {R"(up{job="a b, c"} 1)", "up,job=a b, c=1"},
                                   {R"(m{path="C:\\x",} 1)", "m,path=C:_x=1"},
                                   {R"(m{} 2)", "m=2"},
                                   {R"(m{a="b"} NaN)", "!not_finite"},
                                   {R"(m{a="b"})", "!bad_syntax"},
                                   {R"(m{a="b)", "another"},
                                   {R"({"a":1})", "another"},
                               });
}

TEST(syslog, opens_what_is_json_or_a_number) {
  expect(
      read_syslog,
      {
          {R"(<13>1 2026-11-21T18:36:52.613716+00:00 vm temp - - [timeQuality tzKnown="1"] {"key":"t","value":21.5})",
           "t,host=vm=21.5@1795286212613"},
          {R"(<13>Nov 21 18:36:52 vm temp: {"key":"t","value":21.5})", "t,host=vm=21.5"},
          {R"(<13>Nov 21 18:35:41 vm temp[42]: 12.5)", "temp,host=vm=12.5"},
          {R"(<13>1 2026-11-21T18:35:41+00:00 vm temp - - [meta sequenceId="1"] 12.5)",
           "temp,host=vm=12.5@1795286141000"},
          {R"(71 <13>1 2026-11-21T18:35:41+00:00 vm temp - - - 12.5)", "temp,host=vm=12.5@1795286141000"},
          {R"(108 {"key":"temp","value":"12.5"})", "temp=12.5"},
          {R"(<13>Nov 21 18:36:52 vm temp: @cee: {"value":3})", "temp,host=vm=3"},
          {"<13>Nov 21 18:33:35 vm temp: reading 12.5", "!unknown_shape"},
          {"<x>1", "another"},
          {"<1234>1", "another"},
      });
}

TEST(plain, reads_what_a_script_prints) {
  expect(read_plain, {
                         {"12.5", "default=12.5"},
                         {"-3", "default=-3"},
                         {"load 12.5", "load=12.5"},
                         {"load: 12.5", "load=12.5"},
                         {"load = 12.5", "load=12.5"},
                         {"load=12.5", "load=12.5"},
                         {"t=21.5 h=40", "t=21.5 h=40"},
                         {"t:21.5,h:40", "t=21.5 h=40"},
                         {"load nan", "!not_finite"},
                         {"load 12,5", "!bad_value"},
                         {"12,5", "!bad_value"},
                         {"nan", "!not_finite"},
                         {"hello world", "another"},
                         {"level=info dur=1", "another"},
                         {"1 2", "another"},
                         {"2026-11-21T18:35:41", "another"},
                     });
}

TEST(line_reader, stays_with_a_format_and_leaves_it_when_another_comes) {
  line_reader reader;
  parsed into;
  EXPECT_EQ(reader.read("load 12.5", into), line_result::read);
  EXPECT_EQ(reader.last()->name, "plain");
  EXPECT_EQ(reader.read("web.load 3 1795286073\r", into), line_result::read);
  EXPECT_EQ(reader.last()->name, "graphite");
  EXPECT_EQ(reader.read("# comment", into), line_result::nothing);
  EXPECT_EQ(reader.read("   ", into), line_result::nothing);
  EXPECT_EQ(reader.read("what is this", into), line_result::unknown);
  EXPECT_EQ(shown(into), "load=12.5 web.load=3@1795286073000");
}

// Whatever the short way takes, the long one reads as the same point; and it does take the lines that it is there for.
TEST(line_reader, reads_usual_lines_as_it_reads_all) {
  const std::array<std::string, 22> lines = {"web01.load 3.81 1795286073",
                                             "web01.load 3.81 1795286073\r",
                                             "cpu value=12.5 1795286073",
                                             "cpu,host=a value=7i 1795286073000000000",
                                             "cpu,host=a usage=7 1",
                                             "cpu,b=1,a=2 value=7 1795286073",
                                             "#web.load 3.81 1795286073",
                                             " web.load 3.81 1795286073",
                                             "web.load 3.81 1795286073 ",
                                             "web.load  3.81 1795286073",
                                             "web;host=a 3.81 1795286073",
                                             "web.load nan 1795286073",
                                             "web.load 3.81 17",
                                             "web.load 3.81 -1",
                                             "web.l\xff 3.81 1795286073",
                                             "web.* 3.81 1795286073",
                                             "cpu,h\\=a value=1 1795286073",
                                             "cpu value=\"1\" 1795286073",
                                             "cpu value=1,value=2 179528607",
                                             "12.5 3.81 1795286073",
                                             "<13>a 3.81 1795286073",
                                             "cpu,h=* value=1 1795286073"};
  for (const char* const name : {"graphite", "influx"}) {
    std::size_t taken = 0;
    for (const std::string& line : lines) {
      line_reader reader(line_format_named(name));
      point usual;
      if (!reader.read_usual(line, usual)) continue;
      ++taken;
      parsed into;
      EXPECT_EQ(reader.read(line, into), line_result::read) << name << ": " << line;
      ASSERT_EQ(into.points().size(), 1U) << name << ": " << line;
      EXPECT_EQ(into.fault_count(), 0U) << name << ": " << line;
      const point& whole = into.points().front();
      EXPECT_EQ(std::tuple(usual.stream, usual.value, usual.ts), std::tuple(whole.stream, whole.value, whole.ts));
      EXPECT_TRUE(usual.unit == time_unit::none && !usual.is_counter) << name << ": " << line;
    }
    EXPECT_EQ(taken, 2U) << name;
  }
}

TEST(line_reader, has_no_usual_line_before_it_knows_the_format) {
  line_reader reader;
  point usual;
  EXPECT_FALSE(reader.read_usual("web01.load 3.81 1795286073", usual));
  parsed into;
  ASSERT_EQ(reader.read("web01.load 3.81 1795286073", into), line_result::read);
  EXPECT_TRUE(reader.read_usual("web01.load 3.81 1795286074", usual));
}

TEST(line_reader, that_is_pinned_takes_nothing_else) {
  line_reader reader(line_format_named("influx"));
  parsed into;
  EXPECT_EQ(reader.read("load 12.5", into), line_result::unknown);
  EXPECT_EQ(reader.read("m v=1", into), line_result::read);
  EXPECT_EQ(line_format_named("msgpack"), nullptr);
}

}  // namespace
}  // namespace spindrift::formats
