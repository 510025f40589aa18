// Whether a value, or a stretch of values, is unusual for its hour: profiles of the day learned online.
//
// Three profiles cut the UTC day into equal bins, each holding the fading mean and variance of the values that fell
// into it: 24 bins, 48 bins kept apart for weekdays and weekends, and 96 bins. A profile answers q, the distance of a
// value from its bin's mean in standard deviations. Short means of q are then compared with their own long-run mean and
// spread, which turns "a bit off for an hour" into a score: see lasting_excess.
//
// Movable; one thread at a time; |x| <= 1e150; t may be any double: the clock may jump, run backwards or be
// absurd, which costs accuracy and nothing else. Bins are made when first visited, ten bytes each (all: 2.1 KiB). The
// present one is within the profile, so that the others, and their block, are touched when the next one begins.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "server/detect/ensemble/half_float.hpp"
#include "server/detect/ensemble/moving_moments.hpp"
#include "server/detect/short_double.hpp"

namespace spindrift {

// q beyond this says nothing more; the bound keeps it within 16 bits.
inline constexpr double q_max = 6e4;

// Where an event time falls in the UTC week.
struct time_of_week {
  double second_of_day;  // 0 <= s < 86400
  bool weekend;          // Saturday or Sunday

  static time_of_week at(double t_seconds);
};

class day_profile {
public:
  static constexpr double gain_min = 0.02;
  static constexpr std::uint32_t visits_full = 50;  // from which on that is the gain: none is counted beyond
  static constexpr unsigned visits_min = 3;

  day_profile(std::uint8_t bins_per_day, bool splits_weekend)
      : bins_per_day_(bins_per_day), splits_weekend_(splits_weekend) {}

  // q, then the bin learns x. `variance` is the stream's present variance, the floor of a bin's own.
  double update(double x, const time_of_week& when, double variance);

  std::size_t memory_bytes() const { return room_ * sizeof(held_bin); }

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, every place of the day has the number of its bin, or 0. The last bin is the present one.
    std::vector<std::uint8_t> slots;
    std::vector<bin> bins;
    if constexpr (!Archive::reads) copy_to(slots, bins);
    archive.sequence(slots, 255);
    archive.sequence(bins, 255);
    if constexpr (Archive::reads) {
      if (!take_over(slots, bins)) archive.refuse();
    }
  }

private:
  struct bin {
    double mean = 0.0;
    half_double variance{};
    std::uint8_t visits = 0;
    std::uint8_t place = 0;  // in the day, or the weekend's behind it

    void learn(double x);
    template <class Archive>
    void visit_state(Archive& archive) {
      double whole = variance.value();
      std::uint32_t count = visits;
      archive(mean, whole, count);
      if constexpr (Archive::reads) {
        if (!(whole >= 0.0 && whole <= 1e301)) return archive.refuse();
        variance = half_double::of(whole);
        visits = static_cast<std::uint8_t>(std::min(count, visits_full));
      }
    }
  };

  // As it is held while it is not the present one: of the variance the exponent and eight bits, then visits and place.
  struct held_bin {
    short_double mean{};
    std::array<std::uint16_t, 2> rest{};

    held_bin() = default;
    explicit held_bin(const bin& of);
    unsigned place() const { return rest[0] & 127U; }
    bin whole() const;
  };
  static_assert(sizeof(held_bin) == 10);

  void go_to(unsigned place);
  void find(unsigned place);
  void make_room();
  unsigned place_of(const time_of_week& when) const;
  std::size_t places() const { return bins_per_day_ * (splits_weekend_ ? 2U : 1U); }
  void copy_to(std::vector<std::uint8_t>& slots, std::vector<bin>& bins) const;
  bool take_over(const std::vector<std::uint8_t>& slots, const std::vector<bin>& bins);

  bin present_;  // of the newest value
  std::unique_ptr<held_bin[]>
      bins_;  // those that were visited, by their places; what the present one's place has is old
  std::uint8_t bins_per_day_;
  bool splits_weekend_;
  std::uint8_t size_ = 0;    // bins that were visited; one alone is but the present one
  std::uint8_t room_ = 0;    // in bins_
  std::uint8_t newest_ = 0;  // the place of the present one in bins_
};

// The sum of the newest values of q, and what their mean is used to be.
class past_means {
public:
  static constexpr unsigned warm_up = 50;

  void add(double q, double gone) {
    sum_ -= gone;
    sum_ += q;
  }
  // What rounding left behind never grows.
  void renew(const half_float* values, std::size_t count);
  // Of the mean of so many; then it is the past.
  double judge(std::size_t count);

  template <class Archive>
  void visit_sum(Archive& archive) {
    archive(sum_);
  }
  template <class Archive>
  void visit_moments(Archive& archive) {
    fading_moments moments(static_cast<double>(mean_), static_cast<double>(variance_));
    moments.visit_state(archive, count_, window);
    if constexpr (Archive::reads) keep(moments);
  }

private:
  static constexpr std::uint32_t window = 8'000;

  void keep(const fading_moments& moments) {
    mean_ = static_cast<float>(moments.mean());
    variance_ = static_cast<float>(moments.variance());
  }

  double sum_ = 0.0;
  std::uint32_t count_ = 0;
  float mean_ = 0.0F;
  float variance_ = 0.0F;
};

// L_w: s = mean of the last w values of q; the score is how far s exceeds its own fading mean, in its own standard
// deviations, before s is learned. 0 until 50 values of s are known.
template <std::size_t length>
class lasting_excess {
public:
  static constexpr std::size_t length_saved = 20;

  double update(double q);

  template <class Archive>
  void visit_state(Archive& archive) {
    std::uint32_t next = next_;
    std::uint32_t filled = filled_;
    std::array<double, length_saved> last{};
    std::transform(last_.begin(), last_.end(), last.begin(),  // as saved they are doubles
                   [](half_float q) { return static_cast<double>(q.value()); });
    archive(next, filled);
    past_.visit_sum(archive);
    archive(last);
    past_.visit_moments(archive);
    if constexpr (Archive::reads) {
      if (next >= length || filled > length) return archive.refuse();
      next_ = static_cast<std::uint8_t>(next);
      filled_ = static_cast<std::uint8_t>(filled);
      std::transform(last.begin(), last.begin() + length, last_.begin(),
                     [](double q) { return half_float::of(static_cast<float>(std::clamp(q, 0.0, q_max))); });
    }
  }

private:
  template <std::size_t>
  friend class half_excess;

  static_assert(length <= length_saved);
  past_means past_;
  std::uint8_t next_ = 0;
  std::uint8_t filled_ = 0;
  std::array<half_float, length> last_{};
};

// The same of the newer half of the values that a lasting_excess holds: of w = length / 2.
template <std::size_t length>
class half_excess {
public:
  // After the whole has taken the value.
  double update(const lasting_excess<length>& of);

  template <class Archive>
  void visit_state(Archive& archive, const lasting_excess<length>& of) {
    // As saved, it has a ring of its own.
    std::uint32_t next = of.next_ % half;
    std::uint32_t filled = std::min<std::uint32_t>(of.filled_, half);
    std::array<double, lasting_excess<half>::length_saved> last{};
    const std::size_t begin = of.next_ - next;  // of the half that is being filled
    for (std::size_t i = 0; i < half; ++i) {
      last[i] = static_cast<double>(of.last_[(i < next ? begin : half - begin) + i].value());
    }
    archive(next, filled);
    past_.visit_sum(archive);
    archive(last);
    past_.visit_moments(archive);
    if constexpr (Archive::reads) {
      if (next >= half || filled > half) archive.refuse();
    }
  }

private:
  static_assert(length % 2 == 0);
  static constexpr std::size_t half = length / 2;

  past_means past_;
};

extern template class lasting_excess<10>;
extern template class lasting_excess<20>;
extern template class half_excess<20>;

class time_of_day_score {
public:
  static constexpr std::size_t score_count = 4;

  std::array<double, score_count> update(double x, double t_seconds, double variance);

  std::size_t memory_bytes() const {
    return hours_.memory_bytes() + half_hours_.memory_bytes() + quarter_hours_.memory_bytes();
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(hours_, half_hours_, quarter_hours_, hours_excess_);
    half_hours_excess_.visit_state(archive, half_hours_long_excess_);
    archive(half_hours_long_excess_);
  }

private:
  day_profile hours_{24, false};
  day_profile half_hours_{48, true};
  day_profile quarter_hours_{96, false};
  lasting_excess<10> hours_excess_;
  lasting_excess<20> half_hours_long_excess_;
  half_excess<20> half_hours_excess_;
};

}  // namespace spindrift
