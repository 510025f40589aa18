// The window whose variances are held in four bytes against the one that has all of their digits.
#include "server/detect/adwin_window.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

class both_windows {
public:
  void give_both(double x) {
    if (exact.append(x)) exact.flush();
    if (plain.append(x)) plain.flush();
  }
  void drop_to(double width) {
    for (; exact.width() > width; exact.drop_oldest()) plain.drop_oldest();
    exact.sum_anew();
    plain.sum_anew();
  }

  const adwin_settings settings{};
  exact_adwin_window exact{settings};
  adwin_window plain{settings};
};

TEST(adwin_window, needs_no_digits_of_a_bucket_s_variance_until_one_is_dropped) {
  support::noise_source noise(1);
  both_windows windows;
  for (int i = 0; i < 20000; ++i) {
    windows.give_both(noise.normal() * 3.0 + 100.0);
    if (i % 8 != 7) continue;
    ASSERT_EQ(windows.plain.total(), windows.exact.total());
    ASSERT_EQ(windows.plain.variance_sum(), windows.exact.variance_sum());
    ASSERT_EQ(windows.plain.n_rows(), windows.exact.n_rows());
  }
}

TEST(adwin_window, has_the_variance_of_what_is_left_to_six_digits) {
  support::noise_source noise(2);
  both_windows windows;
  for (int i = 0; i < 4096; ++i) windows.give_both(noise.normal() * 1e6);
  for (int i = 0; i < 512; ++i) windows.give_both(noise.normal() * 1e-3 + 5.0);
  windows.drop_to(512.0);
  EXPECT_EQ(windows.plain.width(), 512.0);
  EXPECT_NEAR(windows.exact.variance_sum() / 512.0, 1e-6, 3e-7);
  EXPECT_NEAR(windows.plain.variance_sum() / windows.exact.variance_sum(), 1.0, 1e-6);
  EXPECT_EQ(windows.plain.total(), windows.exact.total());
  EXPECT_NEAR(windows.plain.mean(), 5.0, 1e-3);
}

// A cut leaves the rounding of all that went in the sums, until they are taken anew.
TEST(adwin_window, keeps_nothing_of_what_was_dropped_once_sums_are_taken_anew) {
  support::noise_source noise(3);
  both_windows windows;
  for (int i = 0; i < 4096; ++i) windows.give_both(noise.normal());
  for (int i = 0; i < 512; ++i) windows.give_both(0.0);
  windows.drop_to(256.0);
  EXPECT_EQ(windows.plain.total(), 0.0);
  EXPECT_EQ(windows.plain.variance_sum(), 0.0);
  EXPECT_EQ(windows.exact.total(), 0.0);
  EXPECT_EQ(windows.exact.variance_sum(), 0.0);
}

}  // namespace
}  // namespace spindrift
