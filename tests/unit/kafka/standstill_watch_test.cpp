// A lane that does not come round, by looks.
#include "server/kafka/standstill_watch.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace spindrift::kafka {
namespace {

class looked_at_lanes : public testing::Test {
protected:
  void turn(std::size_t lane, bool has_come_round) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    figures_.lanes[lane].turned_ms = has_come_round ? now_ms + 3'600'000 : now_ms - 60'000;
  }
  int looks_until_said(int most) {
    for (int i = 1; i <= most; ++i) {
      if (watch_.look(figures_)) return i;
    }
    return 0;
  }

  worker_figures figures_{2};
  standstill_watch watch_;
};

TEST_F(looked_at_lanes, that_have_not_begun_do_not_stand_still) {
  EXPECT_EQ(looks_until_said(100), 0);
}

TEST_F(looked_at_lanes, stand_still_when_one_has_not_come_round_for_ten_looks) {
  turn(0, true);
  turn(1, false);
  EXPECT_EQ(looks_until_said(100), standstill_watch::looks_told);
  EXPECT_TRUE(watch_.look(figures_)) << "and still does";
}

TEST_F(looked_at_lanes, that_come_round_once_are_counted_anew) {
  turn(0, false);
  turn(1, true);
  EXPECT_EQ(looks_until_said(standstill_watch::looks_told - 1), 0);
  turn(0, true);
  EXPECT_FALSE(watch_.look(figures_));
  turn(0, false);
  EXPECT_EQ(looks_until_said(100), standstill_watch::looks_told);
}

}  // namespace
}  // namespace spindrift::kafka
