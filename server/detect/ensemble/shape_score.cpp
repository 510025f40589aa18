// Scores the shape of the last values against the shapes before.
#include "server/detect/ensemble/shape_score.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "server/detect/ensemble/four_floats.hpp"
#include "server/detect/ensemble/pair_arithmetic.hpp"

namespace spindrift {

namespace {
// Features beyond this many standard deviations say nothing more; the bound, and a step beyond it, keeps them within
// 254 of the largest steps.
constexpr double feature_max = 6e4;
constexpr float held_max = 60'500.0F;
constexpr float steps_between = 253.0F;
constexpr float steps_from_zero = 32'000.0F;
// Sign, exponent and three bits of mantissa of a float, from 2^-23 on.
constexpr unsigned step_shift = 20;
constexpr std::uint32_t step_first = (127U - 23U) << 3U;
constexpr double novel_factor = 2.0;
constexpr float attraction = 0.05F;
constexpr double least_spread = 0.1;

// What is taken out of levels to have their form.
struct spread {
  double mean = 0.0;
  double size = 0.0;

  explicit spread(const std::array<double, shape_memory::levels>& levels) {
    constexpr auto count = static_cast<double>(shape_memory::levels);
    for (const double level : levels) mean += level;
    mean /= count;
    double squares = 0.0;
    for (std::size_t i = 0; i < shape_memory::levels; i += 2) {
      const double_pair d = load_pair(&levels[i]) - mean;
      const double_pair square = d * d;
      squares += square[0];
      squares += square[1];
    }
    size = std::sqrt(squares / count) + least_spread;
  }
};

// Added to steps before they are cut to whole ones: the nearest.
constexpr auto halves = [] {
  std::array<float, shape_memory::levels> all{};
  all.fill(0.5F);
  return all;
}();

float step_of(std::uint8_t step) {
  return std::bit_cast<float>((step + step_first) << step_shift);
}
}  // namespace

shape_memory::shape shape_memory::shape_of(const std::array<double, levels>& of) {
  const spread around(of);
  shape made;
  for (std::size_t i = 0; i < levels; i += 2) {
    const double_pair two = load_pair(&of[i]);
    store_rounded(two, &made[i]);
    store_rounded((two - around.mean) / around.size, &made[levels + i]);
  }
  return made;
}

shape_memory::level_row shape_memory::held_levels::values() const {
  std::array<std::uint8_t, 16> padded{};
  std::copy(above.begin(), above.end(), padded.begin());
  const auto from_least = wholes_of(padded.data());
  level_row made;
  for (std::size_t i = 0; i < levels; i += 4) put_four(floats_of(from_least[i / 4] + least) * step_of(step), &made[i]);
  return made;
}

// The smallest in which levels so far apart, and so far from zero, can be told.
std::uint8_t shape_memory::step_for(const level_row& values) {
  const four_floats a = four_at(values.data());
  const four_floats b = four_at(&values[4]);
  const float least = least_of(smaller(a, b));
  const float most = -least_of(smaller<four_floats>(-a, -b));
  const float needed =
      std::max((most - least) * (1.0F / steps_between), std::max(most, -least) * (1.0F / steps_from_zero));
  const std::uint32_t upward = (std::bit_cast<std::uint32_t>(needed) + ((1U << step_shift) - 1U)) >> step_shift;
  return static_cast<std::uint8_t>(std::clamp(upward, step_first, step_first + 255U) - step_first);
}

// `added` to the steps before they are cut to whole ones.
shape_memory::held_levels shape_memory::narrowed(const level_row& values, std::uint8_t step, const level_row& added) {
  const float per_step = 1.0F / step_of(step);
  std::array<four_wholes, levels / 4> in_steps;
  for (std::size_t i = 0; i < levels; i += 4) {
    const four_floats exact = four_at(&values[i]) * per_step + four_at(&added[i]);
    const four_wholes toward_zero = __builtin_convertvector(exact, four_wholes);
    in_steps[i / 4] = toward_zero + (floats_of(toward_zero) > exact);  // a comparison that holds is -1
  }
  const auto least = static_cast<std::int32_t>(least_of(smaller(floats_of(in_steps[0]), floats_of(in_steps[1]))));
  using byte_four = std::uint8_t __attribute__((vector_size(4)));
  held_levels made;
  for (std::size_t i = 0; i < levels; i += 4) {
    const byte_four above = __builtin_convertvector(in_steps[i / 4] - least, byte_four);
    std::memcpy(&made.above[i], &above, sizeof above);
  }
  made.least = static_cast<std::int16_t>(least);
  made.step = step;
  return made;
}

shape_memory::held_levels shape_memory::narrowed(const level_row& values) {
  return narrowed(values, step_for(values), halves);
}

// Of what was held it finds the very steps, else what is restored would go on differently: cut to whole ones, levels
// lie a little less or more far apart than those that the step was chosen for.
shape_memory::held_levels shape_memory::restored(const level_row& values) {
  const int likely = step_for(values);
  for (int step = std::max(likely - 1, 0); step <= std::min(likely + 1, 255); ++step) {
    const held_levels one = narrowed(values, static_cast<std::uint8_t>(step), halves);
    if (one.values() == values) return one;
  }
  return narrowed(values);
}

// By the levels alone, not by the steps that they are held in: what is restored may be held in others.
shape_memory::match shape_memory::nearest(const shape& wanted) const {
  if (size_ != 1) return nearest_of_many(wanted);
  const level_row values = first_.values();
  float sum = 0;
  for (const float one : values) sum += one;
  const float mean = sum * (1.0F / levels);
  float power = 0;
  for (std::size_t i = 0; i < levels; i += 4) {
    const four_floats d = four_at(&values[i]) - mean;
    const four_floats square_of = d * d;
    for (std::size_t k = 0; k < 4; ++k) power += square_of[k];
  }
  const float per_spread = 1.0F / (std::sqrt(power * (1.0F / levels)) + static_cast<float>(least_spread));
  float square = 0;
  for (std::size_t i = 0; i < levels; i += 4) {
    const four_floats four = four_at(&values[i]);
    const four_floats d = four - four_at(&wanted[i]);
    const four_floats e = (four - mean) * per_spread - four_at(&wanted[levels + i]);
    const four_floats square_of = d * d + e * e;
    for (std::size_t k = 0; k < 4; ++k) square += square_of[k];
  }
  return {0, std::sqrt(static_cast<double>(square))};
}

shape_memory::match shape_memory::nearest_of_many(const shape& wanted) const {
  std::size_t best = 0;
  float best_square = std::numeric_limits<float>::infinity();
  for (std::size_t begin = 0; begin < size_; begin += lanes) {
    const group& of = groups_[begin / lanes];
    static_assert(offsetof(group, step) == offsetof(group, least) + 8);  // the third four of sixteen bytes
    const four_wholes steps = wholes_of(reinterpret_cast<const char*>(&of) + offsetof(group, least))[2];
    const four_floats step = std::bit_cast<four_floats>((steps + static_cast<std::int32_t>(step_first))
                                                        << static_cast<std::int32_t>(step_shift));
    const four_floats least = floats_of(wholes_of(of.least));
    std::array<four_floats, levels> values;
    for (std::size_t i = 0; i < levels; i += 4) {
      const auto above = wholes_of(&of.above[i * lanes]);
      for (std::size_t k = 0; k < 4; ++k) values[i + k] = (floats_of(above[k]) + least) * step;
    }
    std::array<four_floats, levels> square_of;
    four_floats level_squares{};
    for (std::size_t i = 0; i < levels; ++i) {
      const four_floats d = values[i] - wanted[i];
      square_of[i] = d * d;
      level_squares += square_of[i];
    }
    if (!(least_of(level_squares) < best_square)) continue;  // with their form they are no nearer
    four_floats mean{};
    for (const four_floats& value : values) mean += value;
    mean *= 1.0F / levels;
    four_floats power{};
    for (const four_floats& value : values) power += (value - mean) * (value - mean);
    const four_floats per_spread = 1.0F / (roots(power * (1.0F / levels)) + static_cast<float>(least_spread));
    four_floats squares{};
    for (std::size_t i = 0; i < levels; ++i) {
      const four_floats e = (values[i] - mean) * per_spread - wanted[levels + i];
      squares += square_of[i] + e * e;
    }
    if (!(least_of(squares) < best_square)) continue;
    const std::size_t used = std::min(lanes, size_ - begin);
    for (std::size_t l = 0; l < used; ++l) {
      if (squares[l] < best_square) {
        best = begin + l;
        best_square = squares[l];
      }
    }
  }
  return {best, std::sqrt(static_cast<double>(best_square))};
}

shape_memory::held_levels shape_memory::held(std::size_t index) const {
  if (size_ == 1) return first_;
  const group& of = groups_[index / lanes];
  const std::size_t lane = index % lanes;
  held_levels one;
  for (std::size_t i = 0; i < levels; ++i) one.above[i] = of.above[lane + i * lanes];
  one.least = of.least[lane];
  one.step = of.step[lane];
  return one;
}

void shape_memory::hold(std::size_t index, const held_levels& one) {
  if (size_ == 1) {
    first_ = one;
    return;
  }
  group& of = groups_[index / lanes];
  const std::size_t lane = index % lanes;
  for (std::size_t i = 0; i < levels; ++i) of.above[lane + i * lanes] = one.above[i];
  of.least[lane] = one.least;
  of.step[lane] = one.step;
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
  hold(index, narrowed(values));
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
    const held_levels alone = first_;
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
  level_row values = held(index).values();
  for (std::size_t i = 0; i < levels; i += 4) {
    const four_floats four = four_at(&values[i]);
    put_four(four + attraction * (four_at(&toward[i]) - four), &values[i]);
  }
  hold(index, narrowed(values, step_for(values), scattered()));
  touch(index);
}

// From 0 to 1, evenly over the times a shape is drawn: 5 % of the way may be less than half a step, which the nearest
// whole one would never go.
shape_memory::level_row shape_memory::scattered() const {
  constexpr std::uint32_t golden = 0x9E3779B9U;  // of 2^32; the multiples of either spread as evenly as any
  constexpr std::uint32_t plastic = 0xC13FA9A9U;
  word_four at = clock_ * golden + word_four{0, plastic, 2 * plastic, 3 * plastic};
  level_row made;
  for (std::size_t i = 0; i < levels; i += 4, at += 4 * plastic) {
    put_four(floats_of(std::bit_cast<four_wholes>(at >> 8U)) * 0x1p-24F, &made[i]);
  }
  return made;
}

void shape_memory::touch(std::size_t index) {
  if (clock_ == UINT8_MAX) renumber();
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
  for (unsigned i = 0; i < size_; ++i) last_use_of(by_use[i]) = static_cast<std::uint8_t>(i + 1U);
}

void shape_memory::copy_to(std::vector<saved_group>& groups, std::vector<std::uint32_t>& last_use) const {
  constexpr std::size_t by = saved_group::lanes;
  groups.resize((size_ + by - 1U) / by);
  for (std::size_t i = 0; i < size_; ++i) {
    const level_row one = held(i).values();
    std::array<double, levels> exact;
    std::copy(one.begin(), one.end(), exact.begin());
    const shape whole = shape_of(exact);
    for (std::size_t k = 0; k < features; ++k) groups[i / by].values[k * by + i % by] = whole[k];
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
    for (std::size_t k = 0; k < levels; ++k) {
      const float value = groups[i / by].values[k * by + i % by];
      if (std::isnan(value)) return false;
      values[k] = std::clamp(value, -held_max, held_max);
    }
    hold(i, restored(values));
  }
  // Of a longer life than a byte counts, as older builds wrote it: the order of the numbers is all that matters.
  const bool is_wide = clock > UINT8_MAX || std::any_of(last_use.begin(), last_use.end(),
                                                        [clock](std::uint32_t use) { return use > clock; });
  clock_ = is_wide ? size_ : static_cast<std::uint8_t>(clock);
  std::vector<std::uint32_t> by_use = last_use;
  std::sort(by_use.begin(), by_use.end());
  for (std::size_t i = 0; size_ > 1 && i < size_; ++i) {
    const auto rank = std::lower_bound(by_use.begin(), by_use.end(), last_use[i]) - by_use.begin();
    last_use_of(i) = static_cast<std::uint8_t>(is_wide ? static_cast<std::uint32_t>(rank) : last_use[i]);
  }
  return true;
}

double shape_course::add(double collapsed, const fading_moments& around) {
  collapsed_[next_] = short_double::of(collapsed);
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
  if (distances_ < distance_window) ++distances_;
  usual_distance_ = static_cast<float>(fading_moments::mean_after(static_cast<double>(usual_distance_), distance,
                                                                  fading_moments::gain(distances_, distance_window)));
  if (distance > novel_factor * static_cast<double>(usual_distance_)) {
    memory_.store(present);
  } else {
    memory_.attract(index, present);
  }
  return distance;
}

shape_memory::shape shape_course::present_shape(double center, double scale) const {
  // Eight bytes are read of each: the two beyond a short_double are shifted away.
  std::array<char, sizeof collapsed_ + 2> bytes{};
  std::memcpy(bytes.data(), collapsed_.data(), sizeof collapsed_);
  const auto level_at = [&bytes](std::size_t i) {
    std::uint64_t loaded;
    std::memcpy(&loaded, &bytes[i * sizeof(short_double)], sizeof loaded);
    return std::bit_cast<double>(loaded << 16U);
  };
  std::array<double, blocks> levels;
  for (std::size_t i = 0; i < blocks; i += 2) {
    const double_pair two{level_at((next_ + i) % blocks), level_at((next_ + i + 1) % blocks)};
    store_pair(larger(smaller((two - center) / scale, feature_max + double_pair{}), -feature_max + double_pair{}),
               &levels[i]);
  }
  return shape_memory::shape_of(levels);
}

}  // namespace spindrift
