// Goal: a budget tells a fleet's one real event and none of its noise, in the first hours as well.
// Method: 500 streams of noise through the engine, a point a minute; one of them leaves its level for good. What the
// engine tells goes to a clerk with a budget of five a day, by the clock of the points.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/alerts/alert_clerk.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr std::int64_t begin_ms = 1'764'000'000'000;
constexpr std::int64_t minute_ms = 60'000;
constexpr int streams = 500;
constexpr int minutes = 400;
constexpr int real_at = 380;
constexpr int real_stream = 7;

class fleet {
public:
  fleet() {
    alert_settings only;
    only.name = "oncall";
    only.url = "http://127.0.0.1:9/";
    only.budget = 5;
    alerts_settings chosen;
    chosen.alerts = {only};
    EXPECT_TRUE(book_.open(":memory:", false).ok());
    clerk_ = std::make_unique<alert_clerk>(book_, alert_routes(chosen, {}));
    for (int i = 0; i < streams; ++i) names_.push_back("n" + std::to_string(i));
  }

  void run() {
    support::noise_source noise(5);
    batch points;
    for (int minute = 0; minute < minutes; ++minute) {
      const std::int64_t at = begin_ms + minute * minute_ms;
      points.clear();
      for (int i = 0; i < streams; ++i) {
        point& made = points.points.emplace_back();
        made.stream = names_[static_cast<std::size_t>(i)];
        made.value = 20 + noise.normal() + (i == real_stream && minute >= real_at ? 15 : 0);
        made.ts = at;
      }
      engine_.observe(points, {at, at});
      hear(points, at);
    }
  }

  // Streams of which something is queued.
  std::vector<std::string> told() {
    std::vector<std::string> found;
    for (;;) {
      const alert_book::message next = book_.next("oncall", begin_ms + 2 * minutes * minute_ms);
      if (next.id == 0) return found;
      for (const queued_notice& one : next.notices) found.push_back(one.what.stream);
      book_.acknowledge("oncall", next.id);
    }
  }
  std::uint64_t opened() const { return opened_; }
  std::uint64_t held() { return clerk_->take_tally().held; }

private:
  void hear(const batch& points, std::int64_t at) {
    EXPECT_TRUE(book_.begin().ok());
    for (const told_event& one : points.told) {
      if (one.notice.is_picture_alone) continue;
      notice said;
      said.stream = points.points[one.point].stream;
      said.number = one.notice.number;
      said.told = one.notice.told;
      said.state = one.notice.state;
      said.kind = one.notice.kind;
      said.severity = one.notice.severity;
      said.is_over = one.notice.to_n.has_value() || said.state == event_state::closed;
      opened_ += said.state == event_state::open ? 1U : 0U;
      clerk_->take(said, at);
    }
    clerk_->tick(at);
    EXPECT_TRUE(book_.commit().ok());
  }

  counters counts_;
  engine engine_{{}, counts_};
  alert_book book_;
  std::unique_ptr<alert_clerk> clerk_;
  std::vector<std::string> names_;
  std::uint64_t opened_ = 0;
};

TEST(fleet_budget, tells_one_real_event_among_the_noise_of_five_hundred_streams) {
  fleet all;
  all.run();
  const auto held = all.held();
  EXPECT_EQ(all.told(), std::vector<std::string>{"n7"});
  EXPECT_GT(held, 10U) << "without noise that is told the budget has nothing to do";
  EXPECT_EQ(all.opened(), held + 1);
}

}  // namespace
}  // namespace spindrift
