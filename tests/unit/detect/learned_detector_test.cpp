#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "server/detect/fourier_map.hpp"
#include "server/detect/registry.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

// What the detectors that learn from points have in common, by name.
class learned_detector : public testing::TestWithParam<const char*> {
protected:
  static const detector_entry& entry() {
    for (const detector_entry& one : detectors()) {
      if (one.name == std::string(GetParam())) return one;
    }
    throw std::runtime_error("no such detector");
  }
  std::unique_ptr<point_judge> made(std::size_t values = 1) const { return entry().make(settings_, values); }
  bool show(point_judge& to, double value) { return to.observe(std::array{value}, seconds_ += 60); }
  double wave() { return std::sin(0.1 * static_cast<double>(points_++)) + 0.1 * noise_.normal(); }

  detector_settings settings_;
  support::noise_source noise_{7};
  double seconds_ = 0;
  int points_ = 0;
};

INSTANTIATE_TEST_SUITE_P(of, learned_detector, testing::Values("ocsvm", "autoencoder", "lstm"),
                         [](const auto& name) { return std::string(name.param); });

TEST_P(learned_detector, is_off_by_default_and_may_stand_in_by) {
  EXPECT_FALSE(entry().runs(settings_));
  EXPECT_NE(judge_bit(entry().name), 0);
}

TEST_P(learned_detector, finds_a_spike_and_not_the_way_back) {
  const auto judge = made();
  for (int i = 0; i < 800; ++i) show(*judge, wave());
  EXPECT_TRUE(show(*judge, 8));
  int flagged = 0;
  for (int i = 0; i < 20; ++i) flagged += show(*judge, wave()) ? 1 : 0;
  EXPECT_LE(flagged, 1);
}

TEST_P(learned_detector, learns_what_it_flags_once_somebody_expects_it) {
  const auto marked = made();
  const auto other = made();
  for (int i = 0; i < 800; ++i) {
    const double value = wave();
    show(*marked, value);
    show(*other, value);
  }
  marked->expect();
  int flagged = 0;
  int flagged_by_other = 0;
  for (int i = 0; i < 1'500; ++i) {
    const double value = i % 30 < 3 ? 4 : wave();
    const bool counts = i >= 900;
    flagged += show(*marked, value) && counts ? 1 : 0;
    flagged_by_other += show(*other, value) && counts ? 1 : 0;
  }
  EXPECT_LT(flagged, flagged_by_other);
}

TEST_P(learned_detector, takes_a_new_level_for_usual_in_the_end) {
  const auto judge = made();
  for (int i = 0; i < 600; ++i) show(*judge, wave());
  EXPECT_TRUE(show(*judge, 30 + wave()));
  for (int i = 0; i < 600; ++i) show(*judge, 30 + wave());
  int flagged = 0;
  for (int i = 0; i < 200; ++i) flagged += show(*judge, 30 + wave()) ? 1 : 0;
  EXPECT_LE(flagged, 8);
}

TEST_P(learned_detector, never_flags_a_constant_and_flags_its_first_change) {
  const auto judge = made();
  for (int i = 0; i < 500; ++i) EXPECT_FALSE(show(*judge, 42.5)) << i;
  EXPECT_TRUE(show(*judge, 43));
}

TEST_P(learned_detector, takes_any_double) {
  const auto judge = made();
  const double odd[] = {std::numeric_limits<double>::quiet_NaN(),
                        std::numeric_limits<double>::infinity(),
                        1e308,
                        -1e308,
                        std::numeric_limits<double>::denorm_min(),
                        0,
                        -0.0,
                        1e-300};
  for (int i = 0; i < 400; ++i) show(*judge, wave());
  for (int turn = 0; turn < 20; ++turn) {
    for (const double value : odd) show(*judge, value);
  }
  for (int i = 0; i < 600; ++i) show(*judge, wave());
  EXPECT_FALSE(show(*judge, std::numeric_limits<double>::quiet_NaN()));
}

TEST_P(learned_detector, goes_on_from_its_saved_state_bit_for_bit) {
  for (const std::size_t values : {1U, 3U}) {
    for (const int before : {0, 1, 40, 100, 300}) {
      const auto one = made(values);
      std::vector<double> row(values);
      const auto next = [&] {
        for (double& value : row) value = wave();
      };
      for (int i = 0; i < before; ++i) {
        next();
        one->observe(row, 0);
      }
      std::string bytes;
      one->save(bytes);
      const auto other = made(values);
      ASSERT_TRUE(other->restore(bytes)) << values << " values after " << before;
      for (int i = 0; i < 200; ++i) {
        next();
        if (i % 50 == 49) row[0] += 20;
        EXPECT_EQ(one->observe(row, 0), other->observe(row, 0));
      }
      std::string once;
      std::string again;
      one->save(once);
      other->save(again);
      EXPECT_EQ(once, again);
    }
  }
}

TEST_P(learned_detector, refuses_bytes_that_are_no_state_of_its_own) {
  const auto judge = made();
  for (int i = 0; i < 300; ++i) show(*judge, wave());
  std::string bytes;
  judge->save(bytes);
  EXPECT_FALSE(made()->restore(bytes.substr(0, bytes.size() - 1)));
  EXPECT_FALSE(made()->restore(bytes + '\0'));
  EXPECT_FALSE(made()->restore(""));
  // Whatever single bytes are changed, what was taken can be used.
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    std::string changed = bytes;
    changed[at] = '\x7f';
    const auto other = made();
    if (!other->restore(changed)) continue;
    for (int i = 0; i < 20; ++i) show(*other, wave());
  }
}

// The bytes of a detector after a fixed stream, the same with every compiler: FNV-1a.
TEST_P(learned_detector, computes_the_same_bits_everywhere) {
  const auto judge = made();
  std::uint64_t state = 1;
  for (int i = 0; i < 400; ++i) {
    state = state * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    show(*judge, static_cast<double>(state >> 40U) * 0x1p-24 + (i % 100 == 99 ? 5 : 0));
  }
  std::string bytes;
  judge->save(bytes);
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211ULL;
  const std::uint64_t expected = GetParam() == std::string("ocsvm")         ? 7'031'833'389'969'488'361ULL
                                 : GetParam() == std::string("autoencoder") ? 6'238'506'381'608'817'578ULL
                                                                            : 11'866'035'755'978'189'445ULL;
  EXPECT_EQ(hash, expected);
}

TEST(fourier_map, is_near_the_kernel_it_stands_for) {
  const fourier_map& map = fourier_map::of(2);
  fourier_map::image origin;
  map.apply(std::array{0.5F, -1.0F}, 2, origin);
  EXPECT_NEAR(static_cast<double>(fourier_map::product(origin, origin)), 1, 1e-4);
  for (const float distance : {0.1F, 0.25F, 0.5F, 1.0F, 2.0F}) {
    fourier_map::image other;
    map.apply(std::array{0.5F + distance, -1.0F}, 2, other);
    const double scaled = 2 * static_cast<double>(distance);
    EXPECT_NEAR(static_cast<double>(fourier_map::product(origin, other)), std::exp(-scaled * scaled / 2), 0.06)
        << distance;
  }
}

TEST(one_class_svm, sees_what_lies_between_two_clusters) {
  detector_settings settings;
  const detector_entry* found = nullptr;
  for (const detector_entry& one : detectors()) {
    if (one.name == "ocsvm") found = &one;
  }
  ASSERT_NE(found, nullptr);
  const auto judge = found->make(settings, 2);
  support::noise_source noise(3);
  const auto cluster = [&] { return (noise.normal() < 0 ? -2.0 : 2.0) + 0.2 * noise.normal(); };
  int flagged = 0;
  for (int i = 0; i < 1'000; ++i) {
    const double side = cluster();
    flagged += judge->observe(std::array{side, side + 0.1 * noise.normal()}, 0) ? 1 : 0;
  }
  EXPECT_LE(flagged, 25);
  EXPECT_TRUE(judge->observe(std::array{0.0, 0.0}, 0));
  EXPECT_TRUE(judge->observe(std::array{2.0, -2.0}, 0));
}

}  // namespace
}  // namespace spindrift
