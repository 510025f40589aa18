// Scores the shape of the last values against the shapes before.
#include "server/detect/ensemble/shape_score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace spindrift {

namespace {
// Features beyond this many standard deviations say nothing more; the bound keeps them within 16 bits.
constexpr double feature_max = 6e4;
constexpr double novel_factor = 2.0;
constexpr float attraction = 0.05F;

// What is taken out of levels to have their form.
struct spread {
  double mean = 0.0;
  double size = 0.0;

  explicit spread(const std::array<double, shape_memory::levels>& levels) {
    constexpr auto count = static_cast<double>(shape_memory::levels);
    for (const double level : levels) mean += level;
    mean /= count;
    double squares = 0.0;
    for (const double level : levels) squares += (level - mean) * (level - mean);
    size = std::sqrt(squares / count) + 0.1;
  }
};
}  // namespace

shape_memory::shape shape_memory::shape_of(const std::array<double, levels>& of) {
  const spread around(of);
  shape made;
  for (std::size_t i = 0; i < levels; ++i) {
    made[i] = static_cast<float>(of[i]);
    made[levels + i] = static_cast<float>((of[i] - around.mean) / around.size);
  }
  return made;
}

shape_memory::to_form::to_form(const level_row& of) {
  std::array<double, levels> exact;
  std::copy(of.begin(), of.end(), exact.begin());
  const spread around(exact);
  mean = half_float::of(static_cast<float>(around.mean));
  per_spread = half_float::of(static_cast<float>(1.0 / around.size));
}

shape_memory::match shape_memory::nearest(const shape& wanted) const {
  if (size_ != 1) return nearest_of_many(wanted);
  const level_row only = held(0);
  const float mean = first_form_.mean.value();
  const float per_spread = first_form_.per_spread.value();
  float square = 0;
  for (std::size_t i = 0; i < levels; ++i) {
    const float d = only[i] - wanted[i];
    const float e = (only[i] - mean) * per_spread - wanted[levels + i];
    square += d * d + e * e;
  }
  return {0, std::sqrt(static_cast<double>(square))};
}

shape_memory::match shape_memory::nearest_of_many(const shape& wanted) const {
  match best{0, std::numeric_limits<double>::infinity()};
  for (std::size_t begin = 0; begin < size_; begin += lanes) {
    const group& of = groups_[begin / lanes];
    std::array<float, lanes> mean;
    std::array<float, lanes> per_spread;
    for (std::size_t l = 0; l < lanes; ++l) mean[l] = of.mean[l].value();
    for (std::size_t l = 0; l < lanes; ++l) per_spread[l] = of.per_spread[l].value();
    std::array<float, lanes> squares{};
    for (std::size_t i = 0; i < levels; ++i) {
      for (std::size_t l = 0; l < lanes; ++l) {
        const float value = of.values[i * lanes + l].value();
        const float d = value - wanted[i];
        const float e = (value - mean[l]) * per_spread[l] - wanted[levels + i];
        squares[l] += d * d + e * e;
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

shape_memory::level_row shape_memory::held(std::size_t index) const {
  half_row narrow = first_;
  if (size_ != 1) {
    for (std::size_t i = 0; i < levels; ++i) narrow[i] = groups_[index / lanes].values[index % lanes + i * lanes];
  }
  return widened(narrow);
}

// In rows of their own, so that all eight are turned at once.
shape_memory::level_row shape_memory::widened(const half_row& narrow) {
  level_row values;
  for (std::size_t i = 0; i < levels; ++i) values[i] = narrow[i].value();
  return values;
}

void shape_memory::hold(std::size_t index, const level_row& values) {
  half_row narrow;
  for (std::size_t i = 0; i < levels; ++i) narrow[i] = half_float::of(values[i]);
  const to_form form(widened(narrow));
  if (size_ == 1) {
    first_ = narrow;
    first_form_ = form;
    return;
  }
  group& of = groups_[index / lanes];
  for (std::size_t i = 0; i < levels; ++i) of.values[index % lanes + i * lanes] = narrow[i];
  of.mean[index % lanes] = form.mean;
  of.per_spread[index % lanes] = form.per_spread;
}

void shape_memory::store(const shape& added) {
  std::size_t index = size_;
  if (index == shapes_max) {
    index = longest_unused();
  } else {
    append();
  }
  level_row values;
  std::copy_n(added.begin(), levels, values.begin());
  hold(index, values);
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
  if (size_ == 1) {
    const level_row alone = held(0);
    groups_ = std::make_unique<group[]>(1);
    ++size_;
    hold(0, alone);
    last_use_of(0) = clock_;
    return;
  }
  if (size_ > 0 && size_ % lanes == 0) {
    auto more = std::make_unique<group[]>(size_ / lanes + 1U);
    std::copy_n(groups_.get(), size_ / lanes, more.get());
    groups_ = std::move(more);
  }
  ++size_;
}

void shape_memory::attract(std::size_t index, const shape& toward) {
  level_row values = held(index);
  for (std::size_t i = 0; i < levels; ++i) values[i] += attraction * (toward[i] - values[i]);
  hold(index, values);
  touch(index);
}

void shape_memory::touch(std::size_t index) {
  if (clock_ == UINT16_MAX) renumber();
  ++clock_;
  if (size_ > 1) last_use_of(index) = clock_;
}

// Only their order matters: the longest unused is 1 again.
void shape_memory::renumber() {
  clock_ = size_;
  if (size_ <= 1) return;
  std::array<std::uint8_t, shapes_max> by_use;
  const auto end = by_use.begin() + size_;
  std::iota(by_use.begin(), end, std::uint8_t{0});
  std::stable_sort(by_use.begin(), end, [this](auto a, auto b) { return last_use_of(a) < last_use_of(b); });
  for (std::uint16_t i = 0; i < size_; ++i) last_use_of(by_use[i]) = static_cast<std::uint16_t>(i + 1U);
}

void shape_memory::copy_to(std::vector<saved_group>& groups, std::vector<std::uint32_t>& last_use) const {
  constexpr std::size_t by = saved_group::lanes;
  groups.resize((size_ + by - 1U) / by);
  for (std::size_t i = 0; i < size_; ++i) {
    const level_row one = held(i);
    const to_form form(one);
    for (std::size_t k = 0; k < levels; ++k) {
      groups[i / by].values[k * by + i % by] = one[k];
      groups[i / by].values[(levels + k) * by + i % by] = (one[k] - form.mean.value()) * form.per_spread.value();
    }
    last_use.push_back(size_ == 1 ? clock_ : last_use_of(i));
  }
}

// False: what was read cannot be.
bool shape_memory::take_over(std::uint32_t clock, const std::vector<saved_group>& groups,
                             const std::vector<std::uint32_t>& last_use) {
  constexpr std::size_t by = saved_group::lanes;
  if (groups.size() != (last_use.size() + by - 1) / by) return false;
  groups_.reset();
  size_ = 0;
  for (std::size_t i = 0; i < last_use.size(); ++i) {
    append();
    level_row values;
    for (std::size_t k = 0; k < levels; ++k) values[k] = groups[i / by].values[k * by + i % by];
    hold(i, values);
  }
  // Of a longer life than 16 bits count, as older builds wrote it: the order of the numbers is all that matters.
  const bool is_wide = clock > UINT16_MAX || std::any_of(last_use.begin(), last_use.end(),
                                                         [clock](std::uint32_t use) { return use > clock; });
  clock_ = is_wide ? size_ : static_cast<std::uint16_t>(clock);
  std::vector<std::uint32_t> by_use = last_use;
  std::sort(by_use.begin(), by_use.end());
  for (std::size_t i = 0; size_ > 1 && i < size_; ++i) {
    const auto rank = std::lower_bound(by_use.begin(), by_use.end(), last_use[i]) - by_use.begin();
    last_use_of(i) = is_wide ? static_cast<std::uint16_t>(rank) : static_cast<std::uint16_t>(last_use[i]);
  }
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
  collapsed_[next_] = short_double::of(0.5 * (sum_ / static_cast<double>(stride_) + extreme));
  next_ = (next_ + 1) % blocks;
  if (filled_ < blocks) ++filled_;
  const double scale = std::sqrt(around.variance());
  if (filled_ < blocks || scale <= 0.0) return 0.0;

  const auto present = present_shape(around.mean(), scale);
  if (memory_.empty()) {
    memory_.store(present);
    return 0.0;
  }
  const auto [index, distance] = memory_.nearest(present);
  fading_moments::count_up(distances_);
  usual_distance_ = static_cast<float>(fading_moments::mean_after(static_cast<double>(usual_distance_), distance,
                                                                  fading_moments::gain(distances_, distance_window)));
  if (distance > novel_factor * static_cast<double>(usual_distance_)) {
    memory_.store(present);
  } else {
    memory_.attract(index, present);
  }
  return distance;
}

shape_memory::shape shape_score::present_shape(double center, double scale) const {
  std::array<double, blocks> levels;
  for (std::size_t i = 0; i < blocks; ++i) {
    const double level = collapsed_[(next_ + i) % blocks].value();
    levels[i] = std::max(std::min((level - center) / scale, feature_max), -feature_max);
  }
  return shape_memory::shape_of(levels);
}

}  // namespace spindrift
