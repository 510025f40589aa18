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

void day_profile::bin::learn(double x) {
  if (visits < visits_full) ++visits;
  const double gain = visits < visits_full ? 1.0 / static_cast<double>(visits) : gain_min;
  const double d = x - mean;
  mean += gain * d;
  const double next = (1.0 - gain) * (variance.value() + gain * d * d);
  variance = half_double::of(next < 1e-300 ? 0.0 : next);
  if (std::abs(mean) < 1e-150) mean = 0.0;
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

double day_profile::update(double x, const time_of_week& when, double variance) {
  go_to(place_of(when));
  double q = 0.0;
  if (present_.visits >= visits_min) {
    const double distance = std::abs(x - present_.mean);
    const bool is_rounding = distance <= std::abs(present_.mean) * short_double::precision;
    const double spread = std::sqrt(present_.variance.value() + 0.01 * variance + 1e-12);
    q = is_rounding ? 0.0 : std::min(distance / spread, q_max);
  }
  present_.learn(x);
  return q;
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

void past_means::renew(const half_float* values, std::size_t count) {
  sum_ = std::accumulate(values, values + count, 0.0,
                         [](double sum, half_float q) { return sum + static_cast<double>(q.value()); });
}

double past_means::judge(std::size_t count) {
  const double s = sum_ / static_cast<double>(count);
  double score = 0.0;
  fading_moments moments(static_cast<double>(mean_), static_cast<double>(variance_));
  if (count_ >= warm_up) {
    const double spread = std::max(std::sqrt(moments.variance()), 1e-6 + 0.01 * std::abs(moments.mean()));
    score = std::max(0.0, (s - moments.mean()) / spread);
  }
  fading_moments::count_up(count_);
  moments.update(s, fading_moments::gain(count_, window));
  keep(moments);
  return score;
}

template <std::size_t length>
double lasting_excess<length>::update(double q) {
  const half_float kept = half_float::of(static_cast<float>(q));
  past_.add(static_cast<double>(kept.value()), filled_ < length ? 0.0 : static_cast<double>(last_[next_].value()));
  if (filled_ < length) ++filled_;
  last_[next_] = kept;
  if (++next_ == length) {
    next_ = 0;
    past_.renew(last_.data(), length);
  }
  return past_.judge(filled_);
}

template <std::size_t length>
double half_excess<length>::update(const lasting_excess<length>& of) {
  // What was not filled yet is 0.
  const std::size_t newest = of.next_ == 0 ? length - 1 : of.next_ - 1U;
  const std::size_t gone = newest < half ? newest + half : newest - half;
  past_.add(static_cast<double>(of.last_[newest].value()), static_cast<double>(of.last_[gone].value()));
  if (of.next_ == 0 || of.next_ == half) past_.renew(of.last_.data() + (of.next_ == 0 ? half : 0), half);
  return past_.judge(std::min<std::size_t>(of.filled_, half));
}

template class lasting_excess<10>;
template class lasting_excess<20>;
template class half_excess<20>;

std::array<double, time_of_day_score::score_count> time_of_day_score::update(double x, double t_seconds,
                                                                             double variance) {
  const auto when = time_of_week::at(t_seconds);
  const double q24 = hours_.update(x, when, variance);
  const double q48 = half_hours_.update(x, when, variance);
  const double q96 = quarter_hours_.update(x, when, variance);
  const double lasting = half_hours_long_excess_.update(q48);
  return {hours_excess_.update(q24), half_hours_excess_.update(half_hours_long_excess_), lasting, q96};
}

}  // namespace spindrift
