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

void day_profile::go_to(unsigned place) {
  if (size_ > 0 && present_.place == place) return;
  if (size_ == 0) {
    size_ = 1;
    present_.place = static_cast<std::uint8_t>(place);
    return;
  }
  if (!bins_) make_room();
  bins_[newest_] = held_bin(present_);
  find(place);
  present_ = bins_[newest_].whole();
}

// Mostly the one behind the last, since time goes on.
void day_profile::find(unsigned place) {
  newest_ = newest_ + 1U < size_ ? static_cast<std::uint8_t>(newest_ + 1U) : std::uint8_t{0};
  if (bins_[newest_].place() == place) return;
  const held_bin* const found =
      std::lower_bound(bins_.get(), bins_.get() + size_, place,
                       [](const held_bin& held, unsigned wanted) { return held.place() < wanted; });
  newest_ = static_cast<std::uint8_t>(found - bins_.get());
  if (newest_ < size_ && found->place() == place) return;
  if (size_ == room_) make_room();
  std::copy_backward(bins_.get() + newest_, bins_.get() + size_, bins_.get() + size_ + 1);
  ++size_;
  bin fresh;
  fresh.place = static_cast<std::uint8_t>(place);
  bins_[newest_] = held_bin(fresh);
}

// By a quarter rather than by doubling: most streams live through a part of the day, or hold all of its bins.
void day_profile::make_room() {
  room_ = static_cast<std::uint8_t>(std::min<std::size_t>(size_ + size_ / 4U + 1U, places()));
  auto more = std::make_unique<held_bin[]>(room_);
  if (bins_) std::copy_n(bins_.get(), size_, more.get());
  bins_ = std::move(more);
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
  bin& of = present_;
  const bool is_known = of.count_visit() >= visits_min;
  const bin_lesson<double> lesson(x, of.mean, of.variance.value(), of.visits, 0.01 * variance);
  of.mean = lesson.mean;
  of.variance = half_double::of(lesson.variance);
  return is_known ? lesson.q : 0.0;
}

double_pair day_profile::update(day_profile& a, day_profile& b, double x, double variance) {
  const std::array of{&a.present_, &b.present_};
  const std::array is_known{of[0]->count_visit() >= visits_min, of[1]->count_visit() >= visits_min};
  std::array variances{of[0]->variance, of[1]->variance};
  const bin_lesson<double_pair> lesson(
      x, double_pair{of[0]->mean, of[1]->mean}, load_pair(variances.data()),
      double_pair{static_cast<double>(of[0]->visits), static_cast<double>(of[1]->visits)}, 0.01 * variance);
  store_pair(lesson.variance, variances.data());
  for (std::size_t i = 0; i < 2; ++i) {
    of[i]->mean = lesson.mean[i];
    of[i]->variance = variances[i];
  }
  return double_pair{is_known[0] ? lesson.q[0] : 0.0, is_known[1] ? lesson.q[1] : 0.0};
}

void day_profile::copy_to(std::vector<std::uint8_t>& slots, std::vector<bin>& bins) const {
  slots.resize(places());
  const auto append = [&](const bin& one) {
    bins.push_back(one);
    slots[one.place] = static_cast<std::uint8_t>(bins.size());
  };
  for (std::size_t i = 0; i < size_; ++i) {
    if (i != newest_) append(bins_[i].whole());
  }
  if (size_ > 0) append(present_);
}

// False: what was read cannot be. Every bin has one place.
bool day_profile::take_over(const std::vector<std::uint8_t>& slots, const std::vector<bin>& bins) {
  if (slots.size() != places() || bins.size() > slots.size()) return false;
  present_ = {};
  bins_.reset();
  size_ = room_ = newest_ = 0;
  if (bins.empty()) return std::all_of(slots.begin(), slots.end(), [](std::uint8_t slot) { return slot == 0; });
  room_ = static_cast<std::uint8_t>(bins.size());
  bins_ = std::make_unique<held_bin[]>(room_);
  for (std::size_t place = 0; place < slots.size(); ++place) {
    if (slots[place] == 0) continue;
    if (slots[place] > bins.size() || size_ == bins.size()) return false;
    bin one = bins[slots[place] - 1U];
    one.place = static_cast<std::uint8_t>(place);
    if (slots[place] == bins.size()) {
      present_ = one;
      newest_ = size_;
    }
    bins_[size_++] = held_bin(one);
  }
  // Of slots that name a bin twice none may be the last.
  if (bins_[newest_].place() != present_.place) present_ = bins_[newest_].whole();
  return true;
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
