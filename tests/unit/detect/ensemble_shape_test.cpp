// The memory of shapes against a plain list of shapes, and the score against its formula written out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <string>
#include <vector>

#include "server/detect/archive.hpp"
#include "server/detect/ensemble/shape_score.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using shape = shape_memory::shape;

double distance(const shape& a, const shape& b) {
  double squares = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    squares += (static_cast<double>(a[i]) - static_cast<double>(b[i])) *
               (static_cast<double>(a[i]) - static_cast<double>(b[i]));
  }
  return std::sqrt(squares);
}

// Of eight levels: those, and those with mean and spread taken out.
shape plain_shape(const std::vector<double>& levels) {
  double mean = 0.0;
  for (const double level : levels) mean += level / 8.0;
  double variance = 0.0;
  for (const double level : levels) variance += (level - mean) * (level - mean) / 8.0;
  shape result;
  for (std::size_t i = 0; i < 8; ++i) {
    result[i] = static_cast<float>(levels[i]);
    result[8 + i] = static_cast<float>((levels[i] - mean) / (std::sqrt(variance) + 0.1));
  }
  return result;
}

shape random_shape(support::noise_source& noise) {
  std::vector<double> levels(8);
  for (double& level : levels) level = noise.normal();
  return plain_shape(levels);
}

// To eleven bits.
double rounded(double value) {
  int exponent = 0;
  std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(value, 11 - exponent)), exponent - 11);
}

// As it is held.
shape held_shape(const std::vector<double>& levels) {
  std::vector<double> held;
  for (const double level : levels) held.push_back(rounded(level));
  double mean = 0.0;
  for (const double level : held) mean += level / 8.0;
  double variance = 0.0;
  for (const double level : held) variance += (level - mean) * (level - mean) / 8.0;
  const double per_spread = rounded(1.0 / (std::sqrt(variance) + 0.1));
  shape result;
  for (std::size_t i = 0; i < 8; ++i) {
    result[i] = static_cast<float>(held[i]);
    result[8 + i] = static_cast<float>((held[i] - rounded(mean)) * per_spread);
  }
  return result;
}

shape held_shape(const shape& of) {
  return held_shape(std::vector<double>(of.begin(), of.begin() + 8));
}

// Most recently used first, at most 64.
class plain_memory {
public:
  double nearest(const shape& wanted) {
    nearest_ = std::min_element(shapes_.begin(), shapes_.end(), [&](const shape& a, const shape& b) {
      return distance(a, wanted) < distance(b, wanted);
    });
    return distance(*nearest_, wanted);
  }
  bool empty() const { return shapes_.empty(); }
  void store(const shape& added) {
    if (shapes_.size() == 64) shapes_.pop_back();
    shapes_.push_front(held_shape(added));
  }
  void attract(const shape& toward) {
    std::vector<double> levels;
    for (std::size_t i = 0; i < 8; ++i) {
      const float held = (*nearest_)[i];  // in floats, or the rounding to eleven bits would now and then be another
      levels.push_back(static_cast<double>(held + 0.05F * (toward[i] - held)));
    }
    *nearest_ = held_shape(levels);
    shapes_.splice(shapes_.begin(), shapes_, nearest_);
  }

private:
  std::list<shape> shapes_;
  std::list<shape>::iterator nearest_;
};

TEST(ensemble_shape_memory, finds_stores_and_moves_shapes_as_a_plain_list_does) {
  support::noise_source noise(6);
  shape_memory memory;
  plain_memory plain;
  for (int i = 0; i < 2000; ++i) {
    const auto next = random_shape(noise);
    if (memory.empty() || noise.chance(0.1)) {
      memory.store(next);
      plain.store(next);
      continue;
    }
    const auto [index, found] = memory.nearest(next);
    // What is rounded to eleven bits may now and then be rounded the other way.
    ASSERT_NEAR(found, plain.nearest(next), 2e-3) << i;
    memory.attract(index, next);
    plain.attract(next);
  }
  EXPECT_EQ(memory.size(), 64U);
}

TEST(ensemble_shape_memory, begins_with_one_shape_and_grows_by_four_but_never_beyond_sixty_four) {
  support::noise_source noise(7);
  shape_memory memory;
  EXPECT_EQ(memory.memory_bytes(), 0U);
  memory.store(random_shape(noise));
  EXPECT_EQ(memory.memory_bytes(), 0U);
  memory.store(random_shape(noise));
  EXPECT_LE(memory.memory_bytes(), 88U);
  for (int i = 0; i < 200; ++i) memory.store(random_shape(noise));
  EXPECT_EQ(memory.size(), 64U);
  EXPECT_LE(memory.memory_bytes(), 1408U);
}

// One shape, some of them, and all: each is held in another way.
TEST(ensemble_shape_memory, gives_up_the_one_longest_unused_however_long_it_runs) {
  support::noise_source noise(10);
  shape_memory memory;
  plain_memory plain;
  for (int i = 0; i < 66'030; ++i) {
    const auto next = random_shape(noise);
    // Times of all sizes are counted, and then more of them than 16 bits can tell.
    if (i < 64 || i > 66'000) {
      memory.store(next);
      plain.store(next);
    } else {
      memory.attract(memory.nearest(next).index, next);
      plain.nearest(next);
      plain.attract(next);
    }
  }
  for (int i = 0; i < 100; ++i) {
    const auto next = random_shape(noise);
    ASSERT_NEAR(memory.nearest(next).distance, plain.nearest(next), 2e-3) << i;
  }
}

TEST(ensemble_shape_memory, goes_on_as_before_when_it_was_saved) {
  support::noise_source noise(9);
  for (const int held : {0, 1, 2, 11, 80}) {
    shape_memory kept;
    for (int i = 0; i < held; ++i) kept.store(random_shape(noise));
    std::string saved;
    state_writer writer(saved);
    kept.visit_state(writer);
    shape_memory read;
    state_reader reader(saved);
    read.visit_state(reader);
    ASSERT_TRUE(reader.ok());
    ASSERT_EQ(read.size(), kept.size());
    for (int i = 0; i < 100; ++i) {
      const auto next = random_shape(noise);
      const auto found = kept.nearest(next);
      const auto again = read.nearest(next);
      ASSERT_EQ(found.distance, again.distance) << held << ", " << i;
      for (shape_memory* memory : {&kept, &read}) {
        if (i % 3 == 0 || memory->empty()) {
          memory->store(next);
        } else {
          memory->attract(found.index, next);
        }
      }
    }
  }
}

shape plain_features(const std::vector<double>& collapsed, double center, double scale) {
  std::vector<double> levels(collapsed.end() - 8, collapsed.end());
  for (double& level : levels) level = (level - center) / scale;
  return plain_shape(levels);
}

TEST(ensemble_shape_score, is_the_distance_to_the_nearest_shape_when_a_block_closes) {
  support::noise_source noise(8);
  shape_score score(3);
  moving_moments around(1000);
  moving_moments usual(500);
  plain_memory memory;
  std::vector<double> values;
  std::vector<double> collapsed;
  for (int i = 1; i <= 6000; ++i) {
    const double x = support::steady_sin(0.05 * i) + 0.2 * noise.normal() + (i % 1000 < 10 ? 5.0 : 0.0);
    around.update(x);
    values.push_back(x);
    const double found = score.update(x, around);
    if (i % 3 != 0) {
      ASSERT_EQ(found, 0.0);
      continue;
    }
    const auto [low, high] = std::minmax({values.end()[-3], values.end()[-2], values.end()[-1]});
    const double extreme = high - around.mean() >= around.mean() - low ? high : low;
    collapsed.push_back(((values.end()[-3] + values.end()[-2] + values.end()[-1]) / 3.0 + extreme) / 2.0);
    if (collapsed.size() < 8) continue;
    const auto present = plain_features(collapsed, around.mean(), std::sqrt(around.variance()));
    if (memory.empty()) {
      memory.store(present);
      ASSERT_EQ(found, 0.0);
      continue;
    }
    const double expected = memory.nearest(present);
    ASSERT_NEAR(found, expected, 1e-3) << i;
    usual.update(found);
    if (found > 2.0 * usual.mean()) {
      memory.store(present);
    } else {
      memory.attract(present);
    }
  }
}

TEST(ensemble_shape_score, does_not_depend_on_where_zero_is) {
  support::noise_source noise(9);
  shape_score here(5);
  shape_score there(5);
  moving_moments around_here(1000);
  moving_moments around_there(1000);
  for (int i = 0; i < 3000; ++i) {
    const double x = noise.normal();
    around_here.update(x);
    around_there.update(x + 1e6);
    ASSERT_NEAR(here.update(x, around_here), there.update(x + 1e6, around_there), 1e-3) << i;
  }
}

TEST(ensemble_shape_score, is_silent_on_a_constant_stream) {
  shape_score score(10);
  moving_moments around(1000);
  for (int i = 0; i < 500; ++i) {
    around.update(3.5);
    ASSERT_EQ(score.update(3.5, around), 0.0);
  }
  EXPECT_EQ(score.memory_bytes(), 0U);
}

}  // namespace
}  // namespace spindrift
