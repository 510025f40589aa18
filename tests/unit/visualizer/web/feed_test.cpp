#include "visualizer/web/feed.hpp"

#include "common/model/verdict.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace spindrift {
namespace {

using nlohmann::json;

// The object of one event; discarded when there is none.
json object_of(const std::string& event) {
  const std::size_t begin = event.find("data: ");
  if (begin == std::string::npos || !event.ends_with("\n\n")) return json(json::value_t::discarded);
  return json::parse(event.substr(begin + 6), nullptr, false);
}

class feed : public testing::Test {
protected:
  void hear(std::string_view stream, std::uint64_t n, double value = 1) {
    verdict judged;
    judged.subject.stream = stream;
    judged.subject.value = value;
    judged.subject.ts = 1'000;
    judged.n = n;
    judged.expected = 2;
    judged.sigma = 0.5;
    shown_.add(judged);
  }

  gallery shown_{3};
  heading above_{"127.0.0.1:7171", "live"};
  event_feed feed_{view_settings{}};
};

TEST_F(feed, a_snapshot_holds_all_and_is_one_line_of_json) {
  hear("a", 1);
  hear("a", 2);
  feed_.increment(shown_, above_);
  const std::string event = feed_.snapshot(shown_, above_);
  const json all = object_of(event);
  ASSERT_FALSE(all.is_discarded()) << event;
  EXPECT_EQ(all["at"], 1);
  EXPECT_EQ(all["full"], true);
  EXPECT_EQ(all["server"], "127.0.0.1:7171");
  EXPECT_EQ(all["panels"][0]["stream"], "a");
  EXPECT_EQ(all["panels"][0]["samples"], json::parse("[[1,1000,1,0,2,0.5],[2,1000,1,0,2,0.5]]"));
}

TEST_F(feed, an_increment_has_what_was_added_and_then_nothing) {
  hear("a", 1);
  feed_.increment(shown_, above_);
  hear("a", 2);
  hear("b", 1);
  const json added = object_of(feed_.increment(shown_, above_));
  EXPECT_EQ(added["at"], 2);
  EXPECT_EQ(added["panels"][0]["fresh"], false);
  EXPECT_EQ(added["panels"][0]["samples"].size(), 1U);
  EXPECT_EQ(added["panels"][1]["fresh"], true);
  EXPECT_EQ(feed_.increment(shown_, above_), "");
}

TEST_F(feed, a_panel_of_which_all_is_new_comes_fresh) {
  hear("a", 1);
  feed_.increment(shown_, above_);
  for (std::uint64_t n = 2; n < 8; ++n) hear("a", n);
  const json added = object_of(feed_.increment(shown_, above_));
  EXPECT_EQ(added["panels"][0]["fresh"], true);
  EXPECT_EQ(added["panels"][0]["samples"].size(), 3U);
}

TEST_F(feed, a_changed_state_is_an_event) {
  feed_.increment(shown_, above_);
  above_.state = "waiting: \"quoted\"\nand a line end";
  const json changed = object_of(feed_.increment(shown_, above_));
  EXPECT_EQ(changed["state"], above_.state);
}

TEST_F(feed, events_come_when_they_change_and_in_every_snapshot) {
  hear("a", 1);
  feed_.increment(shown_, above_);
  stream_event told;
  told.number = 17;
  told.stream = "a";
  told.kind = "stuck";
  told.text = "a \"text\"\nof two lines";
  shown_.add(told);
  const json changed = object_of(feed_.increment(shown_, above_));
  ASSERT_EQ(changed["events"].size(), 1U);
  EXPECT_EQ(changed["events"][0]["text"], told.text);
  EXPECT_EQ(changed["events"][0]["over"], false);
  EXPECT_FALSE(changed["events"][0].contains("to_n"));
  EXPECT_EQ(feed_.increment(shown_, above_), "");
  told.to_n = 9;
  shown_.add(told);
  hear("a", 2);
  EXPECT_EQ(object_of(feed_.increment(shown_, above_))["events"][0]["to_n"], 9);
  hear("a", 3);
  EXPECT_FALSE(object_of(feed_.increment(shown_, above_)).contains("events"));
  EXPECT_EQ(object_of(feed_.snapshot(shown_, above_))["events"].size(), 1U);
}

// The worst there is: every number of the longest text, every name of what is escaped longest.
TEST(feed_of_too_much, keeps_its_events_below_their_limit) {
  gallery shown(100'000);
  const auto name_of = [](int stream) { return std::string(300, '\x01') + std::to_string(stream); };
  verdict judged;
  judged.expected = -1.2345678901234567e-300;
  judged.sigma = 1.2345678901234567e-300;
  judged.subject.value = -1.2345678901234567e-300;
  judged.anomaly = judged.alarm = true;
  judged.drift.emplace();
  for (std::size_t stream = 0; stream < gallery::panels_max; ++stream) {
    const std::string name = name_of(static_cast<int>(stream));
    judged.subject.stream = name;
    for (std::uint64_t n = 0; n < 1'000; ++n) {
      judged.n = (std::uint64_t{1} << 53U) - 1'000 + n;
      judged.subject.ts = -62'135'596'800'000 + static_cast<std::int64_t>(n);
      shown.add(judged);
    }
  }
  for (std::uint64_t number = 1; number <= gallery::events_max; ++number) {
    stream_event told;
    told.number = number;
    told.stream = told.feature = told.text = std::string(stream_event::text_bytes_max, '\x01');
    told.kind = told.direction = std::string(stream_event::word_bytes_max, '\x01');
    shown.add(told);
  }
  event_feed made{view_settings{}};
  const std::string increment = made.increment(shown, {});
  const std::string snapshot = made.snapshot(shown, {});
  EXPECT_LE(increment.size(), event_feed::event_bytes_max);
  EXPECT_LE(snapshot.size(), event_feed::event_bytes_max);
  const json all = object_of(snapshot);
  EXPECT_EQ(all["points"], event_feed::samples_max / gallery::panels_max);
  EXPECT_EQ(all["panels"][3]["samples"].size(), event_feed::samples_max / gallery::panels_max);
  EXPECT_EQ(all["panels"][3]["samples"].back()[0], (std::uint64_t{1} << 53U) - 1) << "the newest";
}

TEST_F(feed, long_names_are_cut_between_characters) {
  const std::string name = std::string(event_feed::text_bytes_max - 1, 'x') + "\xc3\xa9\xc3\xa9\xc3\xa9";
  hear(name, 1);
  const json all = object_of(feed_.snapshot(shown_, above_));
  ASSERT_FALSE(all.is_discarded());
  EXPECT_EQ(all["panels"][0]["stream"], std::string(event_feed::text_bytes_max - 1, 'x') + "\xc3\xa9\xe2\x80\xa6");
}

}  // namespace
}  // namespace spindrift
