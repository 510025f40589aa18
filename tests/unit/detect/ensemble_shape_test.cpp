// The memory of shapes against a plain list of shapes, and the score against its formula written out.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
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

// Of any size, and as far from zero as may be.
shape wild_shape(support::noise_source& noise) {
  constexpr std::array<double, 4> sizes = {1.0, 30.0, 1e4, 1e-4};
  const double size = sizes[noise.below(sizes.size())];
  const double center = noise.chance(0.3) ? 20 * noise.normal() : 0.0;
  std::vector<double> levels(8);
  for (double& level : levels) level = center + (noise.chance(0.3) ? 0.0 : size * noise.normal());
  return plain_shape(levels);
}

// With numbers as they are, and every use numbered. What is held in steps of a 250th may find another one nearest where
// two are as near, so the one that was found is followed.
class plain_memory {
public:
  double nearest(const shape& wanted) const {
    double least = std::numeric_limits<double>::infinity();
    for (const entry& one : shapes_) least = std::min(least, distance(one.held, wanted));
    return least;
  }
  double distance_of(std::size_t index, const shape& wanted) const { return distance(shapes_[index].held, wanted); }
  bool empty() const { return shapes_.empty(); }
  void store(const shape& added) {
    if (shapes_.size() < 64) {
      shapes_.push_back({added, ++uses_});
      return;
    }
    *std::min_element(shapes_.begin(), shapes_.end(), [](const entry& a, const entry& b) { return a.use < b.use; }) = {
        added, ++uses_};
  }
  void attract(std::size_t index, const shape& toward) {
    std::vector<double> levels;
    for (std::size_t i = 0; i < 8; ++i) {
      const auto held = static_cast<double>(shapes_[index].held[i]);
      levels.push_back(held + 0.05 * (static_cast<double>(toward[i]) - held));
    }
    shapes_[index] = {plain_shape(levels), ++uses_};
  }
  void attract_nearest(const shape& toward) {
    const auto by_distance = [&](const entry& a, const entry& b) {
      return distance(a.held, toward) < distance(b.held, toward);
    };
    attract(static_cast<std::size_t>(std::min_element(shapes_.begin(), shapes_.end(), by_distance) - shapes_.begin()),
            toward);
  }

private:
  struct entry {
    shape held;
    std::uint64_t use;
  };
  std::vector<entry> shapes_;
  std::uint64_t uses_ = 0;
};

constexpr double as_near = 0.1;  // of distances of some 3

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
    ASSERT_NEAR(found, plain.nearest(next), as_near) << i;
    ASSERT_NEAR(found, plain.distance_of(index, next), as_near) << i;
    memory.attract(index, next);
    plain.attract(index, next);
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
  EXPECT_LE(memory.memory_bytes(), 48U);
  for (int i = 0; i < 200; ++i) memory.store(random_shape(noise));
  EXPECT_EQ(memory.size(), 64U);
  EXPECT_LE(memory.memory_bytes(), 768U);
}

// One shape, some of them, and all: each is held in another way.
TEST(ensemble_shape_memory, gives_up_the_one_longest_unused_however_long_it_runs) {
  support::noise_source noise(10);
  shape_memory memory;
  plain_memory plain;
  for (int i = 0; i < 1'130; ++i) {
    const auto next = random_shape(noise);
    // Times of all sizes are counted, and then more of them than a byte can tell.
    if (i < 64 || i > 1'100) {
      memory.store(next);
      plain.store(next);
    } else {
      const std::size_t index = memory.nearest(next).index;
      memory.attract(index, next);
      plain.attract(index, next);
    }
  }
  for (int i = 0; i < 100; ++i) {
    const auto next = random_shape(noise);
    ASSERT_NEAR(memory.nearest(next).distance, plain.nearest(next), as_near) << i;
  }
}

// A 250th of a spike's height is more than 5 % of the way that its other levels have to go.
TEST(ensemble_shape_memory, draws_a_shape_the_whole_way_in_steps_shorter_than_those_it_holds) {
  shape_memory memory;
  const shape held = plain_shape({50, 0, 0, 0, 0, 0, 0, 0});
  const shape wanted = plain_shape({50, 1, -1, 1, 0.5, -0.5, 1, -1});
  memory.store(held);
  EXPECT_NEAR(memory.nearest(wanted).distance, distance(held, wanted), 0.2);
  for (int i = 0; i < 200; ++i) memory.attract(0, wanted);
  EXPECT_LT(memory.nearest(wanted).distance, 0.5);
}

TEST(ensemble_shape_memory, holds_the_smallest_and_the_largest_levels_within_a_250th_of_what_is_between_them) {
  for (const double size : {6e4, 500.0, 1.0, 1e-3}) {
    for (const double level : {0.0, 0.3 * size, -0.9 * size}) {
      shape_memory memory;
      const shape stored = plain_shape({level, level + 0.1 * size, level - 0.1 * size, level, level,
                                        level + 0.05 * size, level, level - 0.03 * size});
      memory.store(stored);
      const double step = 0.2 * size / 250.0 * 1.125;
      EXPECT_LT(memory.nearest(stored).distance, step * 4 + std::min(1.0, size) * 0.06) << size << ", " << level;
    }
  }
}

TEST(ensemble_shape_memory, goes_on_as_before_when_it_was_saved) {
  support::noise_source noise(9);
  for (const int held : {0, 1, 2, 11, 80}) {
    shape_memory kept;
    for (int i = 0; i < held; ++i) kept.store(wild_shape(noise));
    for (int i = 0; i < 5 * held; ++i) {
      const auto next = wild_shape(noise);
      kept.attract(kept.nearest(next).index, next);
    }
    std::string saved;
    state_writer writer(saved);
    kept.visit_state(writer);
    shape_memory read;
    state_reader reader(saved);
    read.visit_state(reader);
    ASSERT_TRUE(reader.ok());
    ASSERT_EQ(read.size(), kept.size());
    for (int i = 0; i < 100; ++i) {
      const auto next = wild_shape(noise);
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

// Of one stride.
class shape_score {
public:
  // Of which of the strides.
  explicit shape_score(std::size_t stride) : stride_(stride) {}
  double update(double x, const fading_moments& around) {
    return blocks_.add(stride_, x) ? course_.add(blocks_.collapsed(stride_, around.mean()), around) : 0.0;
  }
  std::size_t memory_bytes() const { return course_.memory_bytes(); }

private:
  std::size_t stride_;
  shape_blocks blocks_;
  shape_course course_;
};

TEST(ensemble_shape_score, is_the_distance_to_the_nearest_shape_when_a_block_closes) {
  support::noise_source noise(8);
  shape_score score(0);
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
    ASSERT_NEAR(found, memory.nearest(present), 0.15) << i;
    usual.update(found);
    if (found > 2.0 * usual.mean()) {
      memory.store(present);
    } else {
      memory.attract_nearest(present);
    }
  }
}

TEST(ensemble_shape_score, does_not_depend_on_where_zero_is) {
  support::noise_source noise(9);
  shape_score here(1);
  shape_score there(1);
  moving_moments around_here(1000);
  moving_moments around_there(1000);
  for (int i = 0; i < 3000; ++i) {
    const double x = noise.normal();
    around_here.update(x);
    around_there.update(x + 1e6);
    ASSERT_NEAR(here.update(x, around_here), there.update(x + 1e6, around_there), 0.03) << i;
  }
}

TEST(ensemble_shape_score, is_silent_on_a_constant_stream) {
  shape_score score(2);
  moving_moments around(1000);
  for (int i = 0; i < 500; ++i) {
    around.update(3.5);
    ASSERT_EQ(score.update(3.5, around), 0.0);
  }
  EXPECT_EQ(score.memory_bytes(), 0U);
}

}  // namespace
}  // namespace spindrift
