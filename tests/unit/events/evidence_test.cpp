// Which numbers are behind a notice, and which point of an event is its most extreme.
#include "server/events/evidence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

#include "common/model/verdict.hpp"
#include "tests/unit/events/observed.hpp"

namespace spindrift {
namespace {

// "part.name=value" of each, in their order.
std::string evidence_shown(const finding& found, const observed_point* of) {
  std::string text;
  std::optional<observation> point;
  if (of != nullptr) point.emplace(*of);
  for (const evidence_number& one : evidence_of(found, point ? &*point : nullptr)) {
    text.append(one.part).append(".").append(one.name).append("=");
    text += one.word.empty() ? std::to_string(std::lround(one.value)) : one.word;
    text += ' ';
  }
  return text;
}

event extreme_event(event_kind kind) {
  event said;
  said.kind = kind;
  said.value = 10;
  said.expected = 0;
  said.before = 0;
  return said;
}

TEST(evidence, of_what_told_itself_without_a_point_is_the_event_alone) {
  finding found;
  found.nines = 6;
  found.size = 2;
  found.value = 4;
  EXPECT_EQ(evidence_shown(found, nullptr),
            "event.nines=6 event.size=2 event.points=1 event.value=4 event.expected=0 ");
}

TEST(evidence, has_levels_where_there_are_some) {
  finding found;
  found.before = 3;
  found.after = 4;
  EXPECT_NE(evidence_shown(found, nullptr).find("event.before=3 event.after=4 "), std::string::npos);
}

TEST(evidence, names_the_detectors_that_voted) {
  finding found;
  found.votes.by = 0b11;
  found.votes.count = 7;
  const std::string both = std::string(point_detector_names[0]) + "," + std::string(point_detector_names[1]);
  EXPECT_NE(evidence_shown(found, nullptr).find("votes.by=" + both + " votes.count=7 "), std::string::npos);
}

TEST(evidence, leaves_a_baseline_out_that_does_not_know_the_stream_yet) {
  observed_point point = observed(1, 3);
  EXPECT_NE(evidence_shown({}, &point).find("zscore.value=3 "), std::string::npos);
  point.seen.baseline.warmup = true;
  EXPECT_EQ(evidence_shown({}, &point).find("zscore"), std::string::npos);
}

TEST(evidence, the_extreme_of_a_new_level_is_farthest_from_the_old_one) {
  for (const event_kind kind : {event_kind::shift, event_kind::trend}) {
    event said = extreme_event(kind);
    take_extreme(said, observed(1, 9));
    EXPECT_EQ(said.value, 10);
    take_extreme(said, observed(1, -11, -11));
    EXPECT_EQ(said.value, -11);
    EXPECT_EQ(said.expected, 0);
  }
}

TEST(evidence, the_extreme_of_a_scatter_is_farthest_from_what_was_expected_of_it) {
  for (const event_kind kind : {event_kind::spread, event_kind::pattern}) {
    event said = extreme_event(kind);
    take_extreme(said, observed(1, 100, 91));
    EXPECT_EQ(said.value, 10);
    take_extreme(said, observed(1, 5, 16));
    EXPECT_EQ(said.value, 5);
    EXPECT_EQ(said.expected, 16);
  }
  event spike = extreme_event(event_kind::spike);
  take_extreme(spike, observed(1, 1'000));
  EXPECT_EQ(spike.value, 10) << "a spike's was known when it was told";
}

}  // namespace
}  // namespace spindrift
