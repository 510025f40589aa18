// Goal: what the server cannot take slows nobody down; what a client does wrong, or what costs much, slows that client.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "server/engine/engine.hpp"
#include "server/engine/point_journal.hpp"
#include "server/session/session.hpp"

namespace spindrift {
namespace {

class blank_info final : public server_info {
public:
  void append_stats(std::string& /*out*/) const override {}
};

class switched_journal : public point_journal {
public:
  bool append(const batch& /*points*/) override { return !refuses; }
  bool forget(stream& /*gone*/) override { return true; }
  bool refuses = false;
};

class refusal_test : public testing::Test {
protected:
  static engine_settings one_stream() {
    engine_settings settings;
    settings.streams_max = 1;
    return settings;
  }
  session_environment environment() {
    session_environment made{engine_, producers_, counts_, info_};
    made.bad_frames_per_s = 1;
    return made;
  }
  // Gives the frame so many times, and takes one step.
  const step& send(std::string_view frame, int times) {
    receive(frame, times);
    conversation_.advance(received_, {1'764'000'000'000, 1'000}, out_);
    return out_;
  }
  void receive(std::string_view frame, int times) {
    std::string bytes;
    for (int i = 0; i < times; ++i) bytes.append(frame).append("\n");
    const auto space = received_.space();
    EXPECT_LE(bytes.size(), space.size());
    std::copy(bytes.begin(), bytes.end(), space.begin());
    received_.received(bytes.size());
    out_.clear();
  }
  std::ptrdiff_t replies() const { return std::count(out_.replies.begin(), out_.replies.end(), '\n'); }

  counters counts_;
  switched_journal journal_;
  engine engine_{one_stream(), counts_, &journal_};
  producer_table producers_;
  blank_info info_;
  pipeline way_{engine_};
  session_workspace workspace_{way_};
  session conversation_{environment(), workspace_, 1};
  inbox received_;
  step out_;
};

constexpr std::string_view point_of_b = R"({"stream":"b","value":1})";

TEST_F(refusal_test, slows_down_who_sends_what_is_no_frame) {
  EXPECT_GT(send(R"({"stream":"a"})", 40).pause.count(), 0);
  EXPECT_LT(replies(), 40);
}

TEST_F(refusal_test, slows_nobody_down_for_whose_stream_there_is_no_room) {
  send(R"({"stream":"a","value":1})", 1);
  EXPECT_EQ(send(point_of_b, 40).pause.count(), 0);
  EXPECT_EQ(replies(), 40);
  EXPECT_NE(out_.replies.find("too_many_streams"), std::string::npos);
}

TEST_F(refusal_test, slows_nobody_down_while_memory_is_full) {
  engine_.limit_growth(growth::of_known_streams);
  EXPECT_EQ(send(point_of_b, 40).pause.count(), 0);
  EXPECT_EQ(replies(), 40);
  EXPECT_NE(out_.replies.find("no room for another stream"), std::string::npos);
}

TEST_F(refusal_test, says_memory_full_of_a_known_stream_that_may_not_grow) {
  send(point_of_b, 1);
  engine_.limit_growth(growth::none);
  EXPECT_EQ(send(point_of_b, 40).pause.count(), 0);
  EXPECT_EQ(replies(), 40);
  EXPECT_NE(out_.replies.find("memory_full"), std::string::npos);
}

TEST_F(refusal_test, slows_nobody_down_while_the_disk_is_full) {
  journal_.refuses = true;
  EXPECT_EQ(send(point_of_b, 40).pause.count(), 0);
  EXPECT_EQ(replies(), 40);
  EXPECT_NE(out_.replies.find("storage_full"), std::string::npos);
}

TEST_F(refusal_test, makes_one_listing_a_step_and_waits_once_the_millisecond_is_spent) {
  send(point_of_b, 1);
  std::ptrdiff_t listed = 0;
  send(R"({"op":"streams","match":"nothing"})", 80);
  while (out_.pause.count() == 0) {
    ASSERT_TRUE(out_.has_more);
    EXPECT_LE(replies(), 1);
    listed += replies();
    out_.clear();
    conversation_.advance(received_, {1'764'000'000'000, 1'000}, out_);
  }
  EXPECT_EQ(listed, 64);
  out_.clear();
  conversation_.advance(received_, {1'764'000'000'001, 1'001}, out_);
  EXPECT_EQ(replies(), 1) << "a millisecond later it goes on";
}

TEST_F(refusal_test, ends_a_turn_at_its_frames_and_says_that_there_is_more) {
  workspace_.turn_frames_max = 3;
  send(R"({"op":"ping"})", 5);
  EXPECT_EQ(replies(), 3);
  EXPECT_TRUE(out_.has_more);
  out_.clear();
  conversation_.advance(received_, {1'764'000'000'000, 1'000}, out_);
  EXPECT_EQ(replies(), 2);
  EXPECT_FALSE(out_.has_more);
}

TEST_F(refusal_test, gives_an_object_over_several_lines_up_only_once_nothing_has_come_for_a_look) {
  send("{", 1);
  EXPECT_FALSE(conversation_.wait(received_, {1'764'000'000'000, 1'010}, out_)) << "it has just begun";
  send(R"("stream":"a",)", 1);
  EXPECT_FALSE(conversation_.wait(received_, {1'764'000'000'000, 2'010}, out_)) << "more has come";
  EXPECT_TRUE(conversation_.wait(received_, {1'764'000'000'000, 3'010}, out_));
  EXPECT_EQ(replies(), 1);
}

TEST_F(refusal_test, gathers_no_more_points_than_a_turn_has_frames) {
  send(R"({"stream":"a","value":1})", 1);
  workspace_.turn_frames_max = 3;
  receive(R"({"stream":"a","value":1})", 5);
  for (const std::ptrdiff_t gathered : {3, 2}) {
    workspace_.clear();
    out_.clear();
    ASSERT_TRUE(conversation_.gather(received_));
    way_.ingest(workspace_.taken, {1'764'000'000'000, 1'000});
    conversation_.answer_gathered(out_);
    EXPECT_EQ(replies(), gathered);
    EXPECT_EQ(out_.has_more, gathered == 3);
  }
}

}  // namespace
}  // namespace spindrift
