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

// Surprises are held in steps of 1/36.
constexpr double tolerance = 0.0140;
// Counts beyond 63 are steps of 1/32 to 1/16 of themselves, of which a point goes one by lot: a seventh of such a count
// is the deviation of one, and less that of a sum of them.
constexpr double lot_tolerance = 0.10;

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

// A calibration of twelve scores, of which one is looked at: the others are 0.
class one_scale {
public:
  double update(double r) {
    std::array<double, calibration::scores> raw{};
    raw[3] = r;
    return of_.update(raw)[3];
  }
  unsigned count() const { return of_.count(); }
  unsigned bucket_count() const { return of_.bucket_count(); }
  std::size_t memory_bytes() const { return of_.memory_bytes(); }

private:
  calibration of_;
};

TEST(ensemble_calibration, is_silent_for_fifty_scores_and_for_zero) {
  one_scale scale;
  for (int i = 0; i < 50; ++i) ASSERT_EQ(scale.update(1.0 + i), 0.0);
  EXPECT_EQ(scale.update(0.0), 0.0);
  EXPECT_EQ(scale.update(-1.0), 0.0);
  EXPECT_EQ(scale.update(std::nan("")), 0.0);
  EXPECT_EQ(scale.count(), 53U);
}

TEST(ensemble_calibration, gives_the_worked_example) {
  one_scale scale;
  for (int i = 0; i < 40; ++i) scale.update(0.0);
  for (int i = 0; i < 10; ++i) scale.update(i < 4 ? 4.0 : 1.0);
  // 50 known: 40 zeros, six in the bucket of 1, four in that of 4. A second 1 has 4 above and 6 in its bucket.
  EXPECT_NEAR(scale.update(1.0), -std::log10((4 + 3 + 0.5) / 51.0), tolerance);
}

TEST(ensemble_calibration, adds_to_a_record_twice_the_logarithm_of_its_height) {
  one_scale scale;
  for (int i = 0; i < 50; ++i) scale.update(1.0);
  EXPECT_NEAR(scale.update(1000.0), -std::log10(0.5 / 51.0) + 2.0 * 3.0, tolerance);
}

// The same rule with every bucket, every logarithm and the rebuilding in the open.
class plain_calibration {
public:
  double update(double r) {
    double s = 0.0;
    if (n_ >= 50 && n_ >= rebuild_at_) rebuild();
    if (r > 0.0) {
      const auto bucket = calibration::bucket_of(r);
      if (n_ >= 50) {
        s = table_[bucket];
        if (r > largest_ && largest_ > 0.0) s += 2.0 * std::log10(r / largest_);
      }
      largest_ = std::max(largest_, r);
      counts_[bucket] += 1;
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
    n_ /= 2;
    for (auto& count : counts_) count /= 2;
    rebuild();
  }

  std::array<unsigned, calibration::buckets_max> counts_{};
  std::array<double, calibration::buckets_max> table_{};
  unsigned n_ = 0;
  unsigned rebuild_at_ = 50;
  double largest_ = 0.0;
};

TEST(ensemble_calibration, agrees_with_the_rule_written_out_through_growth_and_halving) {
  support::noise_source noise(11);
  one_scale scale;
  plain_calibration plain;
  for (int i = 0; i < 150000; ++i) {
    const double r = noise.chance(0.3) ? 0.0 : std::exp2(noise.normal() * 3.0);
    const double surprise = plain.update(r);
    // The lowest part of the seven tenths that are not 0 may be told as one: a third and what came since the last
    // table.
    const bool may_share = i >= 50 && surprise < -std::log10(0.7 * (1.0 - 0.4));
    ASSERT_NEAR(scale.update(r), surprise, may_share ? 0.15 : i < 64 ? tolerance : lot_tolerance) << i;
  }
  EXPECT_LT(scale.count(), 65536U);
}

TEST(ensemble_calibration, holds_no_more_buckets_than_were_met) {
  one_scale scale;
  EXPECT_EQ(scale.bucket_count(), 0U);
  for (int i = 0; i < 1000; ++i) scale.update(1.0);
  EXPECT_EQ(scale.bucket_count(), 1U);
  scale.update(4.0);
  EXPECT_EQ(scale.bucket_count(), 9U);
}

// Blocks of the heap that fill one, two, three ... cache lines with what it adds to them.
TEST(ensemble_calibration, holds_no_more_lines_than_the_buckets_need_that_were_met) {
  constexpr std::size_t line = 64;
  constexpr std::size_t added = 8;
  one_scale scale;
  EXPECT_EQ(scale.memory_bytes(), 0U);
  for (int i = 0; i < 1000; ++i) scale.update(1.0);
  EXPECT_EQ(scale.memory_bytes(), line - added);
  scale.update(std::exp2(27.0 / 4.0));  // 28 buckets of two bytes
  EXPECT_EQ(scale.memory_bytes(), line - added);
  scale.update(std::exp2(28.0 / 4.0));
  EXPECT_EQ(scale.memory_bytes(), 2 * line - added);
}

// Buckets of all scores lie in one block, within which and beyond which each is widened, upward and downward.
TEST(ensemble_calibration, tells_of_each_of_many_scores_as_if_it_were_alone) {
  support::noise_source noise(16);
  calibration together;
  std::array<one_scale, calibration::scores> alone;
  for (int i = 0; i < 3000; ++i) {
    std::array<double, calibration::scores> raw{};
    for (std::size_t k = 0; k < raw.size(); ++k) {
      raw[k] = std::exp2(noise.normal() * (1.0 + 0.2 * static_cast<double>(k)));
    }
    const auto surprises = together.update(raw);
    for (std::size_t k = 0; k < raw.size(); ++k) ASSERT_EQ(surprises[k], alone[k].update(raw[k])) << i << ' ' << k;
  }
}

TEST(ensemble_calibration, does_not_tell_the_lowest_scores_of_a_stream_apart) {
  support::noise_source noise(12);
  one_scale scale;
  for (int i = 0; i < 20000; ++i) scale.update(std::abs(noise.normal()));
  // A third lies below 0.43: from there to four deviations are some three octaves; the smallest of so many lies eleven
  // below.
  EXPECT_LE(scale.bucket_count(), 20U);
  EXPECT_NEAR(scale.update(1e-5), -std::log10(1.0 - 0.5 / 3.0), 0.03);
  EXPECT_NEAR(scale.update(2.0), -std::log10(0.5 * (0.0455 + 0.0173)), lot_tolerance);  // of its bucket, 2 to 2.38
}

TEST(ensemble_calibration, follows_scores_that_become_smaller) {
  support::noise_source noise(13);
  one_scale scale;
  for (int i = 0; i < 3000; ++i) scale.update(std::exp2(noise.normal()));
  for (int i = 0; i < 30000; ++i) scale.update(std::exp2(noise.normal() - 8.0));
  // Ten of eleven are down there and smaller; of these a tenth was told as the lowest before, until those were a third.
  // Told as the lowest still they would surprise by 0.3.
  EXPECT_GT(scale.update(std::exp2(-5.0)), -std::log10(0.25));
}

// What comes at even distances is no other part of the lots than what comes by chance.
TEST(ensemble_calibration, counts_what_comes_in_turns_as_what_comes_by_chance) {
  for (const int every : {2, 3, 4, 7, 8, 16, 64, 100}) {
    one_scale scale;
    for (int i = 0; i < 60000; ++i) scale.update(i % every == 0 ? 8.0 : 1.0);
    const double part = 1.0 / every;
    EXPECT_NEAR(scale.update(8.0), -std::log10(0.5 * part), 0.04) << every;
    EXPECT_NEAR(scale.update(1.0), -std::log10(part + 0.5 * (1.0 - part)), 0.04) << every;
  }
}

}  // namespace
}  // namespace spindrift
