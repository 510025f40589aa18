// How improbable a surprise of this size is on this stream: a generalized Pareto tail fitted online to the |z| that lie
// beyond a threshold, by the moments of their excess (Hosking and Wallis, Technometrics 1987; peaks over threshold on
// streams: Siffer et al., KDD 2017).
//
// A plain value of 16 bytes; one thread at a time; a few ns a point, `nines` calls log. It starts from a modest tail
// that counts for `prior` points beyond the threshold, so a young stream is not believed too soon.
#pragma once

#include <algorithm>
#include <cstdint>

namespace spindrift {

class tail_model {
public:
  static constexpr double threshold = 1.5;
  static constexpr double nines_max = 16;

  // |z| of an ordinary point, or of an odd one, which counts as at most `reach`.
  void learn(double size);
  // -log10 of the share of points that exceed `size`, within 0 and nines_max.
  double nines(double size) const { return size > threshold ? nines_beyond(size - threshold) : 0; }

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, means are doubles and counts wide.
    auto share = static_cast<double>(share_);
    auto excess = static_cast<double>(excess_);
    auto square = static_cast<double>(square_);
    std::uint32_t points = points_;
    std::uint32_t beyond = beyond_;
    archive(share, excess, square, points, beyond);
    share_ = static_cast<float>(share);
    excess_ = static_cast<float>(excess);
    square_ = static_cast<float>(square);
    points_ = static_cast<std::uint16_t>(std::min(points, points_max));
    beyond_ = static_cast<std::uint16_t>(std::min(beyond, beyond_max));
  }

private:
  double nines_beyond(double y) const;

  static constexpr double reach = 15;
  static constexpr std::uint32_t points_max = 4'000;
  static constexpr std::uint32_t beyond_max = 500;

  float share_ = 0.15F;
  float excess_ = 0.6F;  // mean excess over the threshold, and mean square
  float square_ = 0.72F;
  std::uint16_t points_ = 0;
  std::uint16_t beyond_ = 0;
};

}  // namespace spindrift
