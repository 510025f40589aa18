// The state directories that earlier releases left: a daemon of today goes on from each.
//
// What a detector says next must be, to the last digit, what that release said next, as long as the state of the
// detector can still be read; where it cannot, the stream keeps its numbers and the log says what is learned anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
namespace fs = std::filesystem;

struct old_directory {
  std::string version;
  std::string name;
};
void PrintTo(const old_directory& of, std::ostream* out) {
  *out << of.version << ' ' << of.name;
}

class old_state : public testing::TestWithParam<old_directory> {
protected:
  void SetUp() override {
    const std::string from =
        std::string(SPINDRIFT_SOURCE_DIR) + "/tests/golden/state/" + GetParam().version + '/' + GetParam().name;
    fs::copy(from, folder_.file("state"), fs::copy_options::recursive);
    facts_ = json::parse(read_file(from + ".json"));
    start();
  }
  void start() {
    std::vector<std::string> flags = facts_.at("flags");
    flags.insert(flags.end(), {"--state-dir", folder_.file("state"), "--log-format", "json"});
    daemon_ = std::make_unique<daemon_process>(program("spindriftd"), flags);
  }
  void stop() {
    daemon_->process().send_signal(SIGTERM);
    EXPECT_EQ(daemon_->process().wait_exit(), 0);
  }

  // The parts that this daemon said it learns anew.
  std::vector<std::string> learned_anew() const {
    std::vector<std::string> parts;
    for (const std::string& line : split_lines(daemon_->process().errors())) {
      const json entry = json::parse(line);
      if (entry.at("event") != "state_learned_anew") continue;
      EXPECT_THAT(entry.at("reason").get<std::string>(),
                  testing::AnyOf("it is of another version", "nothing was saved of it"));
      parts.push_back(entry.at("part"));
    }
    return parts;
  }

  scratch_folder folder_;
  json facts_;
  std::unique_ptr<daemon_process> daemon_;
};

const char* const names[] = {"default", "classic", "iforest", "journal"};

std::vector<old_directory> all_directories() {
  std::vector<old_directory> all;
  for (const char* version : {"0.1.0", "0.2.0"}) {
    for (const char* name : names) all.push_back({version, name});
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(of, old_state, testing::ValuesIn(all_directories()), [](const auto& each) {
  std::string name = each.param.version + '_' + each.param.name;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

TEST_P(old_state, keeps_the_numbers_of_streams_and_producers) {
  tcp_client client = daemon_->connect();
  const json streams = ask(client, R"({"op":"streams"})").at("streams");
  const json& wanted = facts_.at("streams").at("streams");
  ASSERT_EQ(streams.size(), wanted.size());
  for (std::size_t i = 0; i < streams.size(); ++i) {
    for (const char* field : {"stream", "n", "last", "ts", "features"}) {
      EXPECT_EQ(streams[i].at(field), wanted[i].at(field)) << field;
    }
  }
  EXPECT_EQ(ask(client, R"({"op":"hello","producer":"plant-7"})").at("last_seq"), facts_.at("hello").at("last_seq"));
}

TEST_P(old_state, keeps_the_verdicts_and_the_history) {
  tcp_client client = daemon_->connect();
  if (GetParam().name == "default") {
    EXPECT_EQ(ask(client, R"({"op":"history","limit":5})").at("events"), facts_.at("history").at("events"));
  }
  ask(client, R"({"op":"hello","producer":"plant-7"})");
  json repeated = facts_.at("points").front();
  repeated["seq"] = facts_.at("hello").at("last_seq");
  const json again = ask(client, repeated.dump());
  EXPECT_EQ(again.at("dup"), true) << again;
}

// Six digits of what is derived, and, of several values, those of the one that counts.
json as_sent_today(const json& verdict, const char* field) {
  json value = verdict.value(field, json());
  if (value.is_object() && verdict.contains("feature") && value.contains(verdict.at("feature"))) {
    value = value.at(verdict.at("feature").get<std::string>());
  }
  const auto shorten = [](json& number) {
    if (!number.is_number_float()) return;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", number.get<double>());
    number = std::strtod(text.data(), nullptr);
  };
  if (value.is_object()) {
    for (json& number : value) shorten(number);
  }
  shorten(value);
  return value;
}

TEST_P(old_state, goes_on_bit_for_bit_where_a_detector_can_be_read) {
  const std::vector<std::string> anew = learned_anew();
  const auto is_read = [&](std::string_view part) { return std::find(anew.begin(), anew.end(), part) == anew.end(); };
  std::vector<const char*> fields = {"n"};
  // A journal without a snapshot is learned by the detectors of today, whatever those of then would have said.
  if (GetParam().name != "journal") {
    if (is_read("zscore (robust)") && is_read("zscore (classic)")) fields.insert(fields.end(), {"expected", "sigma"});
    if (is_read("adwin")) fields.insert(fields.end(), {"drift", "adwin"});
    if (is_read("ensemble")) fields.insert(fields.end(), {"alarm", "score"});
    if (is_read("zscore (robust)") && is_read("zscore (classic)") && is_read("iforest"))
      fields.insert(fields.end(), {"anomaly", "by"});
  }
  tcp_client client = daemon_->connect();
  ask(client, R"({"op":"hello","producer":"plant-7"})");
  const json& points = facts_.at("points");
  for (std::size_t i = 0; i < points.size(); ++i) {
    const json verdict = ask(client, points[i].dump());
    const json& wanted = facts_.at("verdicts")[i];
    for (const char* field : fields) {
      if (field == std::string_view("score") && wanted.contains(field)) {
        // Of then, its logarithms were held with all their digits, and the lowest scores of a stream apart.
        EXPECT_NEAR(verdict.at(field).get<double>(), wanted.at(field).get<double>(), 0.05) << verdict;
        continue;
      }
      EXPECT_EQ(as_sent_today(verdict, field), as_sent_today(wanted, field)) << field << " of " << verdict;
    }
  }
}

// The first start migrates; what is written then is of today.
TEST_P(old_state, is_read_without_a_word_the_second_time) {
  tcp_client client = daemon_->connect();
  ask(client, R"({"op":"hello","producer":"plant-7"})");
  ask(client, facts_.at("points").front().dump());
  client.close();
  stop();
  start();
  EXPECT_TRUE(learned_anew().empty());
  tcp_client again = daemon_->connect();
  json point = facts_.at("points")[1];
  EXPECT_EQ(ask(again, point.dump()).at("n"), facts_.at("verdicts")[1].at("n"));
}

}  // namespace
}  // namespace spindrift
