// What the keys of [[alert]] and [[maintenance]] take, and how they are shown.
#include "server/alerts/alert_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/alerts/alert_options.hpp"
#include "server/alerts/alert_settings.hpp"
#include "server/engine/stream_settings.hpp"
#include "tests/support/taken_flags.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The keys as flags: what is wrong, and the settings as they would be printed.
std::string take_alert_keys(std::vector<const char*> flags, alert_settings& into, std::string* printed = nullptr) {
  return support::take_declared(
      std::move(flags), [&into](option_set& keys) { declare_alert(into, keys); }, printed);
}

TEST(alert_table, every_budget_that_is_taken_is_shown_so_that_it_reads_back) {
  for (const char* const text :
       {"1/hour", "5/day", "3/week", "100000/week", "100000/day", "4167/hour", "100000/hour"}) {
    alert_settings first;
    std::string printed;
    ASSERT_EQ(take_alert_keys({"--budget", text}, first, &printed), "") << text;
    const std::size_t begin = printed.find("budget = \"") + 10;
    const std::string shown = printed.substr(begin, printed.find('"', begin) - begin);
    alert_settings again;
    EXPECT_EQ(take_alert_keys({"--budget", shown.c_str()}, again), "") << text;
    EXPECT_EQ(again.budget, first.budget) << text;
  }
}

TEST(alert_table, a_budget_is_a_count_in_a_span_or_off) {
  alert_settings chosen;
  EXPECT_EQ(take_alert_keys({"--budget", "2/hour"}, chosen), "");
  EXPECT_EQ(chosen.budget, 48);
  EXPECT_EQ(take_alert_keys({"--budget", "off"}, chosen), "");
  EXPECT_EQ(chosen.budget, 0);
  for (const char* const wrong : {"", "5", "0/day", "-1/day", "1.5/day", "5/month", "5/days", "100001/day", "/day"}) {
    EXPECT_THAT(take_alert_keys({"--budget", wrong}, chosen), HasSubstr("COUNT/hour, COUNT/day or COUNT/week"))
        << wrong;
  }
}

TEST(alert_table, a_wait_may_be_off_where_there_may_be_none) {
  alert_settings chosen;
  EXPECT_EQ(take_alert_keys({"--group", "off", "--repeat", "2h", "--timeout", "3s"}, chosen), "");
  EXPECT_EQ(chosen.group.count(), 0);
  EXPECT_EQ(chosen.repeat.count(), 7'200'000);
  EXPECT_EQ(chosen.timeout.count(), 3'000);
  EXPECT_THAT(take_alert_keys({"--timeout", "off"}, chosen), HasSubstr("--timeout"));
  EXPECT_EQ(chosen.timeout.count(), 3'000);
}

TEST(alert_table, a_name_is_a_plain_word_of_up_to_64_bytes) {
  alert_settings chosen;
  const std::string longest(64, 'a');
  EXPECT_EQ(take_alert_keys({"--name", longest.c_str()}, chosen), "");
  for (const std::string& wrong : {longest + "a", std::string("on call"), std::string()}) {
    EXPECT_THAT(take_alert_keys({"--name", wrong.c_str()}, chosen), HasSubstr("at most 64 bytes")) << wrong;
  }
}

TEST(alert_table, a_pattern_has_at_most_four_stars) {
  alert_settings chosen;
  EXPECT_EQ(take_alert_keys({"--match", "a*b*c*d*", "--match", "e"}, chosen), "");
  EXPECT_THAT(chosen.match, ElementsAre("a*b*c*d*", "e")) << "what was given replaces the default";
  for (const std::string& wrong : {std::string("*****"), std::string(), std::string(257, 'a')}) {
    EXPECT_THAT(take_alert_keys({"--match", wrong.c_str()}, chosen), HasSubstr("at most four *")) << wrong;
  }
}

TEST(alert_table, a_time_of_maintenance_has_its_zone) {
  maintenance_settings chosen;
  option_set keys("maintenance", "");
  declare_maintenance(chosen, keys);
  const char* const words[] = {"maintenance", "--from", "2027-01-31T22:00:00+01:00", "--to", "2027-02-01T00:00:00Z"};
  EXPECT_EQ(keys.parse(5, words).text, "");
  EXPECT_EQ(chosen.to_ms - chosen.from_ms, 3 * 3'600'000);
  EXPECT_THAT(keys.print_config(), HasSubstr("from = \"2027-01-31T21:00:00"));
  for (const char* const wrong : {"2027-01-31T22:00:00", "1970-01-01T00:00:00Z", "tomorrow"}) {
    maintenance_settings other;
    option_set again("maintenance", "");
    declare_maintenance(other, again);
    const char* const bad[] = {"maintenance", "--from", wrong};
    EXPECT_THAT(again.parse(3, bad).text, HasSubstr("a time with its zone")) << wrong;
  }
}

TEST(alert_options, name_the_stream_whose_alert_there_is_not_with_the_nearest) {
  alerts_settings known;
  known.alerts.resize(1);
  known.alerts[0].name = "oncall";
  std::vector<stream_settings> streams(3);
  streams[1].alert = "oncal";
  streams[2].alert = "oncall";
  std::vector<std::string> complaints;
  complain_of_unknown_alerts(known, streams, complaints);
  EXPECT_THAT(complaints, ElementsAre(testing::AllOf(HasSubstr("[[stream]] 2: alert: \"oncal\" is the name of no"),
                                                     HasSubstr("did you mean oncall"))));
  streams[1].alert = "default";
  known.url = "http://a/";
  complaints.clear();
  complain_of_unknown_alerts(known, streams, complaints);
  EXPECT_THAT(complaints, IsEmpty()) << "that of the command line";
}

}  // namespace
}  // namespace spindrift
