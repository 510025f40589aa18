// Predicts the next value from the last eight: an autoregression learned by recursive least squares that no outlier can
// move far, since errors beyond a knee pull no harder than one at the knee (Huber's weights).
//
// A plain value inside robust_zscore, 500 bytes. `predict` then `learn`, in turns. Lengths are measured in `unit`, so
// weights are pure numbers. A step is about 200 multiplications and additions on an 8 x 8 matrix of which one
// half is kept, so that it stays symmetric (an unsymmetric one drifts until it blows up, after some 17,000 points); it
// heals itself by starting again when the numbers are no longer good.
#pragma once

#include <array>
#include <cstddef>

namespace spindrift {

class robust_autoregression {
public:
  static constexpr std::size_t order = 8;
  using window = std::array<double, order>;  // newest first

  robust_autoregression();

  // What comes next; always finite. `unit` > 0 is the present unit of length, `mean` the level of the stream.
  double predict(double unit, double mean);
  // error = value as it came - the last prediction; beyond `knee` it counts less. `value`, cleaned, enters the past.
  void learn(double value, double error, double knee);
  // The point was an anomaly: `value`, what should have been, enters the past and nothing is learned.
  void pass(double value);
  void set_past(const window& past) { past_ = past; }
  // The past becomes this, and the weights are free to move again from where they are.
  void adopt(const window& past);
  // Forgets the weights: the next value is the last one until something is learned.
  void start_again();

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved the matrix is whole.
    matrix whole{};
    if constexpr (!Archive::reads) whole = unfolded();
    archive(whole, weights_, past_, features_, unit_, trace_);
    if constexpr (Archive::reads) fold(whole);
  }

private:
  using matrix = std::array<window, order>;

  matrix unfolded() const;
  void fold(const matrix& whole);
  void loosen();
  bool fit(double error, double knee);

  std::array<double, order*(order + 1) / 2> covariance_;  // from the diagonal on, row by row
  window weights_{};
  window past_{};
  window features_{};
  double unit_ = 1;
  double trace_ = 0;
};

}  // namespace spindrift
