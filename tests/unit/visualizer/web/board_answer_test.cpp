#include "visualizer/web/board_answer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/model/verdict.hpp"
#include "common/net/http_query.hpp"

namespace spindrift {
namespace {

using nlohmann::json;

TEST(query, is_read_by_name_and_unescaped) {
  EXPECT_EQ(query_text("match=a%2Fb+c&count=5", "match"), "a/b c");
  EXPECT_EQ(query_text("match=100%25&x=%zz%4", "x"), "%zz%4");
  EXPECT_EQ(query_text("amatch=1&match", "match"), "");
  EXPECT_EQ(query_number("count=5", "count", 9, 100), 5U);
  EXPECT_EQ(query_number("count=500", "count", 9, 100), 100U);
  EXPECT_EQ(query_number("count=-5&n=x", "count", 9, 100), 9U);
}

class answers : public testing::Test {
protected:
  void hear(std::string_view stream, std::uint64_t n, double value) {
    verdict judged;
    judged.subject.stream = stream;
    judged.subject.value = value;
    judged.subject.ts = 1'000 * static_cast<std::int64_t>(n);
    judged.n = n;
    judged.expected = 2;
    judged.sigma = 0.5;
    judged.z = 3.25;
    board_.hear(judged, {}, 1'000 * static_cast<std::int64_t>(n));
  }
  board_answer now(std::int64_t ms) const { return {board_, above_, settings_, ms}; }

  stream_board board_{100};
  heading above_{"127.0.0.1:7171", "live"};
  view_settings settings_;
};

TEST_F(answers, say_of_how_many_points_a_sample_is_and_what_links_begin_with) {
  verdict judged;
  judged.subject.stream = "a";
  judged.subject.value = 5;
  judged.subject.ts = 1'000;
  judged.n = 37;
  judged.warmup = true;
  const std::vector<value_extent> extents{{-3, 9}};
  board_.hear(judged, {}, 1'000, {37, extents});
  EXPECT_EQ(json::parse(now(1'000).points("stream=a")).at("features").at(0).at("samples").at(0),
            json::parse("[37,1000,5.0,0,null,null,null,null,37,-3.0,9.0]"));
  EXPECT_EQ(json::parse(now(1'000).streams("")).at("page"), "");
  const board_answer behind_proxy{board_, above_, settings_, 1'000, "https://watch.example/"};
  EXPECT_EQ(json::parse(behind_proxy.streams("")).at("page"), "https://watch.example/");
}

TEST_F(answers, of_points_say_whether_the_stream_was_heard_from_its_beginning) {
  hear("early", 1, 1);
  hear("late", 7, 1);
  EXPECT_EQ(json::parse(now(1'000).points("stream=early")).at("begun"), true);
  EXPECT_EQ(json::parse(now(1'000).points("stream=late")).at("begun"), false);
}

TEST_F(answers, of_streams_have_the_newest_value_its_age_and_what_is_open) {
  hear("<b>\xff", 1, 1);
  hear("cpu", 1, 1.5);
  hear("cpu", 2, 2.5);
  stream_event told;
  told.stream = "cpu";
  told.number = 3;
  told.kind = "shift";
  told.severity = 63;
  board_.tell(told, true, 2'000);
  const json got = json::parse(now(2'250).streams("count=10"));
  EXPECT_EQ(got.at("state"), "live");
  EXPECT_EQ(got.at("found"), 2);
  const json& row = got.at("rows").at(0);
  EXPECT_EQ(row.at("stream"), "cpu");
  EXPECT_EQ(row.at("value"), json::array({2.5}));
  EXPECT_EQ(row.at("age"), 250);
  EXPECT_EQ(row.at("open"), 63);
  EXPECT_EQ(row.at("kind"), "shift");
  EXPECT_EQ(row.at("spark"), json::array({1.5, 2.5}));
  EXPECT_EQ(json::parse(now(2'250).streams("show=open")).at("found"), 1);
  EXPECT_FALSE(row.contains("title"));
  EXPECT_TRUE(board_.entitle("cpu", "The <i>CPU</i>", "%"));
  for (const json& entitled :
       {json::parse(now(2'250).streams("")).at("rows").at(0), json::parse(now(2'250).points("stream=cpu"))}) {
    EXPECT_EQ(entitled.at("title"), "The <i>CPU</i>");
    EXPECT_EQ(entitled.at("unit"), "%");
  }
}

TEST_F(answers, of_points_are_those_behind_the_number_that_is_known) {
  for (std::uint64_t n = 1; n <= 5; ++n) hear("cpu", n, 2.5);
  const json got = json::parse(now(5'000).points("stream=cpu&after=3"));
  const json& samples = got.at("features").at(0).at("samples");
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples.at(0), json::array({4, 4'000, 2.5, 0, 2, 0.5, 3.25, nullptr}));
  EXPECT_TRUE(json::parse(now(5'000).points("stream=none")).at("features").empty());
}

TEST_F(answers, of_charts_are_the_points_of_each_stream_behind_its_own_number) {
  for (std::uint64_t n = 1; n <= 5; ++n) hear("cpu", n, 2.5);
  for (std::uint64_t n = 1; n <= 3; ++n) hear("room a", n, 7);
  const auto samples_of = [](const json& one) { return one.at("features").at(0).at("samples").size(); };
  const json got = json::parse(now(5'000).charts("stream=cpu&after=4&stream=room+a&after=1&stream=none&after=0"));
  ASSERT_EQ(got.at("streams").size(), 3U);
  EXPECT_EQ(got.at("streams").at(1).at("stream"), "room a");
  EXPECT_EQ(samples_of(got.at("streams").at(0)), 1U);
  EXPECT_EQ(samples_of(got.at("streams").at(1)), 2U);
  EXPECT_TRUE(got.at("streams").at(2).at("features").empty());
  std::string many = "stream=cpu";
  for (int i = 0; i < 40; ++i) many += "&stream=cpu";
  EXPECT_EQ(json::parse(now(5'000).charts(many)).at("streams").size(), board_answer::charts_max);
}

TEST_F(answers, of_events_are_filtered_and_the_newest_is_first) {
  for (std::uint64_t number = 1; number <= 3; ++number) {
    stream_event told;
    told.stream = number == 3 ? "Pump" : "cpu";
    told.number = number;
    told.kind = number == 2 ? "stuck" : "shift";
    told.severity = static_cast<unsigned>(10 * number);
    if (number == 1) told.to = 5;
    board_.tell(told, true, 1'000);
  }
  const auto found = [&](const std::string& query) {
    std::string numbers;
    const json got = json::parse(now(1'000).events(query));
    for (const json& one : got.at("events")) numbers += std::to_string(one.at("event").get<int>());
    return numbers;
  };
  EXPECT_EQ(found(""), "321");
  EXPECT_EQ(found("kind=stuck"), "2");
  EXPECT_EQ(found("severity=20"), "32");
  EXPECT_EQ(found("show=open"), "32");
  EXPECT_EQ(found("match=pump"), "3");
  EXPECT_EQ(found("stream=cpu"), "21");
}

}  // namespace
}  // namespace spindrift
