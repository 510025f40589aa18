// The surprise of a score against its formula, counted out over plain lists.
#include "server/detect/ensemble/calibration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

TEST(ensemble_calibration, cuts_every_octave_into_four_equal_steps_of_the_logarithm) {
  support::noise_source noise(10);
  for (int i = 0; i < 20000; ++i) {
    const double exponent = noise.uniform(-20.0, 20.0);
    if (std::abs(exponent * 4.0 - std::round(exponent * 4.0)) < 1e-9) continue;
    ASSERT_EQ(calibration::bucket_of(std::exp2(exponent)), static_cast<unsigned>(std::floor((exponent + 20.0) * 4.0)));
  }
  EXPECT_EQ(calibration::bucket_of(1.0), 80U);
  EXPECT_EQ(calibration::bucket_of(std::nextafter(1.0, 0.0)), 79U);
}

TEST(ensemble_calibration, sends_what_lies_beyond_to_the_end_buckets) {
  EXPECT_EQ(calibration::bucket_of(5e-324), 0U);
  EXPECT_EQ(calibration::bucket_of(1e-300), 0U);
  EXPECT_EQ(calibration::bucket_of(0x1p-20), 0U);
  EXPECT_EQ(calibration::bucket_of(0x1p20), calibration::buckets_max - 1);
  EXPECT_EQ(calibration::bucket_of(std::numeric_limits<double>::max()), calibration::buckets_max - 1);
  EXPECT_EQ(calibration::bucket_of(std::numeric_limits<double>::infinity()), calibration::buckets_max - 1);
}

TEST(ensemble_calibration, is_silent_for_fifty_scores_and_for_zero) {
  calibration scale;
  for (int i = 0; i < 50; ++i) ASSERT_EQ(scale.update(1.0 + i), 0.0);
  EXPECT_EQ(scale.update(0.0), 0.0);
  EXPECT_EQ(scale.update(-1.0), 0.0);
  EXPECT_EQ(scale.update(std::nan("")), 0.0);
  EXPECT_EQ(scale.count(), 53U);
}

TEST(ensemble_calibration, gives_the_worked_example) {
  calibration scale;
  for (int i = 0; i < 40; ++i) scale.update(0.0);
  for (int i = 0; i < 10; ++i) scale.update(i < 4 ? 4.0 : 1.0);
  // 50 known: 40 zeros, six in the bucket of 1, four in that of 4. A second 1 has 4 above and 6 in its bucket.
  EXPECT_NEAR(scale.update(1.0), -std::log10((4 + 3 + 0.5) / 51.0), 1e-6);
}

TEST(ensemble_calibration, adds_to_a_record_twice_the_logarithm_of_its_height) {
  calibration scale;
  for (int i = 0; i < 50; ++i) scale.update(1.0);
  EXPECT_NEAR(scale.update(1000.0), -std::log10(0.5 / 51.0) + 2.0 * 3.0, 1e-6);
}

// The same rule with every bucket, every logarithm and the rebuilding in the open.
class plain_calibration {
public:
  double update(double r) {
    double s = 0.0;
    if (r > 0.0) {
      const auto bucket = calibration::bucket_of(r);
      if (n_ >= 50) {
        if (n_ >= rebuild_at_) rebuild();
        s = table_[bucket];
        if (r > largest_ && largest_ > 0.0) s += 2.0 * std::log10(r / largest_);
      }
      largest_ = std::max(largest_, r);
      counts_[bucket] += 1;
    } else {
      zeros_ += 1;
    }
    n_ += 1;
    if (n_ >= 65536) halve();
    return s;
  }

private:
  void rebuild() {
    double above = 0.0;
    for (auto b = counts_.size(); b-- > 0; above += counts_[b]) {
      table_[b] = -std::log10((above + 0.5 * counts_[b] + 0.5) / (n_ + 1.0));
    }
    rebuild_at_ = n_ + n_ / 24 + 24;
  }
  void halve() {
    n_ = zeros_ /= 2;
    for (auto& count : counts_) n_ += count /= 2;
    rebuild();
  }

  std::array<unsigned, calibration::buckets_max> counts_{};
  std::array<double, calibration::buckets_max> table_{};
  unsigned n_ = 0;
  unsigned zeros_ = 0;
  unsigned rebuild_at_ = 50;
  double largest_ = 0.0;
};

TEST(ensemble_calibration, agrees_with_the_rule_written_out_through_growth_and_halving) {
  support::noise_source noise(11);
  calibration scale;
  plain_calibration plain;
  for (int i = 0; i < 150000; ++i) {
    const double r = noise.chance(0.3) ? 0.0 : std::exp2(noise.normal() * 3.0);
    ASSERT_NEAR(scale.update(r), plain.update(r), 1e-5) << i;
  }
  EXPECT_LT(scale.count(), 65536U);
}

TEST(ensemble_calibration, holds_no_more_buckets_than_were_met) {
  calibration scale;
  EXPECT_EQ(scale.memory_bytes(), 0U);
  for (int i = 0; i < 1000; ++i) scale.update(1.0);
  EXPECT_EQ(scale.memory_bytes(), 6U);
  scale.update(4.0);
  EXPECT_EQ(scale.memory_bytes(), 9U * 6U);
}

}  // namespace
}  // namespace spindrift
