// spindrift-viz with a page, and more points than it would hear one by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "tests/integration/http_scene.hpp"

namespace spindrift {
namespace {

using namespace http_scene;

std::uint16_t page_port(child_process& viewer) {
  static const std::regex said(R"(listening on http://127\.0\.0\.1:(\d+)/)");
  std::smatch found;
  std::string output;
  EXPECT_TRUE(viewer.wait_output([&](const std::string& text, const std::string&) {
    output = text;
    return std::regex_search(output, found, said);
  })) << output;
  return found.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(std::stoi(found[1]));
}

// Goal: all streams are seen while the one that is looked at comes with every point. A page asks for one stream as the
// browser does; points come in bursts until the viewer has taken up the other way, which is a second subscription.
TEST(viewer_feed, has_every_point_of_what_is_in_view_and_something_of_all_others) {
  const daemon_process daemon = start_daemon({"--detectors", "zscore"});
  child_process viewer(
      {program("spindrift-viz"), "--server", daemon.address(), "--web", "127.0.0.1:0", "--points", "10000"});
  const std::uint16_t port = page_port(viewer);
  ASSERT_TRUE(eventually([&] { return stats(daemon).at("subscribers") == 1; })) << viewer.errors();
  tcp_client producer = daemon.connect();
  constexpr int streams = 200;
  int rounds = 0;
  const auto send_round = [&] {
    std::string sent;
    for (int i = 0; i < streams; ++i) {
      sent += R"({"stream":"s)" + std::to_string(i) + R"(","value":)" + std::to_string(rounds % 7) + "}\n";
    }
    EXPECT_EQ(producer.exchange(sent, streams).size(), static_cast<std::size_t>(streams));
    ++rounds;
    return json::parse(get(port, "/points?stream=s7").body);
  };
  ASSERT_TRUE(eventually([&] {
    for (int i = 0; i < 10; ++i) send_round();
    return stats(daemon).at("subscribers") == 2;
  }));
  // Verdicts count from the next aggregate on.
  const auto is_summed = [](const json& one) { return one.size() > 8; };
  ASSERT_TRUE(eventually([&] {
    for (int i = 0; i < 4; ++i) send_round();
    const json seen = send_round().at("features").at(0).at("samples");
    return std::any_of(seen.begin(), seen.end(), is_summed) && !is_summed(seen.back());
  }));
  const int before = rounds;
  for (int i = 0; i < 20; ++i) send_round();

  // Of the one in view each point of these rounds; before them whatever stands for several, none twice, and none
  // missing, be it from one subscription to the next.
  json samples;
  ASSERT_TRUE(eventually([&] {
    samples = json::parse(get(port, "/points?stream=s7").body).at("features").at(0).at("samples");
    return samples.back().at(0) == rounds;
  })) << samples.back();
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const auto count = samples[i].size() > 8 ? samples[i][8].get<int>() : 1;
    const int passed = samples[i][0].get<int>() - samples[i - 1][0].get<int>();
    EXPECT_EQ(passed, count) << samples[i];
    EXPECT_TRUE(samples[i][0] <= before + 1 || (passed == 1 && count == 1)) << samples[i];
  }
  // Of the others the newest point.
  EXPECT_TRUE(eventually([&] {
    const json other = json::parse(get(port, "/points?stream=s150").body).at("features").at(0).at("samples");
    return other.back().at(0) == rounds;
  }));
  const json listed = json::parse(get(port, "/streams").body);
  EXPECT_EQ(listed.at("streams"), streams);
  EXPECT_EQ(listed.at("missed"), 0);
}

}  // namespace
}  // namespace spindrift
