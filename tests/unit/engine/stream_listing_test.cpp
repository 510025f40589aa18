#include "server/engine/stream_listing.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/stream_table.hpp"
#include "tests/support/stream_list.hpp"

namespace spindrift {
namespace {

bool advance(stream_listing& listing, std::size_t budget) {
  return listing.advance(budget);
}

class stream_listing_test : public testing::Test {
protected:
  void observe(const std::string& stream, double value = 1) {
    batch_.clear();
    point made;
    made.stream = stream;
    made.value = value;
    made.ts = 5;
    batch_.points.push_back(made);
    by_.observe(batch_, {0, 0});
  }
  static std::vector<std::string> names_of(const std::vector<stream_summary>& lines) {
    std::vector<std::string> names;
    for (const stream_summary& line : lines) names.push_back(line.name);
    return names;
  }
  static std::function<bool(std::string_view)> all() {
    return [](std::string_view) { return true; };
  }

  static engine_settings light() {
    engine_settings settings;
    settings.detectors.ensemble_on = false;
    return settings;
  }
  counters counts_;
  batch batch_;
  engine by_{light(), counts_};
};

TEST_F(stream_listing_test, is_the_same_in_one_slice_and_in_many) {
  for (int i = 0; i < 500; ++i) observe("s" + std::to_string(i * 7919 % 1000), i);
  const std::vector<std::string> whole = names_of(list_streams(by_, all(), 100));
  ASSERT_EQ(whole.size(), 100U);
  for (const std::size_t budget : {1U, 7U, 64U, 10'000U}) {
    stream_listing listing(by_.streams(), all(), 100);
    std::size_t slices = 1;
    while (!advance(listing, budget)) ++slices;
    EXPECT_GE(slices, 500 / budget);
    EXPECT_EQ(names_of(listing.take()), whole) << budget;
  }
}

TEST_F(stream_listing_test, looks_at_no_more_streams_than_it_may) {
  for (int i = 0; i < 300; ++i) observe("s" + std::to_string(i));
  std::size_t looked_at = 0;
  stream_listing listing(
      by_.streams(),
      [&](std::string_view) {
        ++looked_at;
        return false;
      },
      10);
  for (std::size_t slice = 1; !advance(listing, 16); ++slice) EXPECT_LE(looked_at, 16 * slice);
  EXPECT_EQ(looked_at, 300U);
}

TEST_F(stream_listing_test, has_each_stream_that_stays_once_while_others_come_and_go) {
  std::set<std::string> stay;
  for (int i = 0; i < 400; ++i) {
    stay.insert("stay" + std::to_string(i));
    observe("stay" + std::to_string(i));
    observe("go" + std::to_string(i));
  }
  stream_listing listing(by_.streams(), all(), 10'000);
  int step = 0;
  while (!advance(listing, 5)) {
    const stream_key gone{"go" + std::to_string(step), by_.streams().hash_of("go" + std::to_string(step))};
    if (by_.streams().lock(gone).found != nullptr) by_.streams().erase(gone.name, gone.hash);
    observe("come" + std::to_string(step));
    ++step;
  }
  std::set<std::string> seen;
  for (const std::string& name : names_of(listing.take())) {
    EXPECT_TRUE(seen.insert(name).second) << name;
    stay.erase(name);
  }
  EXPECT_TRUE(stay.empty()) << *stay.begin();
}

TEST_F(stream_listing_test, has_the_title_and_unit_that_a_person_chose) {
  engine_settings named = light();
  stream_settings own;
  own.match = {"db.*.latency"};
  own.title = "Latency of {1}";
  own.unit = "ms";
  named.streams = {own};
  by_.watch_with(named);
  observe("db.orders.latency");
  observe("web.load");
  const std::vector<stream_summary> lines = list_streams(by_, all(), 10);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].title, "Latency of orders");
  EXPECT_EQ(lines[0].unit, "ms");
  EXPECT_EQ(lines[1].title, "");
  EXPECT_EQ(lines[1].unit, "");
}

TEST_F(stream_listing_test, of_nothing_is_empty) {
  stream_listing listing(by_.streams(), all(), 10);
  EXPECT_TRUE(advance(listing, 1));
  EXPECT_TRUE(listing.take().empty());
  observe("a");
  stream_listing none(by_.streams(), all(), 0);
  EXPECT_TRUE(advance(none, 100));
  EXPECT_TRUE(none.take().empty());
}

}  // namespace
}  // namespace spindrift
