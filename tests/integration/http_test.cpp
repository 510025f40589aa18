// Metrics and health as a scraper sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::HasSubstr;

// The port that the daemon chose for HTTP, out of its log.
std::uint16_t http_port(daemon_process& daemon) {
  static const std::regex said(R"(http address=127\.0\.0\.1:(\d+))");
  std::smatch found;
  std::string errors;
  EXPECT_TRUE(daemon.process().wait_output([&](const std::string&, const std::string& text) {
    errors = text;
    return std::regex_search(errors, found, said);
  })) << errors;
  return found.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(std::stoi(found[1]));
}

struct answer {
  std::string head;
  std::string body;
};

answer get(std::uint16_t port, const std::string& path) {
  tcp_client client(port);
  client.send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  std::string all;
  for (const std::string& line : client.read_to_end()) all += line + '\n';
  const std::size_t end = all.find("\r\n\r\n");
  if (end == std::string::npos) return {all, {}};
  return {all.substr(0, end), all.substr(end + 4)};
}

// Prometheus text: comments, and `name{labels} value`; every sample's family was announced by a TYPE line.
std::map<std::string, double> samples_of(const std::string& text) {
  static const std::regex sample(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z]+="[^"\\]*"\})? (\d+(\.\d+)?))");
  static const std::regex comment(R"(# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge)))");
  std::map<std::string, double> samples;
  for (const std::string& line : split_lines(text)) {
    std::smatch found;
    if (std::regex_match(line, comment)) continue;
    if (!std::regex_match(line, found, sample)) {
      ADD_FAILURE() << "not Prometheus text: " << line;
      continue;
    }
    EXPECT_THAT(text, HasSubstr("# TYPE " + found[1].str() + " "));
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
}

TEST(http, health_is_ok_and_anything_else_is_not_found) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0"});
  const std::uint16_t port = http_port(daemon);
  EXPECT_THAT(get(port, "/healthz").head, HasSubstr("HTTP/1.1 200"));
  EXPECT_EQ(get(port, "/healthz").body, "ok\n");
  EXPECT_THAT(get(port, "/readyz").head, HasSubstr("HTTP/1.1 200"));
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

}  // namespace
}  // namespace spindrift
