// Predicts the next value from the last eight: an autoregression learned by recursive least squares that no outlier can
// move far, since errors beyond a knee pull no harder than one at the knee (Huber's weights).
//
// A plain value inside robust_zscore, 272 bytes. `predict` then `learn`, in turns. Lengths are measured in `unit`, so
// weights are pure numbers. A step is about 200 multiplications and additions on the factors of an 8 x 8 matrix,
// P = U D U' (Bierman, "Factorization Methods for Discrete Sequential Estimation", 1977): those need half the digits
// that P itself does, so floats hold them, and whatever is rounded off P stays symmetric and positive. It heals itself
// by starting again when the numbers are no longer good.
#pragma once

#include <array>
#include <cstddef>

#include "server/detect/double_pair.hpp"

namespace spindrift {

class robust_autoregression {
public:
  static constexpr std::size_t order = 8;
  using window = std::array<double, order>;  // newest first

  robust_autoregression();

  // What it takes to learn from a prediction how good it was.
  struct forecast {
    double value = 0;  // always finite
    double unit = 1;
    window features{};
  };
  // What comes next. `unit` > 0 is the present unit of length, `mean` the level of the stream.
  forecast predict(double unit, double mean) const;
  // error = value as it came - the prediction made of it; beyond `knee` it counts less. `value`, cleaned, enters the
  // past.
  void learn(double value, const forecast& made, double error, double knee);
  // The point was an anomaly: `value`, what should have been, enters the past and nothing is learned.
  void pass(double value);
  void set_past(const window& past) { past_ = past; }
  // All is read before anything is written, in pairs: GCC makes a call of a move within.
  static void shift_in(double newest, window& past) {
    static_assert(order == 8);
    const double_pair second = load_pair(&past[1]);
    const double_pair third = load_pair(&past[3]);
    const double_pair last = load_pair(&past[5]);
    past[1] = past[0];
    past[0] = newest;
    store_pair(second, &past[2]);
    store_pair(third, &past[4]);
    store_pair(last, &past[6]);
  }
  // The past becomes this, and the weights are free to move again from where they are.
  void adopt(const window& past);
  // Forgets the weights: the next value is the last one until something is learned.
  void start_again();

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved: D on the diagonal of a matrix, U above it, nothing below; of older builds P, which is symmetric. Behind
    // it what it was asked last.
    matrix whole{};
    forecast last;
    double all = trace();
    if constexpr (!Archive::reads) whole = unfolded();
    archive(whole, weights_, past_, last.features, last.unit, all);
    if constexpr (Archive::reads) fold(whole);
  }

private:
  using matrix = std::array<window, order>;

  matrix unfolded() const;
  void fold(const matrix& whole);
  void factorize(matrix p);
  // What of U stands above the diagonal in this column.
  float* column(std::size_t j) { return upper_.data() + j * (j - 1) / 2; }
  const float* column(std::size_t j) const { return upper_.data() + j * (j - 1) / 2; }
  double trace() const;
  void loosen();
  bool fit(const forecast& made, double error, double knee);

  std::array<float, order*(order - 1) / 2> upper_;  // U without its diagonal of ones, column by column
  std::array<float, order> diagonal_;               // D
  window weights_{};
  window past_{};
};

}  // namespace spindrift
