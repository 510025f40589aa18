// The classic windowed Z-score by its definition: keeps the learned values and sums them afresh in long double for each
// point. The oracle of classic_zscore; slow on purpose. A plain value, one thread at a time.
#pragma once

#include <cmath>
#include <cstddef>
#include <deque>

namespace spindrift::support {

class brute_window {
public:
  explicit brute_window(std::size_t window) : window_(window) {}

  std::size_t size() const { return values_.size(); }
  void learn(double x) {
    values_.push_back(x);
    if (values_.size() > window_) values_.pop_front();
  }
  void keep_last(std::size_t width) {
    while (values_.size() > width) values_.pop_front();
  }
  long double mean() const {
    long double sum = 0;
    for (double value : values_) sum += value;
    return sum / static_cast<long double>(values_.size());
  }
  // Of the population: divided by n.
  long double deviation() const {
    const long double middle = mean();
    long double squares = 0;
    for (double value : values_) squares += (value - middle) * (value - middle);
    return std::sqrt(squares / static_cast<long double>(values_.size()));
  }

private:
  std::size_t window_;
  std::deque<double> values_;
};

}  // namespace spindrift::support
