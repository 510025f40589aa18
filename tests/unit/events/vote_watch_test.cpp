#include "server/events/vote_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/model/verdict.hpp"
#include "server/detect/archive.hpp"
#include "server/events/event_watch.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr auto forest = static_cast<std::uint8_t>(point_detector::isolation_forest);

class vote_watch_test : public testing::Test {
protected:
  vote_watch::answer show(bool votes) {
    ++n_;
    vote_watch::answer heard =
        watch_.update(n_, static_cast<std::int64_t>(n_) * 1'000, 5, {}, votes ? forest : std::uint8_t{0});
    found_ += heard.found ? 1 : 0;
    return heard;
  }
  void show(int points, bool votes) {
    for (int i = 0; i < points; ++i) show(votes);
  }
  // Votes as a detector has them that flags one point in a hundred, wherever that is.
  void show_usual(int points) {
    for (int i = 0; i < points; ++i) show(noise_.uniform() < 0.01);
  }

  vote_watch watch_;
  std::uint64_t n_ = 0;
  int found_ = 0;
  support::noise_source noise_{3};
};

TEST_F(vote_watch_test, says_nothing_of_votes_that_come_now_and_then) {
  show_usual(50'000);
  EXPECT_LE(found_, 1);
}

TEST_F(vote_watch_test, finds_more_of_them_together_than_ever_come) {
  show_usual(3'000);
  show(20, false);
  const int before = found_;
  std::uint64_t told_n = 0;
  for (int i = 0; i < 12; ++i) {
    const vote_watch::answer heard = show(true);
    if (!heard.found) continue;
    told_n = n_;
    EXPECT_EQ(heard.found->kind, event_kind::pattern);
    EXPECT_EQ(heard.found->from_n, 3'021U);
    EXPECT_EQ(heard.found->votes.by, forest);
    EXPECT_EQ(heard.found->votes.count, n_ - 3'020);
  }
  EXPECT_EQ(found_, before + 1) << "once";
  EXPECT_GT(told_n, 3'022U) << "two are no news";
}

TEST_F(vote_watch_test, learns_that_a_detector_always_votes_in_tens) {
  for (int i = 0; i < 60; ++i) {
    show(190, false);
    show(10, true);
  }
  found_ = 0;
  for (int i = 0; i < 20; ++i) {
    show(190, false);
    show(10, true);
  }
  EXPECT_EQ(found_, 0);
  show(190, false);
  show(120, true);
  EXPECT_EQ(found_, 1);
}

TEST_F(vote_watch_test, a_young_stream_is_asked_for_more) {
  show(20, false);
  show(5, true);
  EXPECT_EQ(found_, 0);
}

TEST_F(vote_watch_test, is_over_when_the_votes_are_and_taken_as_usual_when_they_never_are) {
  show(2'000, false);
  show(12, true);
  ASSERT_EQ(found_, 1);
  show(8, false);
  const vote_watch::answer ended = show(false);
  EXPECT_TRUE(ended.over);
  EXPECT_FALSE(ended.accepted);
  show(50, false);
  bool is_accepted = false;
  for (int i = 0; i < 400 && !is_accepted; ++i) is_accepted = show(true).accepted;
  EXPECT_TRUE(is_accepted);
}

// A stream whose baseline is off, and whose forest votes.
class voted_stream : public testing::Test {
protected:
  event_watch::membership show(bool votes) {
    ++n_;
    return show_to(watch_, votes, told_);
  }
  event_watch::membership show_to(event_watch& watch, bool votes, std::vector<event>& told) const {
    const double value = 5 + static_cast<double>(n_ % 7);
    reading seen;
    seen.baseline.expected = value;  // nothing is
    seen.judged_by = votes ? forest : std::uint8_t{0};
    return watch.update(n_, static_cast<std::int64_t>(n_) * 1'000, std::array{value}, seen, told);
  }

  event_watch watch_{1};
  std::uint64_t n_ = 0;
  std::vector<event> told_;
};

TEST_F(voted_stream, is_told_a_pattern_once_with_who_voted_and_its_end) {
  for (int i = 0; i < 2'000; ++i) show(false);
  told_.clear();
  for (int i = 0; i < 12; ++i) show(true);
  ASSERT_EQ(told_.size(), 1U);
  const event opened = told_[0];
  EXPECT_EQ(opened.kind, event_kind::pattern);
  EXPECT_EQ(opened.state, event_state::open);
  ASSERT_TRUE(opened.why);
  std::string by;
  for (const evidence_number& one : opened.why->evidence) by += one.part == "votes" ? one.word : "";
  EXPECT_EQ(by, "iforest");
  EXPECT_EQ(show(true).number, opened.number) << "the point belongs to it";
  for (int i = 0; i < 20; ++i) show(false);
  const auto closed = [](const event& notice) { return notice.state == event_state::closed; };
  EXPECT_EQ(std::count_if(told_.begin(), told_.end(), closed), 1);
}

TEST_F(voted_stream, is_told_less_severely_what_was_marked_as_expected) {
  for (int i = 0; i < 2'000; ++i) show(false);
  told_.clear();
  for (int i = 0; i < 12; ++i) show(true);
  ASSERT_FALSE(told_.empty());
  const event first = told_[0];
  watch_.expect(first);
  for (int i = 0; i < 1'000; ++i) show(false);
  told_.clear();
  for (int i = 0; i < 40; ++i) show(true);
  ASSERT_FALSE(told_.empty());
  EXPECT_LT(told_[0].severity, first.severity);
  EXPECT_THAT(told_[0].text, testing::HasSubstr("marked as expected"));
}

TEST_F(voted_stream, goes_on_from_saved_state_as_if_it_had_not_been_saved) {
  for (int i = 0; i < 2'000; ++i) show(i % 97 == 0);
  for (int i = 0; i < 3; ++i) show(true);
  std::string bytes;
  state_writer writer(bytes);
  writer(watch_);
  event_watch other(1);
  state_reader reader(bytes);
  reader(other);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader.bytes_left(), 0U);
  told_.clear();
  std::vector<event> told_by_other;
  for (int i = 0; i < 30; ++i) {
    show(i < 9);
    show_to(other, i < 9, told_by_other);
  }
  ASSERT_EQ(told_.size(), told_by_other.size());
  ASSERT_FALSE(told_.empty());
  EXPECT_EQ(told_[0].told_n, told_by_other[0].told_n);
}

}  // namespace
}  // namespace spindrift
