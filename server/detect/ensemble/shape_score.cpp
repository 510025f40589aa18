// Scores the shape of the last values against the shapes before.
#include "server/detect/ensemble/shape_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spindrift {

namespace {
// Features beyond this many standard deviations say nothing more; the bound keeps the squares within a float.
constexpr double feature_max = 1e6;
constexpr double novel_factor = 2.0;
constexpr float attraction = 0.05F;
}  // namespace

shape_memory::match shape_memory::nearest(const shape& wanted) const {
  match best{0, std::numeric_limits<double>::infinity()};
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    std::array<float, lanes> squares{};
    const float* values = groups_[g].values.data();
    for (std::size_t f = 0; f < features; ++f) {
      for (std::size_t l = 0; l < lanes; ++l) {
        const float d = values[f * lanes + l] - wanted[f];
        squares[l] += d * d;
      }
    }
    const std::size_t used = std::min(lanes, size() - g * lanes);
    for (std::size_t l = 0; l < used; ++l) {
      if (static_cast<double>(squares[l]) < best.distance) best = {g * lanes + l, static_cast<double>(squares[l])};
    }
  }
  best.distance = std::sqrt(best.distance);
  return best;
}

void shape_memory::store(const shape& added) {
  std::size_t index = size();
  if (index == shapes_max) {
    index = static_cast<std::size_t>(std::min_element(last_use_.begin(), last_use_.end()) - last_use_.begin());
  } else {
    if (index % lanes == 0) {
      // By one group at a time: at most eight times in a stream's life, and no spare capacity is kept.
      groups_.reserve(groups_.size() + 1);
      last_use_.reserve(last_use_.size() + lanes);
      groups_.emplace_back();
    }
    last_use_.push_back(0);
  }
  for (std::size_t f = 0; f < features; ++f) groups_[index / lanes].values[f * lanes + index % lanes] = added[f];
  touch(index);
}

void shape_memory::attract(std::size_t index, const shape& toward) {
  for (std::size_t f = 0; f < features; ++f) {
    float& value = groups_[index / lanes].values[f * lanes + index % lanes];
    value += attraction * (toward[f] - value);
  }
  touch(index);
}

void shape_memory::touch(std::size_t index) {
  // The clock wraps after some 13,000 million points of one stream; all ages then start again together.
  if (++clock_ == 0) {
    std::fill(last_use_.begin(), last_use_.end(), 0U);
    clock_ = 1;
  }
  last_use_[index] = clock_;
}

double shape_score::update(double x, const moving_moments& around) {
  highest_ = in_block_ == 0 ? x : std::max(highest_, x);
  lowest_ = in_block_ == 0 ? x : std::min(lowest_, x);
  sum_ = in_block_ == 0 ? x : sum_ + x;
  if (++in_block_ < stride_) return 0.0;
  in_block_ = 0;
  return close_block(around);
}

double shape_score::close_block(const moving_moments& around) {
  const double extreme = highest_ - around.mean() >= around.mean() - lowest_ ? highest_ : lowest_;
  collapsed_[next_] = 0.5 * (sum_ / static_cast<double>(stride_) + extreme);
  next_ = (next_ + 1) % blocks;
  if (filled_ < blocks) ++filled_;
  const double scale = std::sqrt(around.variance());
  if (filled_ < blocks || scale <= 0.0) return 0.0;

  const auto present = features(around.mean(), scale);
  if (memory_.empty()) {
    memory_.store(present);
    return 0.0;
  }
  const auto [index, distance] = memory_.nearest(present);
  usual_distance_.update(distance);
  if (distance > novel_factor * usual_distance_.mean()) {
    memory_.store(present);
  } else {
    memory_.attract(index, present);
  }
  return distance;
}

shape_memory::shape shape_score::features(double center, double scale) const {
  std::array<double, blocks> levels;
  double mean = 0.0;
  for (std::size_t i = 0; i < blocks; ++i) {
    levels[i] = std::clamp((collapsed_[(next_ + i) % blocks] - center) / scale, -feature_max, feature_max);
    mean += levels[i];
  }
  mean /= static_cast<double>(blocks);
  double squares = 0.0;
  for (const double level : levels) squares += (level - mean) * (level - mean);
  const double spread = std::sqrt(squares / static_cast<double>(blocks)) + 0.1;
  shape_memory::shape shape;
  for (std::size_t i = 0; i < blocks; ++i) {
    shape[i] = static_cast<float>(levels[i]);
    shape[blocks + i] = static_cast<float>((levels[i] - mean) / spread);
  }
  return shape;
}

}  // namespace spindrift
