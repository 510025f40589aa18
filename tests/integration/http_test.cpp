// Metrics and health as a scraper sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <map>
#include <regex>

#include "tests/integration/http_scene.hpp"
#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using http_scene::answer;
using http_scene::answer_to;
using http_scene::get;
using http_scene::http_port;
using http_scene::post;
using testing::HasSubstr;

// Prometheus text: comments, and `name{labels} value`; every sample's family was announced by a TYPE line.
std::map<std::string, double> samples_of(const std::string& text) {
  static const std::regex sample(
      R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? (\d+(\.\d+)?(e[-+]?\d+)?))");
  static const std::regex comment(R"(# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram)))");
  std::map<std::string, double> samples;
  for (const std::string& line : split_lines(text)) {
    std::smatch found;
    if (std::regex_match(line, comment)) continue;
    if (!std::regex_match(line, found, sample)) {
      ADD_FAILURE() << "not Prometheus text: " << line;
      continue;
    }
    static const std::regex part_of_histogram("(.+_seconds)_(bucket|sum|count)");
    EXPECT_THAT(text, HasSubstr("# TYPE " + std::regex_replace(found[1].str(), part_of_histogram, "$1") + " "));
    EXPECT_TRUE(samples.emplace(found[1].str() + found[2].str(), std::stod(found[3])).second) << "twice: " << line;
  }
  return samples;
}

TEST(http, metrics_are_prometheus_text_and_count) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0"});
  const std::uint16_t port = http_port(daemon);
  const auto before = samples_of(get(port, "/metrics").body);
  EXPECT_EQ(before.at("spindrift_points_total"), 0);
  tcp_client client = daemon.connect();
  client.exchange(points({.stream = "a", .count = 100}) + "nonsense\n" + point("b", 1), 102);
  // How long a point took is counted when its reply has been written, which may be after it was read.
  EXPECT_TRUE(
      eventually([&] { return samples_of(get(port, "/metrics").body).at("spindrift_point_seconds_count") == 102; }));
  const answer after = get(port, "/metrics");
  EXPECT_THAT(after.head, HasSubstr("HTTP/1.1 200"));
  EXPECT_THAT(after.head, HasSubstr("text/plain; version=0.0.4"));
  const auto samples = samples_of(after.body);
  EXPECT_EQ(samples.at("spindrift_points_total"), 101);
  EXPECT_EQ(samples.at("spindrift_frames_total"), 102);
  EXPECT_EQ(samples.at("spindrift_streams"), 2);
  EXPECT_EQ(samples.at("spindrift_connections"), 1);
  EXPECT_GE(samples.at("spindrift_anomalies_total"), 1);
  EXPECT_EQ(samples.at("spindrift_errors_total{code=\"bad_json\"}"), 1);
  EXPECT_GT(samples.at("spindrift_resident_bytes"), 1e6);
  EXPECT_THAT(after.body, HasSubstr("\nspindrift_build_info{version=\""));
  EXPECT_EQ(samples.at("spindrift_point_seconds_count"), 102);
  EXPECT_EQ(samples.at("spindrift_point_seconds_bucket{le=\"+Inf\"}"), 102);
  EXPECT_GT(samples.at("spindrift_point_seconds_sum"), 0);
  EXPECT_GT(samples.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(samples.at("process_cpu_seconds_total"), 0);
  EXPECT_GT(samples.at("process_open_fds"), 3);
  EXPECT_GE(samples.at("process_max_fds"), samples.at("process_open_fds"));
  EXPECT_NEAR(samples.at("process_start_time_seconds"), static_cast<double>(std::time(nullptr)), 600);
}

TEST(http, health_is_ok_and_anything_else_is_not_found) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0"});
  const std::uint16_t port = http_port(daemon);
  EXPECT_THAT(get(port, "/healthz").head, HasSubstr("HTTP/1.1 200"));
  EXPECT_EQ(get(port, "/healthz").body, "ok\n");
  EXPECT_THAT(get(port, "/readyz").head, HasSubstr("HTTP/1.1 200"));
  EXPECT_THAT(get(port, "/").body, HasSubstr("/v1/streams"));
  EXPECT_THAT(get(port, "/secrets").head, HasSubstr("HTTP/1.1 404"));
}

TEST(http, a_chosen_port_that_is_taken_ends_the_daemon) {
  daemon_process first = start_daemon({"--http", "127.0.0.1:0"});
  const std::string address = "127.0.0.1:" + std::to_string(http_port(first));
  const child_result second = run_to_end(support::daemon_command(program("spindriftd"), {"--http", address}));
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.errors, HasSubstr(address));
}

TEST(http, noise_on_its_port_does_not_disturb_the_daemon) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0"});
  const std::uint16_t port = http_port(daemon);
  tcp_client rude(port);
  rude.send("{\"value\":1}\n\r\n\r\n");
  rude.finish_sending();
  rude.read_to_end();
  tcp_client cut(port);
  cut.send("GET /metr");
  cut.reset();
  EXPECT_EQ(get(port, "/healthz").body, "ok\n");
}

// The block format of snappy, all of it one literal: a short length, a tag, the bytes.
std::string in_snappy(const std::string& bytes) {
  return std::string{static_cast<char>(bytes.size()), static_cast<char>((bytes.size() - 1) << 2U)} + bytes;
}

TEST(http, takes_points_in_every_form) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0"});
  const std::uint16_t port = http_port(daemon);
  const answer lines = post(port, "/v1/points", point("a", 1) + "nonsense\n" + point("a", 2));
  EXPECT_THAT(lines.head, HasSubstr("HTTP/1.1 200"));
  EXPECT_EQ(kinds(split_lines(lines.body)), (std::vector<std::string>{"verdict", "error bad_json", "verdict"}));
  EXPECT_THAT(post(port, "/write?db=x&precision=s", "m v=1 1795286073\n").head, HasSubstr("HTTP/1.1 204"));
  EXPECT_THAT(post(port, "/api/v2/write", "m v=2\n").head, HasSubstr("HTTP/1.1 204"));
  const std::string series(
      "\x0a\x22\x0a\x0e\x0a\x08__name__"
      "\x12\x02up\x12\x10\x09\x00\x00\x00\x00\x00\x00\xf8\x3f\x10\xe8\xbc\x9d\xb2\xa0\x34",
      36);
  const answer scraped = post(port, "/api/v1/write", in_snappy(series), "Content-Encoding: snappy\r\n");
  EXPECT_THAT(scraped.head, HasSubstr("HTTP/1.1 204")) << scraped.body;
  const answer measured = post(port, "/v1/metrics",
                               R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"temp","gauge":)"
                               R"({"dataPoints":[{"asDouble":21.5,"timeUnixNano":"1795286073000000000"}]}}]}]}]})",
                               "Content-Type: application/json\r\n");
  EXPECT_THAT(measured.head, HasSubstr("HTTP/1.1 200")) << measured.body;
  const auto samples = samples_of(get(port, "/metrics").body);
  EXPECT_EQ(samples.at("spindrift_points_total"), 6);
  EXPECT_EQ(samples.at("spindrift_streams"), 4);
}

TEST(http, subscribers_hear_of_posted_points) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0"});
  tcp_client listening = daemon.connect();
  ask(listening, R"({"op":"subscribe"})");
  post(http_port(daemon), "/write", "m v=1\n");
  const json heard = parsed(listening.read_line());
  EXPECT_EQ(heard.at("stream"), "m_v");
}

TEST(http, answers_once_the_disk_has_the_points) {
  const scratch_folder folder;
  daemon_process daemon =
      start_daemon({"--http", "127.0.0.1:0", "--durability", "fsync", "--state-dir", folder.file("state")});
  const std::uint16_t port = http_port(daemon);
  EXPECT_THAT(post(port, "/write", "m v=1\n").head, HasSubstr("HTTP/1.1 204"));
  EXPECT_THAT(post(port, "/v1/points", point("a", 1)).head, HasSubstr("HTTP/1.1 200"));
}

TEST(http, refuses_posts_of_pages_and_what_it_cannot_read) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0"});
  const std::uint16_t port = http_port(daemon);
  const auto posted = [port](const std::string& path, const std::string& fields) {
    return post(port, path, point("a", 1), fields).head;
  };
  EXPECT_THAT(posted("/v1/points", "Origin: http://127.0.0.1\r\n"), HasSubstr("HTTP/1.1 403"));
  EXPECT_THAT(posted("/v1/points", "Content-Encoding: br\r\n"), HasSubstr("HTTP/1.1 415"));
  EXPECT_THAT(posted("/metrics", ""), HasSubstr("HTTP/1.1 405"));
  for (const std::string path : {"/metrics", "/healthz", "/v1/streams", "/v1/events", "/v1/feed"}) {
    const std::string asked = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
    EXPECT_THAT(answer_to(port, asked + "Origin: http://evil.example\r\n\r\n").head, HasSubstr("HTTP/1.1 403"));
    EXPECT_THAT(answer_to(port, "GET " + path + " HTTP/1.1\r\nHost: evil.example\r\n\r\n").head,
                HasSubstr("HTTP/1.1 421"));
  }
  EXPECT_THAT(get(port, "/v1/points").head, HasSubstr("HTTP/1.1 405"));
  EXPECT_THAT(answer_to(port,
                        "POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 16777217\r\n"
                        "Connection: close\r\n\r\n")
                  .head,
              HasSubstr("HTTP/1.1 413"));
  EXPECT_EQ(samples_of(get(port, "/metrics").body).at("spindrift_points_total"), 0);
}

}  // namespace
}  // namespace spindrift
