#include "server/engine/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "common/model/glob.hpp"
#include "common/protocol/encode.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/point_journal.hpp"
#include "server/engine/stream.hpp"
#include "server/engine/stream_profile.hpp"
#include "tests/support/noise.hpp"
#include "tests/support/stream_list.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;

// A journal that can be told to refuse, and remembers the numbers it was given.
class test_journal : public point_journal {
public:
  bool append(const batch& what) override {
    if (refuses) return false;
    for (std::size_t i = 0; i < what.points.size(); ++i) {
      if (what.streams[i] != nullptr) {
        written.push_back(std::string(what.points[i].stream) + '/' + std::to_string(what.outcomes[i].what.n));
      }
    }
    return true;
  }
  bool forget(stream& what) override {
    if (refuses) return false;
    forgotten.push_back(what.name.str());
    return true;
  }

  bool refuses = false;
  std::vector<std::string> written;
  std::vector<std::string> forgotten;
};

engine_settings light_settings(std::size_t streams_max = 1'000) {
  engine_settings settings;
  settings.detectors.ensemble_on = false;
  settings.detectors.adwin_on = false;
  settings.streams_max = streams_max;
  return settings;
}

point point_of(std::string_view stream, double value = 1) {
  point made;
  made.stream = stream;
  made.value = value;
  return made;
}

std::function<bool(std::string_view)> matching(std::string pattern) {
  return [pattern = std::move(pattern)](std::string_view name) { return matches(pattern, name); };
}

class engine_test : public testing::Test {
protected:
  // What became of one batch: "stream/n" for each point, or why it was refused.
  std::vector<std::string> observe(engine& by, const std::vector<point>& points, std::int64_t steady_ms = 0) {
    batch_.clear();
    batch_.points = points;
    by.observe(batch_, {1'764'000'000'000, steady_ms});
    std::vector<std::string> results;
    for (const outcome& each : batch_.outcomes) results.push_back(text_of(each));
    return results;
  }
  std::vector<std::string> observe_streams(engine& by, const std::vector<std::string>& streams,
                                           std::int64_t steady_ms = 0) {
    std::vector<point> points;
    for (const std::string& each : streams) points.push_back(point_of(each));
    return observe(by, points, steady_ms);
  }

  static std::string text_of(const outcome& what) {
    switch (what.why) {
      case refusal::none:
        return std::string(what.what.subject.stream) + '/' + std::to_string(what.what.n);
      case refusal::too_many_streams:
        return "too_many_streams";
      case refusal::too_much_memory:
        return "too_much_memory";
      case refusal::memory_full:
        return "memory_full";
      case refusal::other_features:
        return "other_features";
      case refusal::other_unit:
        return "other_unit";
      case refusal::storage_full:
        return "storage_full";
      case refusal::nothing_sent:
        return "nothing_sent";
    }
    return "?";
  }

  counters counts_;
  batch batch_;
};

TEST_F(engine_test, numbers_the_points_of_each_stream_from_1) {
  engine by(light_settings(), counts_);
  EXPECT_THAT(observe_streams(by, {"a", "b", "a", "a"}), ElementsAre("a/1", "b/1", "a/2", "a/3"));
  EXPECT_THAT(observe_streams(by, {"b", "a"}), ElementsAre("b/2", "a/4"));
  EXPECT_EQ(by.stream_count(), 2U);
  EXPECT_EQ(read(counts_.points), 6U);
  EXPECT_EQ(read(counts_.streams_created), 2U);
}

TEST_F(engine_test, fills_in_the_arrival_time_only_where_none_was_sent) {
  engine by(light_settings(), counts_);
  point timed = point_of("a");
  timed.ts = 5;
  observe(by, std::vector<point>{point_of("a"), timed});
  EXPECT_EQ(batch_.outcomes[0].what.subject.ts, 1'764'000'000'000);
  EXPECT_EQ(batch_.outcomes[1].what.subject.ts, 5);
}

TEST_F(engine_test, gives_the_same_verdicts_for_one_batch_and_for_many) {
  engine one(engine_settings{}, counts_);
  engine many(engine_settings{}, counts_);
  support::noise_source noise(4);
  std::vector<point> points;
  for (int i = 0; i < 600; ++i) points.push_back(point_of(i % 3 == 0 ? "a" : "b", noise.normal() + (i > 400 ? 9 : 0)));
  for (std::size_t i = 0; i < points.size(); ++i) points[i].ts = static_cast<std::int64_t>(i) * 1'000;
  observe(one, points);
  std::string all;
  for (const outcome& each : batch_.outcomes) encode(each.what, all);
  std::string pieces;
  for (const point& each : points) {
    observe(many, std::vector<point>{each});
    encode(batch_.outcomes[0].what, pieces);
  }
  EXPECT_EQ(pieces, all);
}

TEST_F(engine_test, holds_a_stream_to_the_features_of_its_first_point) {
  engine by(light_settings(), counts_);
  const std::vector<feature> ab = {{"a", 1}, {"b", 2}};
  const std::vector<feature> ba = {{"b", 2}, {"a", 1}};
  const std::vector<feature> ac = {{"a", 1}, {"c", 2}};
  const std::vector<feature> a = {{"a", 1}};
  const auto with = [](const std::vector<feature>& values) {
    point made = point_of("m");
    made.values = values;
    return made;
  };
  EXPECT_THAT(observe(by, std::vector<point>{with(ab), with(ba), with(ac), with(a), point_of("m"), with(ab)}),
              ElementsAre("m/1", "m/2", "other_features", "other_features", "other_features", "m/3"));
  EXPECT_THAT(observe(by, std::vector<point>{point_of("u")}), ElementsAre("u/1"));
  point other = with(ab);
  other.stream = "u";
  EXPECT_THAT(observe(by, std::vector<point>{other}), ElementsAre("other_features"));
}

TEST_F(engine_test, names_the_feature_that_is_strangest_in_the_spelling_of_the_point) {
  engine by(light_settings(), counts_);
  support::noise_source noise(6);
  std::vector<feature> values = {{"a", 0}, {"b", 0}};
  for (int i = 0; i < 100; ++i) {
    values[0].value = noise.normal();
    values[1].value = noise.normal();
    point made = point_of("m");
    made.values = values;
    observe(by, std::vector<point>{made});
  }
  const std::vector<feature> strange = {{"b", 50}, {"a", 0}};
  point made = point_of("m");
  made.values = strange;
  observe(by, std::vector<point>{made});
  EXPECT_EQ(batch_.outcomes[0].what.feature, "b");
  EXPECT_GT(batch_.outcomes[0].what.z, 5);
  EXPECT_TRUE(batch_.outcomes[0].what.anomaly);
}

TEST_F(engine_test, refuses_a_new_stream_while_none_has_been_idle_for_a_minute) {
  engine by(light_settings(2), counts_);
  EXPECT_THAT(observe_streams(by, {"a", "b", "c", "a"}), ElementsAre("a/1", "b/1", "too_many_streams", "a/2"));
  EXPECT_THAT(observe_streams(by, {"c"}, 60'000), ElementsAre("too_many_streams"));
  EXPECT_THAT(observe_streams(by, {"c"}, 61'001), ElementsAre("c/1"));
  EXPECT_EQ(by.stream_count(), 2U);
  EXPECT_EQ(read(counts_.streams_evicted), 1U);
}

TEST_F(engine_test, evicts_the_longest_idle_first) {
  test_journal journal;
  engine by(light_settings(4), counts_, &journal);
  observe_streams(by, {"a"}, 0);
  observe_streams(by, {"b"}, 1'000);
  observe_streams(by, {"c"}, 2'000);
  observe_streams(by, {"d"}, 3'000);
  observe_streams(by, {"a"}, 4'000);
  EXPECT_THAT(observe_streams(by, {"e"}, 100'000), ElementsAre("e/1"));
  EXPECT_THAT(observe_streams(by, {"f", "g"}, 100'000), ElementsAre("f/1", "g/1"));
  EXPECT_THAT(journal.forgotten, ElementsAre("b", "c", "d"));
}

TEST_F(engine_test, evicts_one_stream_for_many_points_of_a_new_one) {
  test_journal journal;
  engine by(light_settings(3), counts_, &journal);
  observe_streams(by, {"a", "b", "c"}, 0);
  EXPECT_THAT(observe_streams(by, {"d", "d", "d"}, 100'000), ElementsAre("d/1", "d/2", "d/3"));
  EXPECT_EQ(journal.forgotten.size(), 1U);
  EXPECT_EQ(by.stream_count(), 3U);
}

TEST_F(engine_test, starts_an_evicted_stream_again_at_1) {
  engine by(light_settings(1), counts_);
  EXPECT_THAT(observe_streams(by, {"a", "a"}, 0), ElementsAre("a/1", "a/2"));
  EXPECT_THAT(observe_streams(by, {"b"}, 100'000), ElementsAre("b/1"));
  EXPECT_THAT(observe_streams(by, {"a"}, 200'000), ElementsAre("a/1"));
}

TEST_F(engine_test, keeps_a_stream_that_was_heard_of_since_the_last_look_around) {
  engine by(light_settings(2), counts_);
  observe_streams(by, {"a", "b"}, 0);
  EXPECT_THAT(observe_streams(by, {"c"}, 100'000), ElementsAre("c/1"));  // a went; b was noted as idle
  EXPECT_THAT(observe_streams(by, {"b"}, 100'100), ElementsAre("b/2"));
  EXPECT_THAT(observe_streams(by, {"d"}, 100'200), ElementsAre("too_many_streams"));
}

TEST_F(engine_test, forgets_idle_streams_the_longest_idle_first_and_tells_the_journal) {
  test_journal journal;
  engine by(light_settings(), counts_, &journal);
  for (int i = 0; i < 5; ++i) observe_streams(by, {std::string(1, static_cast<char>('a' + i))}, i * 1'000);
  EXPECT_EQ(by.forget_idle(3'000, 2, {0, 10'000}), 2U);
  EXPECT_THAT(journal.forgotten, ElementsAre("a", "b"));
  EXPECT_EQ(by.forget_idle(3'000, 10, {0, 10'000}), 1U) << "d was heard of at 3,000, not before";
  EXPECT_EQ(by.stream_count(), 2U);
  EXPECT_EQ(read(counts_.streams_evicted), 3U);
  journal.refuses = true;
  EXPECT_EQ(by.forget_idle(9'000, 10, {0, 20'000}), 0U) << "replay would bring it back";
  EXPECT_EQ(by.stream_count(), 2U);
}

TEST_F(engine_test, takes_streams_in_as_long_as_all_of_them_grown_would_fit) {
  engine_settings settings = light_settings();
  const std::size_t grown = stream_profile(settings.detectors).grown_bytes(1);
  settings.grown_bytes_max = 3 * grown + grown / 2;
  engine by(settings, counts_);
  EXPECT_THAT(observe_streams(by, {"a", "b", "c", "d", "a"}),
              ElementsAre("a/1", "b/1", "c/1", "too_much_memory", "a/2"));
  EXPECT_THAT(observe_streams(by, {"d", "b"}, 60'000), ElementsAre("too_much_memory", "b/2"));
  EXPECT_THAT(observe_streams(by, {"d", "e", "f"}, 61'000), ElementsAre("d/1", "e/1", "too_much_memory"))
      << "a and c were idle for more than a minute, b was not";
  EXPECT_EQ(by.stream_count(), 3U);
}

TEST_F(engine_test, reckons_with_every_value_of_a_stream) {
  engine_settings settings = light_settings();
  const stream_profile profile(settings.detectors);
  settings.grown_bytes_max = profile.grown_bytes(3);
  engine by(settings, counts_);
  const std::vector<feature> three = {{"a", 1}, {"b", 2}, {"c", 3}};
  const std::vector<feature> four = {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}};
  point wide = point_of("m");
  wide.values = four;
  EXPECT_THAT(observe(by, std::vector<point>{wide}), ElementsAre("too_much_memory"));
  wide.values = three;
  EXPECT_THAT(observe(by, std::vector<point>{wide, point_of("u")}), ElementsAre("m/1", "too_much_memory"));
}

TEST_F(engine_test, refuses_points_of_streams_that_still_grow_and_of_no_others_while_nothing_may_grow) {
  engine by(light_settings(3), counts_);
  std::vector<point> many(1'000, point_of("old"));
  for (std::uint64_t n = 0; n < engine::grown_points; n += many.size()) observe(by, many);
  observe_streams(by, {"young"});
  by.limit_growth(growth::of_known_streams);
  EXPECT_THAT(observe_streams(by, {"old", "young", "new"}), ElementsAre("old/100001", "young/2", "too_much_memory"));
  by.limit_growth(growth::none);
  EXPECT_THAT(observe_streams(by, {"old", "young", "new"}),
              ElementsAre("old/100002", "memory_full", "too_much_memory"));
  by.limit_growth(growth::unlimited);
  EXPECT_THAT(observe_streams(by, {"old", "young", "new"}), ElementsAre("old/100003", "young/3", "new/1"));
}

TEST_F(engine_test, takes_in_no_more_streams_than_the_newest_bound_lets) {
  engine_settings settings = light_settings();
  const std::size_t grown = stream_profile(settings.detectors).grown_bytes(1);
  settings.grown_bytes_max = 3 * grown;
  engine by(settings, counts_);
  by.bound_grown_bytes(2 * grown);
  EXPECT_THAT(observe_streams(by, {"a", "b", "c"}), ElementsAre("a/1", "b/1", "too_much_memory"));
  by.bound_grown_bytes(grown);
  EXPECT_THAT(observe_streams(by, {"a", "b", "c"}), ElementsAre("a/2", "b/2", "too_much_memory")) << "these stay";
}

TEST_F(engine_test, gives_numbers_back_when_the_journal_refuses) {
  test_journal journal;
  engine by(light_settings(), counts_, &journal);
  EXPECT_THAT(observe_streams(by, {"a", "b"}), ElementsAre("a/1", "b/1"));
  journal.refuses = true;
  EXPECT_THAT(observe_streams(by, {"a", "a", "b"}), ElementsAre("storage_full", "storage_full", "storage_full"));
  journal.refuses = false;
  EXPECT_THAT(observe_streams(by, {"a", "b"}), ElementsAre("a/2", "b/2"));
  EXPECT_THAT(journal.written, ElementsAre("a/1", "b/1", "a/2", "b/2"));
  EXPECT_EQ(read(counts_.points), 4U);
}

TEST_F(engine_test, learns_nothing_from_a_point_that_the_journal_refused) {
  test_journal journal;
  engine by(engine_settings{}, counts_, &journal);
  counters other_counts;
  engine untroubled(engine_settings{}, other_counts);
  support::noise_source noise(8);
  std::string seen;
  std::string expected;
  for (int i = 0; i < 200; ++i) {
    point made = point_of("a", noise.normal());
    made.ts = i * 1'000;
    journal.refuses = i % 3 == 1;
    observe(by, std::vector<point>{made});
    if (journal.refuses) continue;
    encode(batch_.outcomes[0].what, seen);
    observe(untroubled, std::vector<point>{made});
    encode(batch_.outcomes[0].what, expected);
  }
  EXPECT_EQ(seen, expected);
}

TEST_F(engine_test, forgets_a_stream_of_which_the_journal_took_nothing) {
  test_journal journal;
  engine by(light_settings(), counts_, &journal);
  const std::vector<feature> values = {{"a", 1}};
  point wide = point_of("s");
  wide.values = values;
  journal.refuses = true;
  EXPECT_THAT(observe(by, std::vector<point>{wide, wide}), ElementsAre("storage_full", "storage_full"));
  EXPECT_EQ(by.stream_count(), 0U);
  EXPECT_EQ(read(counts_.streams_created), 0U);
  journal.refuses = false;
  EXPECT_THAT(observe_streams(by, {"s"}), ElementsAre("s/1"));
}

TEST_F(engine_test, lists_streams_by_name) {
  engine by(light_settings(), counts_);
  for (int i = 0; i < 50; ++i) observe(by, std::vector<point>{point_of(i % 2 == 0 ? "even" : "odd", i)});
  observe_streams(by, {"x.c", "x.a", "x.b"});
  const auto all = list_streams(by, matching("*"), 100);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0].name, "even");
  EXPECT_EQ(all[0].n, 25U);
  EXPECT_EQ(all[0].last, 48);
  EXPECT_EQ(all[0].last_ts, 1'764'000'000'000);
  const auto some = list_streams(by, matching("x.*"), 2);
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some[0].name, "x.a");
  EXPECT_EQ(some[1].name, "x.b");
  EXPECT_TRUE(list_streams(by, matching("*"), 0).empty());
  EXPECT_TRUE(list_streams(by, matching("none"), 10).empty());
}

// Goal: two threads on overlapping streams spend every number exactly once, and each sees its own points of a stream
// numbered in their order.
TEST_F(engine_test, spends_every_number_once_on_two_threads) {
  engine by(light_settings(), counts_);
  constexpr int rounds = 400;
  const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f", "g"};
  std::vector<std::map<std::string, std::vector<std::uint64_t>>> seen(2);
  const auto work = [&](std::size_t who) {
    support::noise_source noise(who + 1);
    batch mine;
    for (int i = 0; i < rounds; ++i) {
      mine.clear();
      for (int j = 0; j < 20; ++j)
        mine.points.push_back(point_of(names[static_cast<std::size_t>(noise.below(names.size()))]));
      by.observe(mine, {0, 0});
      for (const outcome& each : mine.outcomes) seen[who][std::string(each.what.subject.stream)].push_back(each.what.n);
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  std::uint64_t points = 0;
  for (const std::string& name : names) {
    EXPECT_TRUE(std::is_sorted(seen[0][name].begin(), seen[0][name].end()));
    EXPECT_TRUE(std::is_sorted(seen[1][name].begin(), seen[1][name].end()));
    std::vector<std::uint64_t> all = seen[0][name];
    all.insert(all.end(), seen[1][name].begin(), seen[1][name].end());
    std::sort(all.begin(), all.end());
    for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], i + 1) << name;
    points += all.size();
  }
  EXPECT_EQ(points, 2U * rounds * 20);
  EXPECT_EQ(read(counts_.points), points);
}

TEST_F(engine_test, evicts_and_creates_on_two_threads_without_exceeding_its_limit) {
  engine by(light_settings(16), counts_);
  const auto work = [&by](std::uint64_t seed) {
    support::noise_source noise(seed);
    batch mine;
    std::vector<std::string> names;
    for (int i = 0; i < 300; ++i) {
      mine.clear();
      names.clear();
      for (int j = 0; j < 8; ++j) names.push_back("s" + std::to_string(noise.below(200)));
      for (const std::string& name : names) mine.points.push_back(point_of(name));
      by.observe(mine, {0, i * 61'000});
      ASSERT_LE(by.stream_count(), 16U);
    }
  };
  std::thread other(work, 1);
  work(2);
  other.join();
  EXPECT_GT(read(counts_.streams_evicted), 0U);
  EXPECT_EQ(read(counts_.streams_created) - read(counts_.streams_evicted), by.stream_count());
}

// Disjoint streams do not notice each other: the verdicts are the same on one thread and on four.
TEST_F(engine_test, gives_the_same_verdicts_on_one_thread_and_on_four) {
  const auto run = [](engine& by, int first, int last, std::vector<std::string>& lines) {
    batch mine;
    for (int who = first; who < last; ++who) {
      support::noise_source noise(static_cast<std::uint64_t>(who) + 1);
      const std::string name = "s" + std::to_string(who);
      for (int i = 0; i < 300; ++i) {
        mine.clear();
        mine.points.push_back(point_of(name, noise.normal() + (i > 200 ? 5 : 0)));
        mine.points.back().ts = i * 1'000;
        by.observe(mine, {0, 0});
        encode(mine.outcomes[0].what, lines[static_cast<std::size_t>(who)]);
      }
    }
  };
  engine alone(engine_settings{}, counts_);
  std::vector<std::string> expected(4);
  run(alone, 0, 4, expected);
  engine shared(engine_settings{}, counts_);
  std::vector<std::string> lines(4);
  std::vector<std::thread> threads;
  for (int who = 0; who < 4; ++who) threads.emplace_back([&, who] { run(shared, who, who + 1, lines); });
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(lines, expected);
}

TEST_F(engine_test, gives_what_each_feature_was_expected_to_be_in_the_order_of_the_point) {
  counters counts;
  engine by(light_settings(), counts);
  const std::vector<feature> forth = {{"a", 1}, {"b", 10}};
  const std::vector<feature> back = {{"b", 10}, {"a", 1}};
  point made = point_of("m");
  for (int i = 0; i < 100; ++i) {
    made.values = forth;
    observe(by, {made});
  }
  made.values = back;
  observe(by, {made});
  const auto by_feature = batch_.outcomes.front().what.by_feature;
  ASSERT_EQ(by_feature.size(), 2U);
  EXPECT_NEAR(by_feature[0].expected, 10, 1e-6);
  EXPECT_NEAR(by_feature[1].expected, 1, 1e-6);
}

}  // namespace
}  // namespace spindrift
