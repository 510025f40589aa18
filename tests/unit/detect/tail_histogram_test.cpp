// Where noise of several laws ends, as the threshold says it.
#include "server/detect/tail_histogram.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "server/detect/archive.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;

constexpr int many = 4'000;

tail_histogram after(int errors, const std::function<double(noise_source&, int)>& error, std::uint64_t seed = 1) {
  tail_histogram made;
  noise_source noise(seed);
  for (int i = 0; i < errors; ++i) made.add(std::abs(error(noise, i)));
  return made;
}
double gauss(noise_source& noise, int /*i*/) {
  return noise.normal();
}
double student_of_3(noise_source& noise, int /*i*/) {
  return noise.student_t3();
}

TEST(tail_histogram, is_cautious_until_it_knows_something) {
  EXPECT_EQ(tail_histogram().threshold(), 5);
  EXPECT_EQ(after(100, gauss).threshold(), 5);
}

TEST(tail_histogram, ends_a_gaussian_tail_where_there_is_hardly_any) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) EXPECT_LE(after(many, gauss, seed).threshold(), 5) << seed;
}

TEST(tail_histogram, finds_what_a_gap_separates_from_the_noise) {
  const auto mixed = [](noise_source& noise, int i) { return i % 50 == 0 ? 12.0 : noise.normal(); };
  for (std::uint64_t seed = 1; seed <= 10; ++seed) EXPECT_LT(after(many, mixed, seed).threshold(), 12) << seed;
}

TEST(tail_histogram, leaves_a_heavy_tail_that_goes_on_to_the_noise) {
  int beyond = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const tail_histogram known = after(many, student_of_3, seed);
    EXPECT_GT(known.threshold(), 5) << seed;
    noise_source noise(100 + seed);
    for (int i = 0; i < many; ++i) beyond += std::abs(student_of_3(noise, i)) > known.threshold() ? 1 : 0;
  }
  EXPECT_LT(beyond, 10 * many / 1'000);
}

TEST(tail_histogram, calls_no_tenth_of_all_anomalous) {
  const auto mixed = [](noise_source& noise, int i) { return i % 10 == 0 ? 20.0 : noise.normal(); };
  EXPECT_GT(after(many, mixed).threshold(), 20);
}

TEST(tail_histogram, finds_the_sharp_bound_of_bounded_noise) {
  const auto sine_of_any_phase = [](noise_source& noise, int /*i*/) {
    return 1.7 * support::steady_sin(2 * support::pi * noise.uniform());
  };
  const double edge = after(many, sine_of_any_phase).edge();
  EXPECT_GT(edge, 1.7);
  EXPECT_LT(edge, 2.2);
  EXPECT_EQ(after(many, gauss).edge(), 0);
}

TEST(tail_histogram, forgets) {
  tail_histogram one;
  noise_source noise(1);
  for (int i = 0; i < many; ++i) one.add(i % 10 == 0 ? 20 : std::abs(noise.normal()));
  ASSERT_GT(one.threshold(), 20);
  for (int i = 0; i < 60'000; ++i) one.add(std::abs(noise.normal()));
  EXPECT_LE(one.threshold(), 5);
}

TEST(tail_histogram, takes_any_size) {
  tail_histogram one;
  for (const double z : {0.0, 1e-300, 1.25, 1'279.0, 1e6, 1e11}) one.add(z);
  EXPECT_GT(one.threshold(), 0);
}

// Every threshold there is comes back as it was, with errors in all buckets, none beyond 28, and none at all.
TEST(tail_histogram, continues_bit_for_bit_after_a_restore) {
  for (const double largest : {2.0, 5.0, 27.0, 30.0, 900.0, 1e9}) {
    noise_source noise(1);
    const auto error = [&] { return noise.uniform() < 0.5 ? largest * noise.uniform() : std::abs(noise.normal()); };
    tail_histogram original;
    for (int i = 0; i < 1'500; ++i) {
      std::string bytes;
      state_writer writer(bytes);
      original.visit_state(writer);
      EXPECT_EQ(bytes.size(), 98U);
      tail_histogram restored;
      restored.add(2'000);  // knows something else
      state_reader reader(bytes);
      restored.visit_state(reader);
      ASSERT_TRUE(reader.ok());
      ASSERT_EQ(restored.threshold(), original.threshold()) << largest << ", " << i;
      ASSERT_EQ(restored.edge(), original.edge()) << largest << ", " << i;
      original = std::move(restored);
      original.add(error());
    }
    tail_histogram uncut;
    noise = noise_source(1);
    for (int i = 0; i < 1'500; ++i) uncut.add(error());
    EXPECT_EQ(original.threshold(), uncut.threshold()) << largest;
  }
}

}  // namespace
}  // namespace spindrift
