// How improbable a surprise of this size is on this stream: a generalized Pareto tail fitted online to the |z| that lie
// beyond a threshold, by the moments of their excess (Hosking and Wallis, Technometrics 1987; peaks over threshold on
// streams: Siffer et al., KDD 2017).
//
// A plain value of 40 bytes; one thread at a time; a few ns a point, `nines` calls log. It starts from a modest tail
// that counts for `prior` points beyond the threshold, so a young stream is not believed too soon.
#pragma once

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
    archive(share_, excess_, square_, points_, beyond_);
  }

private:
  double nines_beyond(double y) const;

  static constexpr double reach = 15;
  double share_ = 0.15;
  double excess_ = 0.6;  // mean excess over the threshold, and mean square
  double square_ = 0.72;
  std::uint32_t points_ = 0;
  std::uint32_t beyond_ = 0;
};

}  // namespace spindrift
