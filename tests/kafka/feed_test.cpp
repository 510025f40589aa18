// spindriftd --feed-from-kafka behind a worker on a real broker: subscribers, history and alerts have what the worker
// wrote, each once, also after the server was killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/kafka/hook.hpp"
#include "tests/kafka/stage.hpp"
#include "tests/support/daemon_process.hpp"

namespace spindrift::kafka_test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

using event_name = std::pair<std::string, std::uint64_t>;

event_name name_of(const json& told) {
  return {told.at("stream").get<std::string>(), told.at("event").get<std::uint64_t>()};
}

class scratch {
public:
  scratch() : path_(std::filesystem::temp_directory_path() / ("spindrift-feed-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
  }
  ~scratch() { std::filesystem::remove_all(path_); }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  std::string path() const { return path_.string(); }

private:
  std::filesystem::path path_;
};

// Events of the topic that somebody was told of, each with what it said last.
class event_topic {
public:
  explicit event_topic(const topics& on) : reader_(shared_broker().address(), on.events(), on.partitions) {}

  const std::map<event_name, json>& newest() {
    for (const record& one : reader_.read(500ms)) {
      std::size_t begin = 0;
      while (begin < one.value.size()) {
        const std::size_t end = std::min(one.value.find('\n', begin), one.value.size());
        const json line = json::parse(one.value.substr(begin, end - begin));
        if (line.at("type") == "event") newest_[name_of(line)] = line;
        begin = end + 1;
      }
    }
    return newest_;
  }

private:
  reader reader_;
  std::map<event_name, json> newest_;
};

json history_of(const support::daemon_process& from) {
  auto client = from.connect();
  client.send("{\"op\":\"history\",\"limit\":1000}\n");
  return json::parse(client.read_line(10s).value_or("{}")).value("events", json::array());
}

// Whether the history holds these events, as they are now, and each once.
bool has_all(const support::daemon_process& from, const std::map<event_name, json>& wanted) {
  const json found = history_of(from);
  if (found.size() != wanted.size()) return false;
  for (const json& one : found) {
    const auto known = wanted.find(name_of(one));
    if (known == wanted.end() || known->second.at("state") != one.at("state")) return false;
  }
  return true;
}

std::map<event_name, int> openings_at(const hook& receiver) {
  std::map<event_name, int> count;
  for (const std::string& line : receiver.lines()) {
    const json told = json::parse(line);
    if (told.at("state") != "closed" || told.at("kind") == "spike") ++count[name_of(told)];
  }
  return count;
}

void wait_begun(support::child_process& process) {
  const bool has_begun = process.wait_output(
      [](const std::string&, const std::string& errors) { return errors.find("feed_begins") != std::string::npos; });
  ASSERT_TRUE(has_begun) << process.errors();
}

TEST(kafka_feed, serves_subscribers_history_and_alerts_and_doubles_nothing_after_a_death) {
  const topics on("feed", 2);
  const scratch state;
  const hook receiver;
  worker judging(on, "a");
  const std::vector<std::string> flags = {"--feed-from-kafka", shared_broker().address(),
                                          "--feed-group",      "feed-readers",
                                          "--verdicts",        on.verdicts(),
                                          "--events",          on.events(),
                                          "--state-dir",       state.path(),
                                          "--alert-url",       receiver.url()};
  const std::string program = SPINDRIFT_BIN_DIR "/spindriftd";
  auto served = std::make_unique<support::daemon_process>(program, flags);
  wait_begun(served->process());
  auto listening = served->connect();
  listening.send("{\"op\":\"subscribe\"}\n");
  ASSERT_THAT(listening.read_line().value_or(""), HasSubstr("subscribed"));

  // Verdicts begin with the newest there is: it has begun when one has come.
  writer by(shared_broker().address());
  bool has_come = false;
  for (int i = 1; i <= 100 && !has_come; ++i) {
    by.write(on.points(), 0, "warm", "{\"stream\":\"warm\",\"value\":1}");
    by.flush();
    has_come = eventually([&] { return listening.is_readable(); }, 300ms);
  }
  ASSERT_TRUE(has_come) << judging.errors();

  const auto points = make_points(12'000, 10, 5);
  const auto expected = expected_of(points);
  write_points(by, on, points, 0, 6'000);
  by.flush();
  std::map<std::string, std::vector<std::string>> verdicts;
  std::set<event_name> events;
  for (std::size_t found = 0; found < 6'000 || events.empty();) {
    const auto line = listening.read_line(20s);
    ASSERT_TRUE(line) << found << judging.errors();
    const json told = json::parse(*line);
    if (told.at("type") == "event") events.insert(name_of(told));
    if (told.at("type") != "verdict" || told.at("stream") == "warm") continue;
    verdicts[told.at("stream").get<std::string>()].push_back(*line);
    ++found;
  }
  for (const auto& [stream, lines] : verdicts) {
    const auto& all = expected.at(stream);
    EXPECT_EQ(lines, std::vector<std::string>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(lines.size())));
  }
  event_topic topic(on);
  EXPECT_TRUE(eventually([&] { return has_all(*served, topic.newest()); })) << served->process().errors();
  EXPECT_GT(topic.newest().size(), 5U);
  EXPECT_FALSE(events.empty());
  EXPECT_TRUE(eventually([&] { return openings_at(receiver).size() == topic.newest().size(); }));

  served->process().send_signal(SIGKILL);
  served->process().wait_exit();
  write_points(by, on, points, 6'000, points.size());
  by.flush();
  judge held(on, expected);
  EXPECT_TRUE(held.wait_all(60s)) << judging.errors();
  served = std::make_unique<support::daemon_process>(program, flags);
  EXPECT_TRUE(eventually([&] { return has_all(*served, topic.newest()); })) << served->process().errors();
  EXPECT_TRUE(eventually([&] { return openings_at(receiver).size() == topic.newest().size(); }));
  for (const auto& [event, count] : openings_at(receiver)) EXPECT_EQ(count, 1) << event.first << ' ' << event.second;
  served->process().send_signal(SIGTERM);
  EXPECT_EQ(served->process().wait_exit(), 0) << served->process().errors();
  judging.signal(SIGTERM);
  EXPECT_EQ(judging.wait_end(), 0) << judging.errors();
}

}  // namespace
}  // namespace spindrift::kafka_test
