// One line of the log for an event that is told and one when it is over.
#include "server/sinks/event_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "common/log/log.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"
#include "server/pipeline/intake.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::Not;

class logged_intake : public testing::Test {
protected:
  logged_intake() {
    passed_.points.points.push_back(point{.stream = "pump", .value = 9, .ts = 1'000});
    passed_.points.outcomes.resize(1);
    passed_.points.outcomes[0].what.subject = passed_.points.points[0];
    passed_.points.outcomes[0].what.n = 7;
  }
  void tell(event_state state, const std::string& feature = "") {
    told_event said;
    features_.push_back(feature);
    said.feature = features_.back();
    said.notice.state = state;
    said.notice.number = 17;
    said.notice.kind = event_kind::shift;
    said.notice.direction = event_direction::up;
    said.notice.severity = 63;
    said.notice.text = "level rose";
    passed_.points.told.push_back(said);
  }
  std::string logged(log_level level = log_level::info) {
    log_settings settings;
    settings.level = level;
    testing::internal::CaptureStderr();
    open_log(settings);
    event_log().offer(passed_);
    close_log();
    return testing::internal::GetCapturedStderr();
  }

  intake passed_;
  std::deque<std::string> features_;
};

TEST_F(logged_intake, has_a_line_for_an_event_and_one_for_its_end) {
  tell(event_state::open);
  tell(event_state::update);
  tell(event_state::closed);
  const std::string said = logged();
  EXPECT_THAT(said, HasSubstr(" event stream=pump number=17 kind=shift direction=up severity=63 "));
  EXPECT_THAT(said, HasSubstr(" event_over stream=pump number=17 "));
  EXPECT_THAT(said, HasSubstr("text=\"level rose\""));
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 2) << said;
}

TEST_F(logged_intake, has_no_line_for_a_picture_alone) {
  tell(event_state::open);
  passed_.points.told[0].notice.is_picture_alone = true;
  EXPECT_EQ(logged(), "");
}

TEST_F(logged_intake, leaves_out_fields_that_say_nothing) {
  tell(event_state::open);
  passed_.points.told[0].notice.direction = event_direction::none;
  EXPECT_THAT(logged(), Not(HasSubstr("direction")));
  tell(event_state::open, "cpu");
  EXPECT_THAT(logged(), HasSubstr("feature=cpu"));
}

TEST_F(logged_intake, speaks_of_single_points_at_level_debug_alone) {
  verdict& judged = passed_.points.outcomes[0].what;
  judged.anomaly = judged.alarm = true;
  judged.z = 8;
  judged.score = 1.5;
  EXPECT_EQ(logged(), "");
  const std::string said = logged(log_level::debug);
  EXPECT_THAT(said, HasSubstr(" anomaly stream=pump n=7 ts=1000 value=9 "));
  EXPECT_THAT(said, HasSubstr(" alarm "));
  EXPECT_THAT(said, HasSubstr("score=1.5"));
  EXPECT_THAT(said, Not(HasSubstr(" drift ")));
}

TEST_F(logged_intake, says_nothing_of_a_point_that_was_refused) {
  passed_.points.outcomes[0].what.anomaly = true;
  passed_.points.outcomes[0].why = refusal::storage_full;
  EXPECT_EQ(logged(log_level::debug), "");
}

}  // namespace
}  // namespace spindrift
