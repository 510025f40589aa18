// What a time of the day or of the hour is used to: bins on a circle, each with a fading mean and mean deviation.
//
// A plain value inside clock_expectation, 12 bytes a bin; one thread at a time. `at` lies between 0 and the number of
// bins. A smooth profile is read along the straight line between the two nearest bins, and both learn; a plain one has
// steps. The first three visits of a bin count in full, later ones no farther than four deviations: a few exceptions
// are not learned, and none teaches the first time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spindrift {

class clock_profile {
public:
  static constexpr std::size_t bins_max = 192;
  static constexpr std::uint32_t visits_known = 3;

  clock_profile() = default;
  clock_profile(std::size_t bins, bool smooth) : bins_(bins), smooth_(smooth) {}

  bool empty() const { return bins_.empty(); }

  struct figure {
    double mean = 0;
    double deviation = 0;
    bool known = false;
  };
  figure at(double place) const {
    const hit where = find(place);
    const bin& a = bins_[where.first];
    const bin& b = bins_[where.second];
    const double w = where.weight;
    // The nearer one has to be known: with a point an hour the other one may never be the nearer.
    return {(1 - w) * a.mean + w * b.mean, (1 - w) * a.deviation + w * b.deviation,
            (w < 0.5 ? a : b).visits >= visits_known};
  }

  // error: the value less what was expected, this profile's mean included. gain: of a point at full weight.
  void learn(double place, double error, double gain) {
    const hit where = find(place);
    bins_[where.first].learn(error, gain, 1 - where.weight);
    if (where.weight > 0) bins_[where.second].learn(error, gain, where.weight);
  }
  // As if the profile had been seen: for one that takes over from a coarser one.
  void seed(std::size_t index, double mean, double deviation, std::uint32_t visits) {
    bins_[index] = {static_cast<float>(mean), static_cast<float>(deviation), visits};
  }
  std::size_t size() const { return bins_.size(); }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive.sequence(bins_, bins_max);
    archive(smooth_);
  }

private:
  struct bin {
    float mean = 0;
    float deviation = 0;
    std::uint32_t visits = 0;

    void learn(double error, double gain, double weight) {
      if (weight >= 0.5) visits = std::min(visits + 1, std::uint32_t{1000000});
      const double reach = 4 * static_cast<double>(deviation);
      const double step = visits > visits_known ? std::clamp(error, -reach, reach) : error;
      const double share = weight * std::max(gain, 1.0 / std::max<double>(visits, 1));
      mean = static_cast<float>(mean + share * step);
      // The mean took a part of the first errors that a later one will not take.
      const double size = visits > visits_known ? std::min(std::abs(error), 2 * reach) : std::abs(error);
      if (visits > 1) deviation = static_cast<float>(deviation + std::max(share, weight * 0.02) * (size - deviation));
    }
    template <class Archive>
    void visit_state(Archive& archive) {
      archive(mean, deviation, visits);
    }
  };
  struct hit {
    std::size_t first;
    std::size_t second;
    double weight;  // of the second
  };
  hit find(double place) const {
    const auto whole = static_cast<std::size_t>(place);
    const std::size_t first = whole % bins_.size();
    return {first, (first + 1) % bins_.size(), smooth_ ? place - static_cast<double>(whole) : 0.0};
  }

  std::vector<bin> bins_;
  bool smooth_ = false;
};

}  // namespace spindrift
