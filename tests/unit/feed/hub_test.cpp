#include "server/feed/hub.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

struct sample_line {
  std::string stream;
  std::string text;
  line_class kind = line_class::ordinary;
};

shared_published_batch batch_of(const std::vector<sample_line>& lines) {
  auto made = std::make_shared<published_batch>();
  for (const sample_line& given : lines) {
    published_line line;
    line.begin = static_cast<std::uint32_t>(made->bytes.size());
    line.stream_begin = line.begin;
    line.stream_length = static_cast<std::uint32_t>(given.stream.size());
    line.stream_hash = std::hash<std::string>()(given.stream);
    made->bytes += given.stream + ' ' + given.text + '\n';
    line.length = static_cast<std::uint32_t>(made->bytes.size()) - line.begin;
    line.kind = given.kind;
    made->classes = made->classes | given.kind;
    made->lines.push_back(line);
  }
  return made;
}

struct listener final : subscriber {
  explicit listener(std::size_t bytes_max = 1'000'000) : box(bytes_max) {}
  void feed_came(std::size_t dropped_lines) override {
    ++rung;
    dropped += dropped_lines;
  }
  std::string heard() {
    std::string all;
    for (auto piece = box.take(); !piece.bytes.empty(); piece = box.take()) all += piece.bytes;
    return all;
  }
  outbox box;
  std::size_t rung = 0;
  std::size_t dropped = 0;
};

constexpr line_classes everything = verdict_lines | line_class::event;
constexpr line_classes marked = only(line_class::marked);

TEST(hub, gives_each_subscriber_the_lines_it_wants) {
  subscription_list known;
  hub at(known, 0);
  listener all;
  listener marks;
  listener some;
  listener events;
  at.subscribe(filter({"*"}, everything), all.box, all);
  at.subscribe(filter({"*"}, marked), marks.box, marks);
  at.subscribe(filter({"a*"}, marked), some.box, some);
  at.subscribe(filter({"*"}, event_lines), events.box, events);
  at.deliver(batch_of({{"a", "1", line_class::marked},
                       {"a", "2", line_class::event},
                       {"a", "3", line_class::ordinary},
                       {"b", "4", line_class::marked},
                       {"ab", "5", line_class::marked},
                       {"b", "6", line_class::update}}));
  EXPECT_EQ(all.heard(), "a 1\na 2\na 3\nb 4\nab 5\n");
  EXPECT_EQ(marks.heard(), "a 1\nb 4\nab 5\n");
  EXPECT_EQ(some.heard(), "a 1\nab 5\n");
  EXPECT_EQ(events.heard(), "a 2\nb 6\n");
  EXPECT_EQ(some.rung, 1U);
}

TEST(hub, rings_nobody_who_wants_nothing_of_a_batch) {
  subscription_list known;
  hub at(known, 0);
  listener some;
  at.subscribe(filter({"x"}, everything), some.box, some);
  at.deliver(batch_of({{"a", "1"}}));
  EXPECT_EQ(some.rung, 0U);
}

TEST(hub, says_what_lines_anybody_wants_on_whatever_shard) {
  subscription_list known;
  hub here(known, 0);
  hub there(known, 1);
  listener far;
  here.refresh();
  EXPECT_TRUE(here.is_empty());
  const std::uint64_t number = there.subscribe(filter({"a"}, marked), far.box, far);
  here.refresh();
  EXPECT_FALSE(here.is_empty());
  EXPECT_TRUE(here.wants(1, "a", line_class::marked));
  EXPECT_FALSE(here.wants(1, "a", line_class::ordinary));
  EXPECT_FALSE(here.wants(2, "b", line_class::marked));
  ASSERT_EQ(here.shards().size(), 1U);
  EXPECT_EQ(here.shards().front(), 1U);
  there.unsubscribe(number);
  here.refresh();
  EXPECT_TRUE(here.is_empty());
}

TEST(hub, gives_nothing_to_a_subscriber_of_another_shard_or_one_that_went) {
  subscription_list known;
  hub here(known, 0);
  hub there(known, 1);
  listener near;
  listener far;
  const std::uint64_t number = here.subscribe(filter({"a"}, everything), near.box, near);
  there.subscribe(filter({"a"}, everything), far.box, far);
  here.deliver(batch_of({{"a", "1"}}));
  here.unsubscribe(number);
  here.deliver(batch_of({{"a", "2"}}));
  EXPECT_EQ(near.heard(), "a 1\n");
  EXPECT_EQ(far.heard(), "");
}

TEST(hub, keeps_streams_apart_that_share_a_hash) {
  subscription_list known;
  audience_table table(known);
  known.add(filter({"a"}, everything), 0);
  table.refresh();
  EXPECT_EQ(table.of(7, "a").size(), 1U);
  EXPECT_EQ(table.of(7, "b").size(), 0U);
  EXPECT_EQ(table.of(7, "a").size(), 1U);
}

TEST(hub, decides_again_after_more_streams_than_it_remembers) {
  subscription_list known;
  audience_table table(known, 4);
  known.add(filter({"s1*"}, everything), 0);
  table.refresh();
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < 20; ++i) {
      const std::string stream = "s" + std::to_string(i);
      EXPECT_EQ(table.of(i, stream).size(), i == 1 || i >= 10 ? 1U : 0U) << stream;
    }
  }
}

// Goal: whoever comes and goes in between, everybody hears exactly the lines that its filter takes.
TEST(hub, agrees_with_every_filter_while_subscribers_come_and_go) {
  support::noise_source noise(5);
  subscription_list known;
  hub at(known, 0);
  struct party {
    std::unique_ptr<listener> who;
    filter wanted;
    std::uint64_t number;
    std::string expected;
  };
  std::vector<party> parties;
  const auto random_text = [&noise](std::string_view letters) {
    std::string text;
    for (std::uint64_t i = 1 + noise.below(3); i > 0; --i) {
      text += letters[static_cast<std::size_t>(noise.below(letters.size()))];
    }
    return text;
  };
  for (int i = 0; i < 3'000; ++i) {
    if (noise.chance(0.1)) {
      filter wanted(noise.chance(0.2) ? std::vector<std::string>{"*"}
                                      : std::vector<std::string>{random_text("ab*?"), random_text("ab*?")},
                    noise.chance(0.5) ? everything : marked);
      auto who = std::make_unique<listener>();
      const std::uint64_t number = at.subscribe(wanted, who->box, *who);
      parties.push_back({std::move(who), std::move(wanted), number, ""});
    }
    if (!parties.empty() && noise.chance(0.09)) {
      const auto gone = parties.begin() + static_cast<std::ptrdiff_t>(noise.below(parties.size()));
      at.unsubscribe(gone->number);
      parties.erase(gone);
    }
    std::vector<sample_line> lines;
    for (std::uint64_t k = noise.below(4); k > 0; --k) {
      lines.push_back(
          {random_text("ab"), std::to_string(i), noise.chance(0.5) ? line_class::marked : line_class::ordinary});
    }
    at.deliver(batch_of(lines));
    for (party& one : parties) {
      for (const sample_line& line : lines) {
        if (one.wanted.takes(line.stream, line.kind)) one.expected += line.stream + ' ' + line.text + '\n';
      }
      ASSERT_EQ(one.who->heard(), std::exchange(one.expected, ""));
    }
  }
}

TEST(hub, shares_what_may_wait_for_all_among_those_that_are_there) {
  subscription_list known;
  hub at(known, 0, {1'000, 160, 10});
  std::vector<std::unique_ptr<listener>> crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.push_back(std::make_unique<listener>());
    at.subscribe(filter({"a*"}, everything), crowd.back()->box, *crowd.back());
  }
  for (int i = 0; i < 100; ++i) at.deliver(batch_of({{"a", "1"}}));
  for (const auto& one : crowd) EXPECT_EQ(one->box.bytes(), 40U) << "a fourth of 160";
  subscription_list few;
  hub alone(few, 0, {1'000, 160, 10});
  listener only_one;
  alone.subscribe(filter({"a*"}, everything), only_one.box, only_one);
  for (int i = 0; i < 100; ++i) alone.deliver(batch_of({{"a", "1"}}));
  EXPECT_EQ(only_one.box.bytes(), 160U);
}

// More of them than the outbox takes at once: the next of the round go as soon as it was read, what changed meanwhile
// with the next round.
TEST(hub, sends_the_aggregates_of_all_streams_once_a_round) {
  subscription_list known;
  hub at(known, 0, {.one_bytes_max = 100'000});
  listener viewer;
  at.subscribe(filter({"*"}, everything, 1'000), viewer.box, viewer);
  const auto points = [](const std::string& n) {
    std::vector<sample_line> lines;
    for (int i = 0; i < 2'000; ++i) {
      lines.push_back({"s" + std::to_string(i), R"(,"n":)" + n + R"(,"ts":1,"value":1,"expected":1,"sigma":1})"});
    }
    return batch_of(lines);
  };
  at.deliver(points("1"));
  std::string heard;
  std::int64_t now_ms = 5'000;
  at.send_aggregates(now_ms);
  heard += viewer.heard();
  ASSERT_EQ(heard.find("\"s1999\""), std::string::npos);
  at.deliver(points("2"));
  while (at.aggregates_due() < 6'000) {
    ASSERT_GT(at.aggregates_due(), now_ms);
    now_ms = at.aggregates_due();
    at.send_aggregates(now_ms);
    heard += viewer.heard();
  }
  EXPECT_EQ(std::count(heard.begin(), heard.end(), '\n'), 2'000);
  EXPECT_NE(heard.find("\"s1999\""), std::string::npos);
  EXPECT_EQ(viewer.dropped, 0U);
}

TEST(hub, leaves_no_aggregate_behind_when_a_viewer_wants_something_else) {
  subscription_list known;
  hub at(known, 0, {.one_bytes_max = 100'000});
  listener viewer;
  const auto point = [](const std::string& n) {
    return batch_of({{"a", R"(,"n":)" + n + R"(,"ts":1,"value":1,"expected":1,"sigma":1})"}});
  };
  const std::uint64_t first = at.subscribe(filter({"*"}, everything, 1'000), viewer.box, viewer);
  at.deliver(point("1"));
  at.deliver(point("2"));
  EXPECT_EQ(viewer.heard(), "");
  at.flush(first);
  at.unsubscribe(first);
  at.subscribe(filter({"*"}, everything), viewer.box, viewer);
  at.deliver(point("3"));
  const std::string heard = viewer.heard();
  EXPECT_NE(heard.find(R"("n":2,"ts":1,"count":2)"), std::string::npos) << heard;
  EXPECT_NE(heard.find(R"(a ,"n":3)"), std::string::npos) << heard;
}

TEST(hub, says_how_many_streams_aggregates_were_missed_for_want_of_room) {
  subscription_list known;
  hub at(known, 0, {.one_bytes_max = 20'000});
  listener viewer;
  const std::uint64_t first = at.subscribe(filter({"*"}, everything, 1'000), viewer.box, viewer);
  std::vector<sample_line> lines;
  for (int i = 0; i < 500; ++i) {
    lines.push_back({"s" + std::to_string(i), R"(,"n":1,"ts":1,"value":1,"expected":1,"sigma":1})"});
  }
  at.deliver(batch_of(lines));
  at.flush(first);
  const std::string heard = viewer.heard();
  const auto came = std::count(heard.begin(), heard.end(), '\n') - 1;
  EXPECT_NE(heard.find(R"("missed":)" + std::to_string(500 - came)), std::string::npos) << heard;
}

}  // namespace
}  // namespace spindrift
