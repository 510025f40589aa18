// Whether a value, or a stretch of values, is unusual for its hour: profiles of the day learned online.
//
// Three profiles cut the UTC day into equal bins, each holding the fading mean and variance of the values that fell
// into it: 24 bins, 48 bins kept apart for weekdays and weekends, and 96 bins. A profile answers q, the distance of a
// value from its bin's mean in standard deviations. Short means of q are then compared with their own long-run mean and
// spread, which turns "a bit off for an hour" into a score: see lasting_excess.
//
// Movable; one thread at a time; |x| <= 1e150; t may be any double: the clock may jump, run backwards or be
// absurd, which costs accuracy and nothing else. Bins are made when first visited, ten bytes each (all: 2.1 KiB), by
// one: at most 216 times in a stream's life. The present one is within the profile, so that the others, and their
// block, are touched when the next one begins.
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
#include "server/detect/ensemble/pair_arithmetic.hpp"
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
  static constexpr std::uint32_t visits_full = 50;  // none is counted beyond: a new value weighs at least 0.02
  static constexpr unsigned visits_min = 3;

  day_profile(std::uint8_t bins_per_day, bool splits_weekend)
      : bins_per_day_(bins_per_day & 127U), splits_weekend_(splits_weekend) {}

  // The bin of this time is the present one from here on.
  void go_to(const time_of_week& when) { go_to(place_of(when)); }
  // q, then the present bin learns x. `variance` is the stream's present variance, the floor of a bin's own.
  double update(double x, double variance);
  double update(double x, const time_of_week& when, double variance) {
    go_to(when);
    return update(x, variance);
  }
  // Of two profiles at once.
  static double_pair update(day_profile& a, day_profile& b, double x, double variance);

  std::size_t memory_bytes() const { return bins_ ? size_ * sizeof(held_bin) : 0; }

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

  bin present() const { return {mean_, variance_, visits_, place_}; }
  void make_present(const bin& of);
  // Returns how many there were before this one.
  std::uint8_t count_visit() {
    const std::uint8_t before = visits_;
    visits_ = static_cast<std::uint8_t>(before + (before < visits_full ? 1U : 0U));
    return before;
  }

  void go_to(unsigned place);
  std::size_t index_of(unsigned place) const;
  void insert(std::size_t index, const bin& of);
  unsigned place_of(const time_of_week& when) const;
  std::size_t places() const { return bins_per_day_ * (splits_weekend_ ? 2U : 1U); }
  void copy_to(std::vector<std::uint8_t>& slots, std::vector<bin>& bins) const;
  bool take_over(const std::vector<std::uint8_t>& slots, const std::vector<bin>& bins);

  double mean_ = 0.0;  // of the present bin, as its next three
  half_double variance_{};
  std::uint8_t visits_ = 0;
  std::uint8_t place_ = 0;
  std::uint8_t size_ = 0;  // bins that were visited; one alone is but the present one
  std::uint8_t bins_per_day_ : 7;
  bool splits_weekend_ : 1;
  std::unique_ptr<held_bin[]>
      bins_;  // those that were visited, by their places; what the present one's place has is old
};

// L_w: s = mean of the last w values of q; the score is how far s exceeds its own fading mean, in its own standard
// deviations, before s is learned. 0 until 50 values of s are known. Of ten hourly values, and of ten and of twenty of
// the half hours.
class lasting_excess {
public:
  static constexpr std::size_t courses = 3;
  static constexpr unsigned warm_up = 50;

  std::array<double, courses> update(double q_hour, double q_half_hour);

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, every course has a ring of its own, in doubles, and its own counts.
    visit_course(archive, 0, [this](std::size_t i) -> half_float& { return hours_[i]; });
    const std::size_t begin = next_ - next_ % short_length;  // of the half that is being filled
    std::array<half_float, short_length> newer;
    for (std::size_t i = 0; i < short_length; ++i) {
      newer[i] = half_hours_[(i < next_ % short_length ? begin : short_length - begin) + i];
    }
    visit_course(archive, 1, [&newer](std::size_t i) -> half_float& { return newer[i]; });
    visit_course(archive, 2, [this](std::size_t i) -> half_float& { return half_hours_[i]; });
  }

private:
  static constexpr std::size_t short_length = 10;
  static constexpr std::size_t long_length = 20;
  static constexpr std::uint32_t window = 8'000;

  static constexpr std::size_t length_of(std::size_t course) { return course < 2 ? short_length : long_length; }
  template <class Number>
  Number judge(Number s, std::size_t course, double weight);
  void renew(std::size_t course, const half_float* values, std::size_t count);

  template <class Archive, class Ring>
  void visit_course(Archive& archive, std::size_t course, Ring ring) {
    const auto length = static_cast<std::uint32_t>(length_of(course));
    std::uint32_t next = next_ % length;
    std::uint32_t filled = std::min(count_, length);
    std::array<double, long_length> last{};
    for (std::size_t i = 0; i < length; ++i) last[i] = static_cast<double>(ring(i).value());
    fading_moments moments(static_cast<double>(means_[course]), static_cast<double>(variances_[course]));
    std::uint32_t count = count_;
    archive(next, filled, sums_[course], last);
    moments.visit_state(archive, count, window);
    if constexpr (Archive::reads) {
      if (next >= length || filled > length) return archive.refuse();
      for (std::size_t i = 0; i < length; ++i) {
        ring(i) = half_float::of(static_cast<float>(std::clamp(last[i], 0.0, q_max)));
      }
      means_[course] = static_cast<float>(moments.mean());
      variances_[course] = static_cast<float>(moments.variance());
      count_ = count;  // the last one's, as all take values at the same time
      next_ = static_cast<std::uint8_t>(next);
    }
  }

  std::array<double, courses> sums_{};
  std::array<float, courses> means_{};
  std::array<float, courses> variances_{};
  std::uint32_t count_ = 0;
  std::uint8_t next_ = 0;  // in half_hours_; in hours_ it is there as often as it is in either half
  std::array<half_float, short_length> hours_{};
  std::array<half_float, long_length> half_hours_{};
};

class time_of_day_score {
public:
  static constexpr std::size_t score_count = 4;

  std::array<double, score_count> update(double x, double t_seconds, double variance);

  std::size_t memory_bytes() const {
    return hours_.memory_bytes() + half_hours_.memory_bytes() + quarter_hours_.memory_bytes();
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(hours_, half_hours_, quarter_hours_, excess_);
  }

private:
  void go_to(double t_seconds);

  day_profile hours_{24, false};
  day_profile half_hours_{48, true};
  day_profile quarter_hours_{96, false};
  std::uint32_t quarter_ = 0;  // of the present bins, counted from 1970 on; 0: not known
  lasting_excess excess_;
};

}  // namespace spindrift
