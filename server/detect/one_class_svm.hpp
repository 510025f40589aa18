// A one-class support vector machine (Schölkopf, Platt, Shawe-Taylor, Smola, Williamson, Neural Computation 13, 2001)
// with a Gaussian kernel, learned as points come: the kernel by Fourier features (fourier_map.hpp), the weights by
// stochastic gradient steps (Bottou 2010; river's OneClassSVM does the same on linear features). It sees what lies
// between clusters or off to one side, as the isolation forest does, at an eighth of its price.
//
// f(x) = w.z(x), and w follows the points with f below rho, the share `nu` of them, each step 1/window of the way:
//   w += (1/window) ((1/nu) [f < rho] z(x) - w),   rho: the nu-quantile of f, followed in steps.
// nu = 1 would be Parzen's estimate of the density; .5 leans on the sparse half, where the line has to be drawn. Twice:
// of width 0.25 of the usual spread, which finds gaps, and of width 1.4, which says where nothing has ever been. A
// point is flagged when its rank among the recent scores 1/(1 + f/mean f) is within `contamination`, or when it lies
// where the wide f is below a tenth of its mean: that is "nothing like it was seen", however many such come.
//
// Features are the values; of a single value, it and its difference to the last one (to the one before, where the last
// was flagged alone). They are counted from the median in units of the spread of the first 64 points, which are
// looked at again each `window` points: when a spread is four times as large or small, the machine begins anew from the
// newest 64. Flagged points are not learned, unless nine of the last sixteen were flagged: a new level is learned then,
// and no news once it makes up a tenth of what was usual. Until 128 points are learned nothing is flagged.
//
// The caller owns it; one thread at a time. Deterministic to the bit (see fourier_map.hpp). Points with NaN or infinity
// are ignored; values beyond 10,000 spreads count as that. The number of values must not change, and is at most 64.
// About 7 KiB a stream and 8 bytes for each of 64 x features; all of it is saved.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "server/detect/fourier_map.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

// All complaints, each with the name of the flag; empty when the settings can be used.
std::vector<std::string> validate(const one_class_svm_settings& settings);

struct one_class_reading {
  double score = 0;  // 0.5 for an ordinary point, toward 1 for a lonely one; 0: none yet
  bool anomaly = false;
};

class one_class_svm {
public:
  // Of what visit_state names and means: raise it with every change of either.
  static constexpr std::uint16_t state_version = 1;

  explicit one_class_svm(const one_class_svm_settings& settings);

  one_class_reading update(std::span<const double> values, bool learns_all = false);

  // Of a point; 0 before the first one.
  std::size_t values() const { return values_; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(values_, seen_, learned_, reference_, passed_over_, flags_, rho_, scored_, score_counts_);
    archive(narrow_, wide_);
    archive.sequence(origins_, fourier_map::features_max);
    archive.sequence(spreads_, fourier_map::features_max);
    archive.sequence(newest_, newest_points * fourier_map::features_max);
    if constexpr (Archive::reads) {
      if (archive.ok() && !is_whole()) archive.refuse();
    }
  }

private:
  static constexpr std::size_t newest_points = 64;
  static constexpr std::uint64_t judges_from = 128;
  static constexpr std::size_t score_buckets = 512;

  // One kernel's weights, and the mean of f.
  struct machine {
    fourier_map::image weights{};
    float mean = 0;

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(weights, mean);
    }
  };
  struct view {
    fourier_map::image narrow{};
    fourier_map::image wide{};
    float f = 0;
    float f_wide = 0;
  };

  std::size_t features() const { return values_ == 1 ? 2 : values_; }
  void take_features(std::span<const double> values);
  void keep_newest();
  void find_frame();
  bool frame_is_off() const;
  void begin();
  void look(std::span<const double> point, view& seen) const;
  one_class_reading judge(const view& seen);
  void learn(const view& seen);
  double rank(double score) const;
  void count_score(double score);
  bool is_whole() const;

  one_class_svm_settings settings_;
  std::uint32_t values_ = 0;   // of a point; known from the first one
  std::uint64_t seen_ = 0;     // points
  std::uint64_t learned_ = 0;  // since the machine began
  double reference_ = 0;       // what the next difference is taken to
  bool passed_over_ = false;   // the last point was not made the reference
  std::uint16_t flags_ = 0;    // of the last sixteen points
  float rho_ = 0;
  double scored_ = 0;  // the sum of score_counts_
  std::array<float, score_buckets> score_counts_{};
  machine narrow_;
  machine wide_;
  std::vector<double> origins_;  // of each feature; empty until the first points were seen
  std::vector<double> spreads_;
  std::vector<double> newest_;  // a ring of points: number i is at i modulo newest_points
  std::vector<double> point_;   // the features of the point in hand, kept for its capacity
};

}  // namespace spindrift
