// Scores a value against those of the same time of day.
#include "server/detect/ensemble/time_of_day_score.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace spindrift {

namespace {
constexpr double seconds_per_day = 86400.0;
}  // namespace

time_of_week time_of_week::at(double t_seconds) {
  // Beyond some 30 million years a double no longer resolves the second, and NaN fails every comparison.
  const double t = std::abs(t_seconds) < 1e15 ? t_seconds : 0.0;
  const double day = std::floor(t / seconds_per_day);
  const double second = std::clamp(t - day * seconds_per_day, 0.0, std::nextafter(seconds_per_day, 0.0));
  // 1970-01-01 was a Thursday; with Monday as day 0 that is day 3.
  const auto weekday = ((static_cast<std::int64_t>(day) + 3) % 7 + 7) % 7;
  return {second, weekday >= 5};
}

day_profile::held_bin::held_bin(const bin& of) : mean(short_double::of(of.mean)) {
  // The upper half of a double is its sign, eleven bits of exponent, 20 of mantissa: rounded to eight.
  const std::uint32_t variance = (of.variance.bits + (1U << 11U)) >> 12U;
  const std::uint32_t all = variance << 13U | std::uint32_t{of.visits} << 7U | of.place;
  rest = {static_cast<std::uint16_t>(all), static_cast<std::uint16_t>(all >> 16U)};
}

day_profile::bin day_profile::held_bin::whole() const {
  const std::uint32_t all = rest[0] | std::uint32_t{rest[1]} << 16U;
  bin made;
  made.mean = mean.value();
  made.variance.bits = all >> 13U << 12U;
  made.visits = static_cast<std::uint8_t>(all >> 7U & 63U);
  made.place = static_cast<std::uint8_t>(all & 127U);
  return made;
}

unsigned day_profile::place_of(const time_of_week& when) const {
  const unsigned of_day =
      std::min(static_cast<unsigned>(when.second_of_day * (bins_per_day_ / seconds_per_day)), bins_per_day_ - 1U);
  return splits_weekend_ && when.weekend ? of_day + bins_per_day_ : of_day;
}

void day_profile::make_present(const bin& of) {
  mean_ = of.mean;
  variance_ = of.variance;
  visits_ = of.visits;
  place_ = of.place;
}

void day_profile::go_to(unsigned place) {
  if (size_ > 0 && place_ == place) return;
  bin fresh;
  fresh.place = static_cast<std::uint8_t>(place);
  if (size_ == 0) {
    size_ = 1;
    return make_present(fresh);
  }
  if (!bins_) bins_ = std::make_unique<held_bin[]>(1);
  const std::size_t left = size_ == 1 ? 0 : index_of(place_);
  bins_[left] = held_bin(present());
  // Mostly the one behind it, since time goes on.
  std::size_t index = left + 1U < size_ ? left + 1U : 0U;
  if (bins_[index].place() != place) index = index_of(place);
  if (index == size_ || bins_[index].place() != place) insert(index, fresh);
  make_present(bins_[index].whole());
}

// Of the first one whose place is no lower.
std::size_t day_profile::index_of(unsigned place) const {
  if (size_ == places()) return place;
  const held_bin* const found =
      std::lower_bound(bins_.get(), bins_.get() + size_, place,
                       [](const held_bin& held, unsigned wanted) { return held.place() < wanted; });
  return static_cast<std::size_t>(found - bins_.get());
}

// A fresh block, of as many as there are then.
void day_profile::insert(std::size_t index, const bin& of) {
  auto more = std::make_unique<held_bin[]>(size_ + 1U);
  std::copy_n(bins_.get(), index, more.get());
  more[index] = held_bin(of);
  std::copy(bins_.get() + index, bins_.get() + size_, more.get() + index + 1);
  bins_ = std::move(more);
  ++size_;
}

namespace {
// Of a bin, or of two, that has had so many visits with this one.
template <class Number>
struct bin_lesson {
  Number q;
  Number mean;
  Number variance;

  bin_lesson(double x, Number mean_before, Number variance_before, Number visits, double floor) {
    const Number d = x - mean_before;
    const Number distance = magnitude(d);
    const Number spread = root(variance_before + floor + 1e-12);
    q = distance <= magnitude(mean_before) * short_double::precision ? Number{}
                                                                     : smaller(distance / spread, q_max + Number{});
    const Number gain = 1.0 / visits;
    mean = mean_before + gain * d;
    mean = zero_below(mean, magnitude(mean), 1e-150);
    variance = (1.0 - gain) * (variance_before + gain * d * d);
    variance = zero_below(variance, variance, 1e-300);
  }
};
}  // namespace

double day_profile::update(double x, double variance) {
  const bool is_known = count_visit() >= visits_min;
  const bin_lesson<double> lesson(x, mean_, variance_.value(), visits_, 0.01 * variance);
  mean_ = lesson.mean;
  variance_ = half_double::of(lesson.variance);
  return is_known ? lesson.q : 0.0;
}

double_pair day_profile::update(day_profile& a, day_profile& b, double x, double variance) {
  const std::array of{&a, &b};
  const std::array is_known{of[0]->count_visit() >= visits_min, of[1]->count_visit() >= visits_min};
  std::array variances{a.variance_, b.variance_};
  const bin_lesson<double_pair> lesson(x, double_pair{a.mean_, b.mean_}, load_pair(variances.data()),
                                       double_pair{static_cast<double>(a.visits_), static_cast<double>(b.visits_)},
                                       0.01 * variance);
  store_pair(lesson.variance, variances.data());
  for (std::size_t i = 0; i < 2; ++i) {
    of[i]->mean_ = lesson.mean[i];
    of[i]->variance_ = variances[i];
  }
  return double_pair{is_known[0] ? lesson.q[0] : 0.0, is_known[1] ? lesson.q[1] : 0.0};
}

void day_profile::copy_to(std::vector<std::uint8_t>& slots, std::vector<bin>& bins) const {
  slots.resize(places());
  const auto append = [&](const bin& one) {
    bins.push_back(one);
    slots[one.place] = static_cast<std::uint8_t>(bins.size());
  };
  for (std::size_t i = 0; bins_ && i < size_; ++i) {
    if (bins_[i].place() != place_) append(bins_[i].whole());
  }
  if (size_ > 0) append(present());
}

// False: what was read cannot be. Every bin has one place.
bool day_profile::take_over(const std::vector<std::uint8_t>& slots, const std::vector<bin>& bins) {
  if (slots.size() != places() || bins.size() > slots.size()) return false;
  make_present({});
  bins_.reset();
  size_ = 0;
  if (bins.empty()) return std::all_of(slots.begin(), slots.end(), [](std::uint8_t slot) { return slot == 0; });
  // One alone is the present one, and held apart.
  if (bins.size() > 1) bins_ = std::make_unique<held_bin[]>(bins.size());
  bool has_present = false;
  for (std::size_t place = 0; place < slots.size(); ++place) {
    if (slots[place] == 0) continue;
    if (slots[place] > bins.size() || size_ == bins.size()) return false;
    bin one = bins[slots[place] - 1U];
    one.place = static_cast<std::uint8_t>(place);
    if (slots[place] == bins.size()) {
      make_present(one);
      has_present = true;
    }
    if (bins_) bins_[size_] = held_bin(one);
    ++size_;
  }
  return has_present && size_ == bins.size();
}

namespace {
double_pair numbers_at(const float* from, double_pair /*as*/) {
  return double_pair{static_cast<double>(from[0]), static_cast<double>(from[1])};
}
double numbers_at(const float* from, double /*as*/) {
  return static_cast<double>(*from);
}
void put_numbers(double_pair of, float* to) {
  to[0] = static_cast<float>(of[0]);
  to[1] = static_cast<float>(of[1]);
}
void put_numbers(double of, float* to) {
  *to = static_cast<float>(of);
}
}  // namespace

// Of the mean of the newest ones; then it is the past.
template <class Number>
Number lasting_excess::judge(Number s, std::size_t course, double weight) {
  const Number mean = numbers_at(&means_[course], Number{});
  const Number variance = numbers_at(&variances_[course], Number{});
  const Number d = s - mean;
  const Number spread = larger(root(variance), 1e-6 + 0.01 * magnitude(mean));
  const Number score = larger(Number{}, d / spread);
  const Number next = mean + weight * d;
  put_numbers(zero_below(next, magnitude(next), 1e-150), &means_[course]);
  const Number wide = (1.0 - weight) * (variance + weight * d * d);
  put_numbers(zero_below(wide, wide, 1e-300), &variances_[course]);
  return score;
}

// What rounding left behind never grows.
void lasting_excess::renew(std::size_t course, const half_float* values, std::size_t count) {
  sums_[course] = std::accumulate(values, values + count, 0.0,
                                  [](double sum, half_float q) { return sum + static_cast<double>(q.value()); });
}

std::array<double, lasting_excess::courses> lasting_excess::update(double q_hour, double q_half_hour) {
  const std::size_t in_half = next_ < short_length ? next_ : next_ - short_length;
  const std::size_t half_begin = next_ - in_half;
  const half_float hour = half_float::of(static_cast<float>(q_hour));
  const half_float half_hour = half_float::of(static_cast<float>(q_half_hour));
  // What was not filled yet is 0.
  const auto add = [this](std::size_t course, half_float q, half_float gone) {
    sums_[course] = sums_[course] - static_cast<double>(gone.value()) + static_cast<double>(q.value());
  };
  add(0, hour, hours_[in_half]);
  add(1, half_hour, half_hours_[next_ + short_length - 2 * half_begin]);
  add(2, half_hour, half_hours_[next_]);
  hours_[in_half] = hour;
  half_hours_[next_++] = half_hour;
  if (in_half + 1 == short_length) {
    renew(0, hours_.data(), short_length);
    renew(1, &half_hours_[half_begin], short_length);
    if (next_ == long_length) {
      renew(2, half_hours_.data(), long_length);
      next_ = 0;
    }
  }

  const bool is_warm = count_ >= warm_up;
  fading_moments::count_up(count_);
  const double weight = fading_moments::gain(count_, window);
  const auto in_short = static_cast<double>(std::min<std::uint32_t>(count_, short_length));
  const auto in_long = static_cast<double>(std::min<std::uint32_t>(count_, long_length));
  const double_pair of_ten = judge(load_pair(sums_.data()) / in_short, 0, weight);
  const double of_twenty = judge(sums_[2] / in_long, 2, weight);
  if (!is_warm) return {};
  return {of_ten[0], of_ten[1], of_twenty};
}

// All three bins change with the quarter of an hour at most; near its ends rounding has a say.
void time_of_day_score::go_to(double t_seconds) {
  constexpr double quarter_seconds = 900.0;
  const double into = t_seconds - quarter_seconds * quarter_;
  if (quarter_ != 0 && into > 1.0 && into < quarter_seconds - 1.0) return;
  const auto when = time_of_week::at(t_seconds);
  hours_.go_to(when);
  half_hours_.go_to(when);
  quarter_hours_.go_to(when);
  const double quarter = std::floor(t_seconds / quarter_seconds);
  quarter_ = quarter >= 1.0 && quarter < 4e9 ? static_cast<std::uint32_t>(quarter) : 0U;
}

std::array<double, time_of_day_score::score_count> time_of_day_score::update(double x, double t_seconds,
                                                                             double variance) {
  go_to(t_seconds);
  const double_pair q = day_profile::update(hours_, half_hours_, x, variance);
  const double q_quarter = quarter_hours_.update(x, variance);
  const auto excess = excess_.update(q[0], q[1]);
  return {excess[0], excess[1], excess[2], q_quarter};
}

}  // namespace spindrift
