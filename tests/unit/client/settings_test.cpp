#include "client/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct parsed {
  client_settings settings;
  parse_result result;
};

void parse(parsed& into, std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "spindrift-sim");
  option_set options("spindrift-sim", "test");
  declare_options(options, into.settings);
  into.result = options.parse(static_cast<int>(arguments.size()), arguments.data());
}

parsed parse(const std::vector<const char*>& arguments) {
  parsed made;
  parse(made, arguments);
  return made;
}

TEST(client_settings, have_defaults_that_work) {
  const parsed made = parse({});
  EXPECT_TRUE(made.result.proceeds);
  EXPECT_THAT(complaints_about(made.settings), IsEmpty());
  EXPECT_EQ(made.settings.server, (endpoint{"127.0.0.1", 7171}));
  EXPECT_EQ(made.settings.rate, 10);
  EXPECT_EQ(made.settings.pipeline, 256U);
  EXPECT_THAT(stream_names(made.settings), ElementsAre("sine"));
  EXPECT_EQ(total_count(made.settings, std::nullopt), std::nullopt) << "at a rate there is no end";
}

TEST(client_settings, take_every_flag) {
  const parsed made = parse({"--server",   "[::1]:99",   "--scenario",    "iot",        "--rate",
                             "0",          "--count",    "500",           "--streams",  "2",
                             "--stream",   "plant",      "--seed",        "9",          "--anomaly-rate",
                             "0.2",        "--drift-at", "300,100",       "--drift-at", "200",
                             "--pipeline", "64",         "--connections", "2",          "--report",
                             "json",       "--quiet",    "--producer",    "me",         "--token-file",
                             "/x"});
  ASSERT_TRUE(made.result.proceeds) << made.result.text;
  const client_settings& settings = made.settings;
  EXPECT_EQ(settings.server, (endpoint{"::1", 99}));
  EXPECT_EQ(settings.scenario, scenario_name::iot);
  EXPECT_EQ(settings.rate, 0);
  EXPECT_EQ(settings.count, 500U);
  EXPECT_THAT(stream_names(settings), ElementsAre("plant-1", "plant-2"));
  EXPECT_EQ(settings.seed, 9U);
  EXPECT_EQ(settings.anomaly_rate, 0.2);
  EXPECT_THAT(settings.drift_points, ElementsAre(100, 200, 300));
  EXPECT_EQ(settings.pipeline, 64U);
  EXPECT_EQ(settings.connections, 2U);
  EXPECT_EQ(settings.report, "json");
  EXPECT_TRUE(settings.is_quiet);
}

TEST(client_settings, refuse_bad_values_with_key_value_and_what_is_allowed) {
  const std::vector<std::vector<const char*>> bad = {
      {"--server", "localhost"},  {"--server", "h:0"}, {"--scenario", "cosine"},  {"--rate", "-1"},
      {"--count", "0"},           {"--streams", "0"},  {"--anomaly-rate", "1.5"}, {"--anomaly-rate", "nan"},
      {"--drift-at", "5,"},       {"--drift-at", "0"}, {"--pipeline", "0"},       {"--connections", "x"},
      {"--value-column", "a,,b"}, {"--report", "xml"}};
  for (const std::vector<const char*>& arguments : bad) {
    const parsed made = parse(arguments);
    EXPECT_EQ(made.result.exit_code, exit_bad_config) << arguments[0] << ' ' << arguments[1];
    EXPECT_THAT(made.result.text, HasSubstr(std::string(arguments[0]).substr(2)));
    EXPECT_THAT(made.result.text, HasSubstr(arguments[1]));
    EXPECT_THAT(made.result.text, HasSubstr("allowed"));
  }
}

TEST(client_settings, refuse_flags_that_would_have_no_effect) {
  EXPECT_THAT(complaints_about(parse({"--replay", "x.csv", "--scenario", "sine"}).settings),
              ElementsAre(HasSubstr("scenario")));
  EXPECT_THAT(complaints_about(parse({"--replay", "x.csv", "--anomaly-rate", "0.1", "--drift-at", "5"}).settings),
              ElementsAre(HasSubstr("anomaly-rate"), HasSubstr("drift-at")));
  EXPECT_THAT(complaints_about(parse({"--value-column", "v", "--time-column", "t", "--label-column", "l"}).settings),
              ElementsAre(HasSubstr("value-column"), HasSubstr("time-column"), HasSubstr("label-column")));
}

TEST(client_settings, refuse_names_that_may_not_go_over_the_wire) {
  EXPECT_THAT(complaints_about(parse({"--stream", "a*b"}).settings), ElementsAre(HasSubstr("stream: 'a*b'")));
  EXPECT_THAT(complaints_about(parse({"--producer", "-x"}).settings), ElementsAre(HasSubstr("producer: '-x'")));
}

TEST(client_settings, give_every_connection_a_stream_unless_told_otherwise) {
  EXPECT_EQ(parse({"--connections", "3"}).settings.stream_count(), 3U);
  EXPECT_EQ(parse({"--connections", "3", "--streams", "1"}).settings.stream_count(), 1U);
}

TEST(client_settings, name_a_replayed_stream_after_its_file) {
  EXPECT_THAT(stream_names(parse({"--replay", "/data/art daily.csv"}).settings), ElementsAre("art_daily"));
  EXPECT_THAT(stream_names(parse({"--replay", "/data/x.csv", "--streams", "2"}).settings), ElementsAre("x-1", "x-2"));
}

TEST(client_settings, know_how_many_points_there_will_be) {
  EXPECT_EQ(total_count(parse({"--rate", "0", "--streams", "3"}).settings, std::nullopt), 6'000U);
  EXPECT_EQ(total_count(parse({"--rate", "0", "--count", "7"}).settings, std::nullopt), 7U);
  EXPECT_EQ(total_count(parse({"--streams", "2"}).settings, 50), 100U) << "a whole recording for every stream";
  EXPECT_EQ(total_count(parse({"--count", "30"}).settings, 50), 30U);
  EXPECT_EQ(total_count(parse({"--count", "60"}).settings, 50), 50U) << "no more than there is";
}

}  // namespace
}  // namespace spindrift
