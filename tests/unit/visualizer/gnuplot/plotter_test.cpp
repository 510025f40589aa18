#include "visualizer/gnuplot/plotter.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "tests/unit/visualizer/gnuplot/fake_gnuplot.hpp"
#include "visualizer/gnuplot/back_off.hpp"

namespace spindrift {
namespace {

using std::chrono::milliseconds;

TEST(back_off, doubles_up_to_its_limit_and_begins_again) {
  back_off pauses(milliseconds(100), milliseconds(350));
  EXPECT_EQ(pauses.take(), milliseconds(100));
  EXPECT_EQ(pauses.take(), milliseconds(200));
  EXPECT_EQ(pauses.take(), milliseconds(350));
  EXPECT_EQ(pauses.take(), milliseconds(350));
  pauses.reset();
  EXPECT_EQ(pauses.take(), milliseconds(100));
}

class live_plotter : public testing::Test {
protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }

  // Shows frames until it is so.
  template <class Condition>
  static bool eventually(plotter& drawing, Condition is_so) {
    for (int attempt = 0; attempt < 3'000; ++attempt) {
      if (is_so()) return true;
      drawing.show("frame\n");
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }
};

TEST_F(live_plotter, gives_its_frames_to_gnuplot) {
  const fake_gnuplot listening("cat >$HERE/heard");
  plotter drawing;
  EXPECT_TRUE(eventually(drawing, [&] { return listening.text_of("heard").find("frame\n") != std::string::npos; }));
  EXPECT_EQ(drawing.restarts(), 0U);
}

TEST_F(live_plotter, starts_a_gnuplot_that_died_again) {
  const fake_gnuplot dying("if [ -e $HERE/died ]; then cat >$HERE/heard; else touch $HERE/died; kill -9 $$; fi");
  plotter drawing(milliseconds(1));
  EXPECT_TRUE(eventually(drawing, [&] { return !dying.text_of("heard").empty(); }));
  EXPECT_EQ(drawing.restarts(), 1U);
}

TEST_F(live_plotter, ends_though_gnuplot_does_not_read) {
  const fake_gnuplot deaf("exec sleep 600");
  plotter drawing;
  drawing.show(std::string(1'000'000, 'x'));
  for (int attempt = 0; attempt < 3'000 && drawing.pid() == 0; ++attempt) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_NE(drawing.pid(), 0);
}

}  // namespace
}  // namespace spindrift
