#include "server/detect/adwin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "server/detect/archive.hpp"
#include "tests/support/plain_adwin.hpp"

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

class random_case {
public:
  explicit random_case(std::uint64_t seed) : random_(seed) {
    constexpr double deltas[] = {0.002, 0.05, 1e-4, 0.3, 0.9};
    constexpr double scales[] = {1.0, 1.0, 1e-3, 1e3, 1e-200, 1e150, 1e170, 1e-9};
    constexpr double offsets[] = {0.0, 0.0, 0.0, 1.0, 1e9, -1e6, 1e12};
    settings_.clock = one_in(3) ? 1 : between(1, 64);
    settings_.max_buckets = between(2, 10);
    settings_.min_window_length = between(1, 20);
    settings_.grace_period = between(0, 100);
    settings_.delta = deltas[between(0, 4)];
    scale_ = scales[between(0, 7)];
    offset_ = offsets[between(0, 6)];
    kind_ = between(0, 4);
  }

  const adwin_settings& settings() const { return settings_; }

  double next() {
    if (one_in(700)) level_ = 3.0 * normal_(random_);
    return (noise() + level_) * scale_ + offset_;
  }

  unsigned between(unsigned least, unsigned most) {
    return least + static_cast<unsigned>(random_() % (most - least + 1));
  }
  bool one_in(unsigned n) { return random_() % n == 0; }

private:
  double noise() {
    switch (kind_) {
      case 0:
        return normal_(random_);
      case 1:
        return one_in(2) ? 1.0 : 0.0;
      case 2:
        return 0.0;
      case 3:
        return one_in(20000) ? std::numeric_limits<double>::quiet_NaN() : std::exp(2.0 * normal_(random_));
      default:
        return one_in(3000) ? 1e200 : std::sin(0.1 * static_cast<double>(++t_)) + 0.5 * normal_(random_);
    }
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  adwin_settings settings_;
  double scale_ = 1.0;
  double offset_ = 0.0;
  double level_ = 0.0;
  unsigned kind_ = 0;
  int t_ = 0;
};

void expect_same_state(adwin& fast, const plain_adwin& plain, std::uint64_t seed, int i) {
  ASSERT_TRUE(same_bits(fast.width(), plain.width())) << "seed " << seed << " value " << i;
  ASSERT_TRUE(same_bits(fast.total(), plain.total())) << "seed " << seed << " value " << i;
  ASSERT_TRUE(same_bits(fast.mean(), plain.mean())) << "seed " << seed << " value " << i;
  ASSERT_TRUE(same_bits(fast.variance_sum(), plain.variance_sum())) << "seed " << seed << " value " << i;
  ASSERT_EQ(fast.n_detections(), plain.n_detections()) << "seed " << seed << " value " << i;
}

// The short cuts of the fast one must never show: random streams (shifts, constants, huge and tiny values, NaN) through
// random settings, state compared after every value in half the cases and now and then in the others, since looking at
// the state empties the buffer.
TEST(adwin, equals_the_plain_one_bit_for_bit_on_random_streams_and_settings) {
  std::uint64_t detections = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    random_case stream(seed);
    adwin fast(stream.settings());
    plain_adwin plain(stream.settings());
    const unsigned look_every = stream.one_in(2) ? 1 : 97;
    for (int i = 0; i < 4000; ++i) {
      const double x = stream.next();
      ASSERT_EQ(fast.update(x), plain.update(x)) << "seed " << seed << " value " << i;
      if (static_cast<unsigned>(i) % look_every != 0) continue;
      ASSERT_NO_FATAL_FAILURE(expect_same_state(fast, plain, seed, i));
    }
    detections += plain.n_detections();
  }
  EXPECT_GT(detections, 1000U);
}

// The guard over old rows and the widest rows only come into play in long windows.
TEST(adwin, equals_the_plain_one_in_a_long_window) {
  for (const unsigned clock : {1U, 32U}) {
    adwin_settings settings;
    settings.clock = clock;
    adwin fast(settings);
    plain_adwin plain(settings);
    std::mt19937_64 random(5);
    std::normal_distribution<double> normal;
    for (int i = 0; i < 120000; ++i) {
      const double x = normal(random) + (i < 100000 ? 0.0 : 0.3);
      ASSERT_EQ(fast.update(x), plain.update(x)) << "value " << i;
    }
    ASSERT_NO_FATAL_FAILURE(expect_same_state(fast, plain, 5, 120000));
    EXPECT_GT(plain.n_detections(), 0U);
  }
}

TEST(adwin, forgets_the_old_level_after_a_shift) {
  const adwin_settings settings;
  adwin detector(settings);
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(detector.update(normal(random)));
  EXPECT_EQ(detector.width(), 1000.0);
  bool cut = false;
  for (int i = 0; i < 200; ++i) cut = detector.update(5.0 + normal(random)) || cut;
  EXPECT_TRUE(cut);
  EXPECT_LT(detector.width(), 250.0);
  EXPECT_NEAR(detector.mean(), 5.0, 0.3);
  EXPECT_GE(detector.n_detections(), 1U);
}

TEST(adwin, finds_a_fall_as_well_as_a_rise) {
  const adwin_settings settings;
  for (const double step : {5.0, -5.0}) {
    adwin detector(settings);
    for (int i = 0; i < 500; ++i) detector.update(i % 2 == 0 ? 1.0 : -1.0);
    for (int i = 0; i < 200; ++i) detector.update(step + (i % 2 == 0 ? 1.0 : -1.0));
    EXPECT_GE(detector.n_detections(), 1U) << step;
  }
}

TEST(adwin, is_empty_before_the_first_value) {
  const adwin_settings settings;
  adwin detector(settings);
  EXPECT_EQ(detector.width(), 0.0);
  EXPECT_EQ(detector.mean(), 0.0);
  EXPECT_EQ(detector.variance_sum(), 0.0);
}

TEST(adwin, looks_for_cuts_only_once_a_clock_and_after_the_grace_period) {
  adwin_settings settings;
  settings.clock = 50;
  settings.grace_period = 100;
  adwin detector(settings);
  for (int i = 1; i <= 400; ++i) {
    if (detector.update(i <= 20 ? 0.0 : 100.0)) {
      EXPECT_EQ(i, 150);
      return;
    }
  }
  FAIL() << "no cut at all";
}

TEST(adwin, as_restarted_goes_on_like_a_new_one_but_keeps_its_count) {
  const adwin_settings settings;
  adwin used(settings);
  for (int i = 0; i < 777; ++i) used.update(i < 400 ? 0.0 : 9.0);
  ASSERT_GT(used.n_detections(), 0U);
  const auto before = used.n_detections();
  used.restart();
  adwin fresh(settings);
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 3000; ++i) {
    const double x = normal(random) + (i < 1500 ? 0.0 : 2.0);
    ASSERT_EQ(used.update(x), fresh.update(x));
  }
  EXPECT_TRUE(same_bits(used.variance_sum(), fresh.variance_sum()));
  EXPECT_EQ(used.n_detections(), before + fresh.n_detections());
}

TEST(adwin, continues_bit_for_bit_when_saved_and_restored_in_mid_stream) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    random_case stream(seed);
    adwin whole(stream.settings());
    std::string bytes;
    const unsigned saved_at = stream.between(0, 1500);
    for (unsigned i = 0; i < saved_at; ++i) whole.update(stream.next());
    state_writer writer(bytes);
    whole.visit_state(writer);

    adwin restored(stream.settings());
    state_reader reader(bytes);
    restored.visit_state(reader);
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(reader.bytes_left(), 0U);
    for (int i = 0; i < 1500; ++i) {
      const double x = stream.next();
      ASSERT_EQ(whole.update(x), restored.update(x)) << "seed " << seed;
    }
    EXPECT_TRUE(same_bits(whole.total(), restored.total())) << "seed " << seed;
    EXPECT_TRUE(same_bits(whole.variance_sum(), restored.variance_sum())) << "seed " << seed;
    EXPECT_EQ(whole.n_detections(), restored.n_detections());
  }
}

TEST(adwin, refuses_a_saved_state_that_is_cut_short_or_cannot_be) {
  const adwin_settings settings;
  adwin detector(settings);
  for (int i = 0; i < 300; ++i) detector.update(static_cast<double>(i % 7));
  std::string bytes;
  state_writer writer(bytes);
  detector.visit_state(writer);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    state_reader reader(std::string_view(bytes).substr(0, length));
    adwin restored(settings);
    restored.visit_state(reader);
    EXPECT_FALSE(reader.ok()) << length;
  }
  std::mt19937_64 random(11);
  for (int i = 0; i < 2000; ++i) {
    std::string broken = bytes;
    broken[random() % 100] = static_cast<char>(random());
    state_reader reader(broken);
    adwin restored(settings);
    restored.visit_state(reader);
    for (int k = 0; reader.ok() && k < 200; ++k) restored.update(1.0);  // a lie that passes must still do no harm
  }
}

// Values go behind those of the newest row: a count of them that no row stands for would lead out of the block.
TEST(adwin, refuses_a_saved_state_that_counts_buckets_without_a_row) {
  const adwin_settings settings;
  adwin fresh(settings);
  std::string bytes;
  state_writer writer(bytes);
  fresh.visit_state(writer);
  constexpr std::size_t first_count = 4 + 8 + 3 * 8 + 4;  // behind clock, detections, three sums, number of rows
  bytes[first_count] = '\xff';
  state_reader reader(bytes);
  adwin restored(settings);
  restored.visit_state(reader);
  EXPECT_FALSE(reader.ok());
}

// Each boundary of the histogram against the sums of the very values on either side, for short windows of all lengths.
TEST(plain_adwin, finds_a_cut_exactly_when_some_boundary_of_the_values_exceeds_the_bound) {
  adwin_settings settings;
  settings.clock = 1'000'000;  // never by itself
  settings.min_window_length = 2;
  settings.delta = 0.2;
  int cuts = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    std::mt19937_64 random(seed);
    plain_adwin detector(settings);
    std::vector<double> values;
    const int n = 4 + static_cast<int>(random() % 60);
    for (int i = 0; i < n; ++i) {
      // Quarters of small whole numbers add up without rounding.
      values.push_back(0.25 * static_cast<double>(random() % 8) + (seed % 2 == 0 && i > n / 2 ? 4.0 : 0.0));
      detector.update(values.back());
    }
    std::vector<std::size_t> boundaries;
    std::size_t at = 0;
    for (std::size_t r = detector.rows().size(); r-- > 0;) {
      for (std::size_t i = 0; i < detector.rows()[r].size(); ++i) boundaries.push_back(at += std::size_t{1} << r);
    }
    ASSERT_EQ(at, values.size());
    double mean = 0.0;
    for (const double x : values) mean += x / n;
    double variance = 0.0;
    for (const double x : values) variance += (x - mean) * (x - mean) / n;
    const double dp = std::log(2.0 * std::log(n) / settings.delta);
    bool expected = false;
    for (const std::size_t n0 : boundaries) {
      const std::size_t n1 = values.size() - n0;
      if (n0 < 2 || n1 < 2) continue;
      double sum0 = 0.0;
      double sum1 = 0.0;
      for (std::size_t i = 0; i < values.size(); ++i) (i < n0 ? sum0 : sum1) += values[i];
      const double m = 1.0 / (static_cast<double>(n0) - 1.0) + 1.0 / (static_cast<double>(n1) - 1.0);
      const double bound = std::sqrt(2.0 * m * variance * dp) + 2.0 / 3.0 * dp * m;
      expected = expected || std::fabs(sum0 / static_cast<double>(n0) - sum1 / static_cast<double>(n1)) > bound;
    }
    EXPECT_EQ(detector.has_cut(), expected) << "seed " << seed;
    cuts += expected ? 1 : 0;
  }
  EXPECT_GT(cuts, 50);
  EXPECT_LT(cuts, 350);
}

TEST(adwin_settings, are_fine_as_they_come) {
  EXPECT_THAT(validate(adwin_settings{}), IsEmpty());
}

TEST(adwin_settings, name_the_flag_at_fault) {
  adwin_settings settings;
  settings.delta = 1.5;
  EXPECT_THAT(validate(settings), ElementsAre("--adwin-delta: 1.5 is not allowed: give a number in (0, 1)"));
  settings.delta = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(validate(settings).size(), 1U);
  settings = {};
  settings.max_buckets = 1;
  EXPECT_THAT(validate(settings),
              ElementsAre("--adwin-max-buckets: 1 is not allowed: give a whole number from 2 to 200"));
  settings = {};
  settings.clock = 0;
  settings.min_window_length = 0;
  settings.delta = 0.0;
  EXPECT_EQ(validate(settings).size(), 3U);
}

// A million streams must fit: what one takes before its heap block, which has 81 bytes a row.
static_assert(sizeof(adwin) <= 512);

}  // namespace
}  // namespace spindrift
