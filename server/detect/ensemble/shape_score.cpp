// Scores the shape of the last values against the shapes before.
#include "server/detect/ensemble/shape_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace spindrift {

namespace {
// Features beyond this many standard deviations say nothing more; the bound keeps the squares within a float.
constexpr double feature_max = 1e6;
constexpr double novel_factor = 2.0;
constexpr float attraction = 0.05F;
}  // namespace

shape_memory::match shape_memory::nearest(const shape& wanted) const {
  if (size_ != 1) return nearest_of_many(wanted);
  float square = 0;
  for (std::size_t f = 0; f < features; ++f) {
    const float d = (*first_)[f] - wanted[f];
    square += d * d;
  }
  return {0, std::sqrt(static_cast<double>(square))};
}

shape_memory::match shape_memory::nearest_of_many(const shape& wanted) const {
  match best{0, std::numeric_limits<double>::infinity()};
  for (std::size_t begin = 0; begin < size_; begin += lanes) {
    std::array<float, lanes> squares{};
    const float* const values = groups_[begin / lanes].values.data();
    for (std::size_t f = 0; f < features; ++f) {
      for (std::size_t l = 0; l < lanes; ++l) {
        const float d = values[f * lanes + l] - wanted[f];
        squares[l] += d * d;
      }
    }
    const std::size_t used = std::min(lanes, size_ - begin);
    for (std::size_t l = 0; l < used; ++l) {
      if (static_cast<double>(squares[l]) < best.distance) best = {begin + l, static_cast<double>(squares[l])};
    }
  }
  best.distance = std::sqrt(best.distance);
  return best;
}

void shape_memory::store(const shape& added) {
  std::size_t index = size_;
  if (index == shapes_max) {
    index = longest_unused();
  } else {
    append();
  }
  for (std::size_t f = 0; f < features; ++f) value_of(index, f) = added[f];
  touch(index);
}

std::size_t shape_memory::longest_unused() const {
  std::size_t longest = 0;
  for (std::size_t i = 1; i < size_; ++i) {
    if (last_use_of(i) < last_use_of(longest)) longest = i;
  }
  return longest;
}

// Room for one more, by one group at a time: at most seventeen times in a stream's life, and no spare capacity is kept.
void shape_memory::append() {
  if (size_ == 0) {
    first_ = std::make_unique<shape>();
  } else if (size_ == 1) {
    groups_ = std::make_unique<group[]>(1);
    for (std::size_t f = 0; f < features; ++f) groups_[0].values[f * lanes] = (*first_)[f];
    groups_[0].last_use[0] = clock_;
    first_.reset();
  } else if (size_ % lanes == 0) {
    auto more = std::make_unique<group[]>(size_ / lanes + 1U);
    std::copy_n(groups_.get(), size_ / lanes, more.get());
    groups_ = std::move(more);
  }
  ++size_;
}

void shape_memory::attract(std::size_t index, const shape& toward) {
  for (std::size_t f = 0; f < features; ++f) {
    float& held = value_of(index, f);
    held += attraction * (toward[f] - held);
  }
  touch(index);
}

void shape_memory::touch(std::size_t index) {
  // The clock wraps after some 13,000 million points of one stream; all ages then start again together.
  if (++clock_ == 0) {
    for (std::size_t i = 0; size_ > 1 && i < size_; ++i) last_use_of(i) = 0;
    clock_ = 1;
  }
  if (size_ > 1) last_use_of(index) = clock_;
}

void shape_memory::copy_to(std::vector<saved_group>& groups, std::vector<std::uint32_t>& last_use) const {
  constexpr std::size_t by = saved_group::lanes;
  groups.resize((size_ + by - 1U) / by);
  for (std::size_t i = 0; i < size_; ++i) {
    for (std::size_t f = 0; f < features; ++f) groups[i / by].values[f * by + i % by] = value_of(i, f);
    last_use.push_back(size_ == 1 ? clock_ : last_use_of(i));
  }
}

// False: what was read cannot be.
bool shape_memory::take_over(const std::vector<saved_group>& groups, const std::vector<std::uint32_t>& last_use) {
  constexpr std::size_t by = saved_group::lanes;
  if (groups.size() != (last_use.size() + by - 1) / by) return false;
  first_.reset();
  groups_.reset();
  size_ = 0;
  for (std::size_t i = 0; i < last_use.size(); ++i) {
    append();
    for (std::size_t f = 0; f < features; ++f) value_of(i, f) = groups[i / by].values[f * by + i % by];
  }
  for (std::size_t i = 0; size_ > 1 && i < size_; ++i) last_use_of(i) = last_use[i];
  return true;
}

double shape_score::update(double x, const fading_moments& around) {
  highest_ = in_block_ == 0 ? x : std::max(highest_, x);
  lowest_ = in_block_ == 0 ? x : std::min(lowest_, x);
  sum_ = in_block_ == 0 ? x : sum_ + x;
  if (++in_block_ < stride_) return 0.0;
  in_block_ = 0;
  return close_block(around);
}

double shape_score::close_block(const fading_moments& around) {
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
  fading_moments::count_up(distances_);
  usual_distance_.update(distance, fading_moments::gain(distances_, distance_window));
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
