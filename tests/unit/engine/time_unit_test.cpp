// The unit of a stream's times: told by its first number, kept from then on.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "common/protocol/encode.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"

namespace spindrift {
namespace {

constexpr auto number = time_unit::milliseconds;

class time_unit_test : public testing::Test {
protected:
  // The time that the point got; nothing: it was refused.
  std::optional<std::int64_t> send(std::optional<std::int64_t> ts, time_unit sent_as = number) {
    batch work;
    point& sent = work.points.emplace_back();
    sent.stream = "s";
    sent.value = 1;
    sent.ts = ts;
    sent.unit = sent_as;
    observer_.observe(work, {now_ms, 0});
    if (work.outcomes.front().why == refusal::other_unit) return std::nullopt;
    EXPECT_EQ(work.outcomes.front().why, refusal::none);
    line_.clear();
    encode(work.outcomes.front().what, line_);
    return work.outcomes.front().what.subject.ts;
  }
  bool warned() const { return line_.find("\"warning\":\"ts is taken as ") != std::string::npos; }

  static constexpr std::int64_t now_ms = 1'795'000'000'000;
  counters counts_;
  engine observer_{{}, counts_};
  std::string line_;
};

TEST_F(time_unit_test, seconds_are_taken_as_such_from_the_first_on) {
  EXPECT_EQ(send(1'764'000'000), 1'764'000'000'000);
  EXPECT_TRUE(warned()) << line_;
  EXPECT_EQ(send(1'764'000'001), 1'764'000'001'000);
  EXPECT_FALSE(warned());
  EXPECT_EQ(send(1'764'000'002'500, time_unit::seconds), 1'764'000'002'500);
  EXPECT_EQ(send(1'764'000'003'000), std::nullopt);
  EXPECT_EQ(send(1'764'000'003'000, time_unit::microseconds), std::nullopt);
  EXPECT_EQ(send(5), std::nullopt);
  EXPECT_EQ(send(std::nullopt), now_ms);
  EXPECT_EQ(send(1'764'000'004'000, time_unit::none), 1'764'000'004'000);
}

TEST_F(time_unit_test, a_stream_of_milliseconds_refuses_the_others_and_warns_of_nothing) {
  EXPECT_EQ(send(1'764'000'000'000), 1'764'000'000'000);
  EXPECT_FALSE(warned());
  EXPECT_EQ(send(1'764'000'000), std::nullopt);
  EXPECT_EQ(send(1'764'000'001'000, time_unit::nanoseconds), std::nullopt);
  EXPECT_EQ(send(1'764'000'001'000), 1'764'000'001'000);
}

TEST_F(time_unit_test, a_stream_that_begins_at_1970_goes_on_in_milliseconds) {
  for (const std::int64_t ts : {0LL, 60'000LL, 99'999'999LL, 100'000'000LL, 1'000'000'000LL, 100'000'000'001LL}) {
    EXPECT_EQ(send(ts), ts);
    EXPECT_FALSE(warned());
  }
}

TEST_F(time_unit_test, is_part_of_what_is_saved) {
  send(1'764'000'000);
  const auto hash = observer_.streams().hash_of("s");
  std::string bytes;
  save_stream(*observer_.streams().stripe_of(hash).streams.find("s", hash), bytes);
  std::vector<state_loss> losses;
  const auto made = restore_stream({"s", stream_state_version, bytes, {}}, observer_.profile_of("s"), losses);
  ASSERT_NE(made, nullptr);
  EXPECT_TRUE(losses.empty());
  EXPECT_EQ(made->unit, time_unit::seconds);
}

}  // namespace
}  // namespace spindrift
