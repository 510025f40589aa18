#include "visualizer/series/gallery.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "tests/unit/visualizer/series/judged.hpp"

namespace spindrift {
namespace {

class two_features : public testing::Test {
protected:
  verdict judged(std::uint64_t n) const {
    verdict made = judged_of("s", n);
    made.subject.values = values_;
    made.feature = "b";
    return made;
  }
  const sample& newest(std::size_t panel) const { return shown_.panels()[panel].samples().back(); }

  std::array<feature, 2> values_{{{"a", 10}, {"b", 20}}};
  gallery shown_{5};
};

TEST_F(two_features, have_a_panel_each_and_bands_of_their_own) {
  const std::array<feature_band, 2> bands{{{11, 1, -1, true}, {22, 2, -1, true}}};
  verdict point = judged(1);
  point.anomaly = true;
  shown_.add(point, bands);
  ASSERT_EQ(shown_.panels().size(), 2U);
  EXPECT_EQ(newest(0).expected, 11);
  EXPECT_EQ(newest(0).sigma, 1);
  EXPECT_TRUE(newest(0).is_banded);
  EXPECT_EQ(newest(1).expected, 22);
  EXPECT_FALSE(newest(0).is_anomaly);
  EXPECT_TRUE(newest(1).is_anomaly) << "the feature that the verdict names";
}

TEST_F(two_features, show_no_band_where_this_verdict_has_none_of_them) {
  shown_.add(judged(1), std::array<feature_band, 2>{{{11, 1, 0, true}, {22, 2, 0, true}}});
  shown_.add(judged(2), std::array<feature_band, 2>{{{0, 0, 0, false}, {22, 2, 0, true}}});
  EXPECT_FALSE(newest(0).is_banded) << "no stale band";
  EXPECT_TRUE(newest(1).is_banded);
}

TEST_F(two_features, share_a_band_of_one_only_as_far_as_it_is_theirs) {
  shown_.add(judged(1));
  EXPECT_FALSE(newest(0).is_banded);
  EXPECT_TRUE(newest(1).is_banded);
  EXPECT_EQ(newest(1).expected, 2);
}

TEST(gallery, leaves_repeated_verdicts_and_impossible_values_out) {
  gallery shown(5);
  verdict judged = judged_of("s", 1);
  judged.subject.value = std::numeric_limits<double>::infinity();
  shown.add(judged);
  judged = judged_of("s", 2);
  judged.dup = true;
  shown.add(judged);
  EXPECT_TRUE(shown.panels().empty() || shown.panels()[0].samples().empty());
}

TEST(gallery, counts_the_series_for_which_there_is_no_panel) {
  gallery shown(5);
  for (int stream = 0; stream < 20; ++stream) {
    shown.add(judged_of("s" + std::to_string(stream), 1));
    shown.add(judged_of("s" + std::to_string(stream), 2));
  }
  EXPECT_EQ(shown.panels().size(), gallery::panels_max);
  EXPECT_EQ(shown.others(), 20 - gallery::panels_max);
}

TEST(gallery, keeps_the_newest_version_of_each_event) {
  gallery shown(5);
  stream_event told;
  told.number = 1;
  told.stream = "a";
  told.kind = "spike";
  shown.add(told);
  told.stream = "b";
  shown.add(told);
  told.stream = "a";
  told.kind = "shift";
  shown.add(told);
  ASSERT_EQ(shown.events().size(), 2U);
  EXPECT_EQ(shown.events().back().kind, "shift");
  EXPECT_EQ(shown.event_changes(), 3U);
}

TEST(gallery, forgets_the_oldest_of_too_many_events) {
  gallery shown(5);
  stream_event told;
  for (told.number = 1; told.number <= gallery::events_max + 1; ++told.number) shown.add(told);
  EXPECT_EQ(shown.events().size(), gallery::events_max);
  EXPECT_EQ(shown.events().front().number, 2U);
}

}  // namespace
}  // namespace spindrift
