// Streams, events and the feed over HTTP, as programs, Grafana and browsers read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/integration/http_scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using http_scene::answer;
using http_scene::get;
using http_scene::http_port;
using testing::HasSubstr;
using testing::StartsWith;

// A level, and so many spikes far apart: each is an event that is over by the end.
std::string with_spikes(const std::string& stream, std::size_t spikes, std::int64_t first_ts) {
  std::string lines;
  for (std::size_t i = 0; i < spikes * 400 + 420; ++i) {
    const double value = 20 + static_cast<double>((i * 7919) % 13) / 10 + (i % 400 == 399 && i > 400 ? 500 : 0);
    const std::int64_t ts = first_ts + static_cast<std::int64_t>(i) * 1'000;
    lines += point(stream, value, ",\"ts\":" + std::to_string(ts));
  }
  return lines;
}

constexpr std::int64_t begin_ms = 1'795'000'000'000;

class data_pages : public testing::Test {
protected:
  void start(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--http", "127.0.0.1:0"});
    daemon_ = std::make_unique<daemon_process>(program("spindriftd"), more);
    port_ = http_port(*daemon_);
  }
  // Sends the points, and returns when all were answered.
  void send(const std::string& lines) {
    tcp_client client = daemon_->connect();
    client.exchange(lines, static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')));
  }
  json json_of(const std::string& path, const std::string& fields = {}) const {
    const answer got = get(port_, path, fields);
    EXPECT_THAT(got.head, HasSubstr("HTTP/1.1 200")) << got.body;
    EXPECT_THAT(got.head, HasSubstr("Content-Type: application/json"));
    return json::parse(got.body);
  }
  unsigned status_of(const std::string& path, const std::string& fields = {}) const {
    const std::string head = get(port_, path, fields).head;
    return head.size() > 12 ? static_cast<unsigned>(std::stoul(head.substr(9, 3))) : 0;
  }
  // The connection of a feed, its header read.
  tcp_client open_feed(const std::string& query, const std::string& fields = {}) const {
    tcp_client feed(port_);
    feed.send("GET /v1/feed" + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n");
    EXPECT_THAT(feed.read_line().value_or(""), HasSubstr("HTTP/1.1 200"));
    bool is_stream = false;
    for (auto line = feed.read_line(); line && *line != "\r" && !line->empty(); line = feed.read_line())
      is_stream = is_stream || line->find("text/event-stream") != std::string::npos;
    EXPECT_TRUE(is_stream);
    return feed;
  }
  struct heard {
    std::string id;
    std::string type;
    json data;
  };
  // The next event that carries data; comments and places keep nobody waiting for longer.
  static heard next_of(tcp_client& feed) {
    heard event;
    const auto until = std::chrono::steady_clock::now() + patience;
    while (const auto line = feed.read_line()) {
      if (std::chrono::steady_clock::now() > until) throw std::runtime_error("no event came in time");
      if (line->starts_with("id: ")) event.id = line->substr(4);
      if (line->starts_with("event: ")) event.type = line->substr(7);
      if (line->starts_with("data: ")) event.data = json::parse(line->substr(6));
      if (!line->empty()) continue;
      if (!event.data.is_null()) return event;
      event = {};  // a place without an event
    }
    return event;
  }

  std::unique_ptr<daemon_process> daemon_;
  std::uint16_t port_ = 0;
  scratch_folder folder_;
};

TEST_F(data_pages, streams_come_by_name_a_page_at_a_time) {
  start();
  std::string lines;
  for (int i = 0; i < 25; ++i) lines += point((i % 2 == 0 ? "even." : "odd.") + std::to_string(100 + i), i);
  send(lines);
  const json first = json_of("/v1/streams?stream=even.*&limit=8");
  ASSERT_EQ(first.at("streams").size(), 8U);
  EXPECT_EQ(first["streams"][0].at("stream"), "even.100");
  EXPECT_EQ(first.at("next"), "even.114");
  const json second = json_of("/v1/streams?stream=even.*&limit=8&after=even.114");
  EXPECT_EQ(second.at("streams").size(), 5U);
  EXPECT_EQ(second["streams"][0].at("stream"), "even.116");
  EXPECT_TRUE(second.at("next").is_null());
  EXPECT_EQ(json_of("/v1/streams").at("streams").size(), 25U);
  EXPECT_EQ(json_of("/v1/streams?stream=odd.101&stream=even.1%300").at("streams").size(), 2U);
}

TEST_F(data_pages, streams_have_what_people_call_them_and_their_unit) {
  folder_.write("names.toml", "[[stream]]\nmatch = \"db.*.latency\"\ntitle = \"Latency of {1}\"\nunit = \"ms\"\n");
  start({"--config", folder_.file("names.toml")});
  send(point("db.orders.latency", 7) + point("web.load", 1));
  const json told = json_of("/v1/streams");
  EXPECT_EQ(told["streams"][0].at("title"), "Latency of orders");
  EXPECT_EQ(told["streams"][0].at("unit"), "ms");
  EXPECT_FALSE(told["streams"][1].contains("title")) << told;
  EXPECT_FALSE(told["streams"][1].contains("unit")) << told;
  tcp_client client = daemon_->connect();
  const json listed = json::parse(client.exchange("{\"op\":\"streams\"}\n", 1).front());
  EXPECT_EQ(listed["streams"], told["streams"]);
  const json recent = json::parse(client.exchange("{\"op\":\"recent\",\"stream\":\"db.orders.latency\"}\n", 1).front());
  EXPECT_EQ(recent.at("title"), "Latency of orders");
  EXPECT_EQ(recent.at("unit"), "ms");
}

TEST_F(data_pages, events_come_newest_first_and_each_once_over_all_pages) {
  start();
  send(with_spikes("a.1", 3, begin_ms) + with_spikes("a.2", 3, begin_ms) + with_spikes("b", 2, begin_ms));
  const json all = json_of("/v1/events").at("events");
  ASSERT_GE(all.size(), 6U);
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GE(all[i - 1].at("told"), all[i].at("told"));
  json paged = json::array();
  std::string cursor;
  for (std::size_t pages = 0; pages <= all.size(); ++pages) {
    const json page = json_of("/v1/events?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const json& one : page.at("events")) paged.push_back(one);
    if (page.at("next").is_null()) break;
    cursor = page["next"].get<std::string>();
  }
  EXPECT_EQ(paged, all) << "two streams were told at the same moments";
}

TEST_F(data_pages, events_are_chosen_by_stream_time_kind_severity_and_state) {
  start();
  send(with_spikes("a.1", 3, begin_ms) + with_spikes("b", 2, begin_ms));
  const json all = json_of("/v1/events").at("events");
  const auto count = [&](const std::string& query) { return json_of("/v1/events?" + query).at("events").size(); };
  const auto count_if = [&](const auto& is_so) {
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is_so));
  };
  EXPECT_EQ(count("stream=a.*"), count_if([](const json& one) { return one.at("stream") == "a.1"; }));
  EXPECT_EQ(count("kind=spike"), count_if([](const json& one) { return one.at("kind") == "spike"; }));
  EXPECT_EQ(count("kind=stuck,silent"), 0U);
  EXPECT_EQ(count("state=closed"), count_if([](const json& one) { return !one.at("to").is_null(); }));
  EXPECT_EQ(count("severity=100"), count_if([](const json& one) { return one.at("severity") >= 100; }));
  const std::int64_t told = all[0].at("told");
  EXPECT_EQ(count("since=" + std::to_string(told)), count_if([&](const json& one) { return one.at("told") >= told; }));
  EXPECT_EQ(count("until=" + std::to_string(told - 1)), count_if([&](const json& one) { return one["told"] < told; }));
  EXPECT_EQ(count("until=1999-01-01T00:00:00Z"), 0U);
}

TEST_F(data_pages, events_are_annotations_as_grafana_reads_them) {
  start();
  send(with_spikes("a.1", 2, begin_ms));
  const json notes = json_of("/v1/events?shape=grafana&from=0&to=1900000000000&kind=spike");
  ASSERT_TRUE(notes.is_array());
  ASSERT_FALSE(notes.empty());
  EXPECT_TRUE(notes[0].at("time").is_number_integer());
  EXPECT_GE(notes[0].at("timeEnd"), notes[0].at("time"));
  EXPECT_THAT(notes[0].at("tags"), testing::Contains("a.1"));
  EXPECT_THAT(notes[0].at("tags"), testing::Contains("spike"));
  EXPECT_EQ(notes[0].at("title"), "a.1: spike");
  EXPECT_FALSE(notes[0].at("text").get<std::string>().empty());
}

TEST_F(data_pages, what_is_wrong_is_said) {
  start();
  const answer unknown = get(port_, "/v1/events?severty=3");
  EXPECT_THAT(unknown.head, HasSubstr("HTTP/1.1 400"));
  EXPECT_EQ(json::parse(unknown.body).at("type"), "error");
  EXPECT_THAT(unknown.body, HasSubstr("severity"));
  for (const char* path :
       {"/v1/events?limit=0", "/v1/events?limit=1001", "/v1/events?kind=spikes", "/v1/events?since=noon",
        "/v1/events?cursor=3", "/v1/streams?limit=x", "/v1/feed?only=some", "/v1/streams?stream=*a*b*c*d*"}) {
    EXPECT_EQ(status_of(path), 400U) << path;
  }
  EXPECT_EQ(status_of("/v1/feed", "Last-Event-ID: yesterday\r\n"), 400U);
}

TEST_F(data_pages, a_feed_tells_events_and_resumes_where_it_was_left) {
  start({"--state-dir", folder_.file("state")});
  std::string last;
  {
    tcp_client feed = open_feed("?stream=a.*");
    send(with_spikes("b", 1, begin_ms) + with_spikes("a.1", 1, begin_ms));
    const heard first = next_of(feed);
    EXPECT_EQ(first.type, "event");
    EXPECT_EQ(first.data.at("type"), "event");
    EXPECT_EQ(first.data.at("stream"), "a.1");
    last = first.id;
    EXPECT_FALSE(last.empty());
  }
  send(with_spikes("a.2", 1, begin_ms));  // nobody listens
  daemon_->process().send_signal(SIGTERM);
  ASSERT_EQ(daemon_->process().wait_exit(), 0);
  start({"--state-dir", folder_.file("state")});
  tcp_client feed = open_feed("?stream=a.*", "Last-Event-ID: " + last + "\r\n");
  heard missed = next_of(feed);
  while (missed.data.at("stream") != "a.2") missed = next_of(feed);
  EXPECT_EQ(missed.type, "event");
  send(with_spikes("a.3", 1, begin_ms));
  heard live = next_of(feed);
  while (live.data.at("stream") != "a.3") live = next_of(feed);
  EXPECT_FALSE(live.id.empty());
}

TEST_F(data_pages, a_feed_has_verdicts_where_they_are_asked_for) {
  start();
  tcp_client feed = open_feed("?only=all");
  send(point("v", 1));
  const heard first = next_of(feed);
  EXPECT_EQ(first.type, "verdict");
  EXPECT_TRUE(first.id.empty()) << "only events can be resumed from";
}

TEST_F(data_pages, only_so_many_feeds_are_open_at_once) {
  start();
  std::vector<tcp_client> feeds;
  for (int i = 0; i < 32; ++i) feeds.push_back(open_feed(""));
  EXPECT_EQ(status_of("/v1/feed"), 503U);
  EXPECT_EQ(status_of("/metrics"), 200U) << "the others are served";
  feeds.clear();
  EXPECT_TRUE(eventually([&] { return stats(*daemon_).at("subscribers") == 0; }));
  open_feed("");
}

TEST_F(data_pages, show_the_shadow_to_who_may_see_all_streams_or_the_whole_server) {
  const std::string tokens =
      "all 4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2 publish=a subscribe=*\n"
      "boss a5e7c002443743c5836758c7d1cd8ddefd9fcf2061daa0efaac683fb99966057 may=admin\n";
  start({"--tokens", folder_.write("tokens", tokens), "--refusal-delay", "1"});
  EXPECT_EQ(status_of("/v1/shadow", "Authorization: Bearer root\r\n"), 404U) << "there is none";
  EXPECT_EQ(status_of("/v1/shadow", "Authorization: Bearer boss\r\n"), 404U);
}

TEST_F(data_pages, need_a_token_and_show_what_it_allows) {
  const std::string tokens =
      "plant 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 publish=* subscribe=plant.*\n";
  start({"--tokens", folder_.write("tokens", tokens), "--refusal-delay", "1"});
  tcp_client client = daemon_->connect();
  ask(client, R"({"op":"hello","token":"test"})");
  const std::string lines = with_spikes("plant.1", 1, begin_ms) + with_spikes("other", 1, begin_ms);
  client.exchange(lines, static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')));
  for (const char* path : {"/v1/streams", "/v1/events", "/v1/feed"}) {
    EXPECT_EQ(status_of(path), 401U) << path;
    EXPECT_EQ(status_of(path, "Authorization: Bearer tost\r\n"), 401U) << path;
  }
  const std::string shown = "Authorization: Bearer test\r\n";
  EXPECT_EQ(status_of("/v1/shadow"), 401U);
  EXPECT_EQ(status_of("/v1/shadow", shown), 403U) << "it is about all streams";
  const json streams = json_of("/v1/streams", shown).at("streams");
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_EQ(streams[0].at("stream"), "plant.1");
  const json events = json_of("/v1/events", shown).at("events");
  ASSERT_FALSE(events.empty());
  for (const json& one : events) EXPECT_EQ(one.at("stream"), "plant.1");
  EXPECT_EQ(status_of("/v1/feed", shown), 403U) << "it may not hear of all streams";
  open_feed("?stream=plant.*", shown);
}

TEST_F(data_pages, where_others_can_ask_every_page_but_health_needs_a_token) {
  const std::string tokens =
      "plant 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 publish=* subscribe=*\n";
  const std::vector<std::string> flags = {
      "--tokens", folder_.write("tokens", tokens), "--refusal-delay", "1", "--http", "0.0.0.0:0", "--insecure"};
  daemon_ = std::make_unique<daemon_process>(program("spindriftd"), flags);
  port_ = http_port(*daemon_);
  EXPECT_EQ(status_of("/healthz"), 200U);
  EXPECT_EQ(status_of("/readyz"), 200U);
  EXPECT_EQ(status_of("/metrics"), 401U);
  EXPECT_EQ(status_of("/metrics", "Authorization: Bearer test\r\n"), 200U);
}

}  // namespace
}  // namespace spindrift
