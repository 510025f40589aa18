// The same points get the same verdicts, whatever the threads, the run, and the program that judges them.
#include <gtest/gtest.h>

#include <thread>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

constexpr std::size_t points_each = 2'000;
constexpr std::size_t producers = 4;
constexpr const char* all_detectors = "zscore,adwin,ensemble,iforest,ocsvm,autoencoder,lstm";

series series_of(std::size_t producer) {
  return {.stream = "s" + std::to_string(producer), .count = points_each, .seed = 40 + producer, .first_seq = 1};
}

// The verdict lines that each of several connections gets for a stream of its own.
std::vector<std::vector<std::string>> verdicts_with(const char* threads) {
  const daemon_process daemon = start_daemon({"--threads", threads, "--detectors", all_detectors});
  std::vector<std::vector<std::string>> lines(producers);
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < producers; ++i) {
    running.emplace_back([&, i] {
      tcp_client client = daemon.connect();
      lines[i] = client.exchange(points(series_of(i)), points_each);
    });
  }
  for (std::thread& each : running) each.join();
  return lines;
}

TEST(determinism, four_threads_say_what_one_says_and_say_it_again) {
  const auto with_one = verdicts_with("1");
  for (const auto& each : with_one) ASSERT_EQ(each.size(), points_each);
  EXPECT_EQ(verdicts_with("4"), with_one);
  EXPECT_EQ(verdicts_with("4"), with_one) << "a second run";
}

TEST(determinism, the_cuts_between_packets_change_nothing) {
  const std::string text = points(series_of(0));
  std::vector<std::string> at_once;
  {
    const daemon_process daemon = start_daemon();
    tcp_client client = daemon.connect();
    at_once = client.exchange(text, points_each);
  }
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  std::vector<std::string> in_pieces;
  std::size_t pieces = 0;
  for (std::string_view left = text; !left.empty(); ++pieces) {
    const std::size_t size = std::min(left.size(), 1 + pieces * 37 % 611);
    client.send(left.substr(0, size));
    left.remove_prefix(size);
  }
  in_pieces = client.read_lines(points_each);
  EXPECT_EQ(in_pieces, at_once);
}

TEST(determinism, spindrift_detect_says_what_the_daemon_says) {
  const std::string text =
      points(series_of(1)) + points(series_of(2)) +
      "{\"stream\":\"m\",\"values\":{\"b\":2,\"a\":1.5},\"ts\":1764000000000,\"label\":true}\n" +
      "{\"stream\":\"m\",\"values\":{\"a\":1,\"b\":3},\"ts\":\"2025-11-24T16:00:01.5Z\",\"seq\":2}\n";
  const daemon_process daemon = start_daemon({"--detectors", all_detectors});
  tcp_client client = daemon.connect();
  client.send(text);
  client.finish_sending();
  const auto of_daemon = client.read_to_end();
  const child_result detect = run_to_end({program("spindrift-detect"), "--detectors", all_detectors}, {.input = text});
  ASSERT_EQ(detect.exit_code, 0) << detect.errors;
  EXPECT_EQ(of_daemon.size(), 2 * points_each + 2);
  // Events go to subscribers there, and stand between the verdicts here.
  auto of_detect = split_lines(detect.output);
  std::erase_if(of_detect, [](const std::string& line) { return parsed(line).at("type") == "event"; });
  EXPECT_EQ(of_detect, of_daemon);
}

}  // namespace
}  // namespace spindrift
