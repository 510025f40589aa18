// The registry of detectors and those who must agree with it.
#include "server/detect/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "common/model/verdict.hpp"

namespace spindrift {
namespace {

TEST(registry, has_a_tag_a_version_and_a_title_of_its_own_for_every_detector) {
  std::set<detector_tag> tags;
  std::set<std::string_view> titles;
  for (const detector_entry& entry : detectors()) {
    EXPECT_TRUE(tags.insert(entry.tag).second) << entry.title;
    EXPECT_TRUE(titles.insert(entry.title).second) << entry.title;
    EXPECT_GE(static_cast<unsigned>(entry.tag), 16U) << "the tags below are the stream's own";
    EXPECT_GT(entry.state_version, 0U) << entry.title;
    EXPECT_EQ(find_detector(entry.tag), &entry);
    EXPECT_NE(entry.state_settings, nullptr);
    EXPECT_NE(entry.grown_bytes, nullptr);
    EXPECT_NE(entry.append_options, nullptr);
    EXPECT_FALSE(entry.finds.empty());
  }
  EXPECT_EQ(find_detector(detector_tag{4'000}), nullptr);
}

// A verdict says which detectors found an anomaly; one without a name there would be nameless on the wire.
TEST(registry, and_the_verdict_name_the_same_judges) {
  const auto names = judge_names();
  ASSERT_EQ(names.size(), point_detector_names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(names[i], point_detector_names[i]);
    EXPECT_EQ(judge_bit(names[i]), 1U << i);
  }
  EXPECT_EQ(judge_bit("nobody"), 0U);
}

TEST(registry, runs_one_method_of_those_that_share_a_switch) {
  detector_settings settings;
  for (const zscore_method method : {zscore_method::robust, zscore_method::classic}) {
    settings.zscore.method = method;
    std::size_t running = 0;
    for (const detector_entry& entry : detectors()) running += entry.name == "zscore" && entry.runs(settings) ? 1U : 0U;
    EXPECT_EQ(running, 1U);
  }
  settings.zscore_on = false;
  for (const detector_entry& entry : detectors()) EXPECT_FALSE(entry.name == "zscore" && entry.runs(settings));
}

TEST(registry, changes_the_hash_of_settings_that_shape_the_state_and_not_of_thresholds) {
  detector_settings settings;
  const auto hash_of = [&](detector_tag tag) { return find_detector(tag)->state_settings(settings); };
  const std::uint32_t adwin = hash_of(detector_tag::adwin);
  settings.adwin.delta = 0.01;
  EXPECT_EQ(hash_of(detector_tag::adwin), adwin);
  settings.adwin.clock = 16;
  EXPECT_NE(hash_of(detector_tag::adwin), adwin);
}

TEST(registry, knows_what_a_stream_of_many_values_may_grow_to) {
  const detector_settings settings;
  for (const detector_entry& entry : detectors()) {
    EXPECT_GE(entry.grown_bytes(settings, 64), entry.grown_bytes(settings, 1)) << entry.title;
  }
}

}  // namespace
}  // namespace spindrift
