// Predicts a value from those one, two and three periods ago, for streams that jump at regular times (square and
// saw-tooth waves, schedules), and finds the period, from 2 to 288 points, by itself.
//
// A plain value, 7 KiB once 864 points have come (the history grows with the stream), and about 220 ns a point. The
// search is spread over the stream: each point tries one period, on at most 128 pairs of values that lie it apart, so a
// round over all periods takes 287 points. A period needs twice its length of history before it is tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spindrift {

class season_predictor {
public:
  static constexpr std::size_t period_max = 288;

  // 0 while none is known.
  std::size_t period() const { return period_; }
  // The median of the values one, two and three periods ago; `otherwise` while no period is known.
  double predict(double otherwise) const;
  // `value`, cleaned of anomalies, enters the history. Differences count up to `reach` in the search.
  void learn(double value, double reach);
  // The history is of another stream now.
  void forget();

  template <class Archive>
  void visit_state(Archive& archive) {
    archive.sequence(history_, history_max);
    archive(newest_, period_, tried_, best_period_, best_loss_, loss_sum_);
    if constexpr (Archive::reads) {
      const bool fits = newest_ < history_max && period_ <= period_max && tried_ <= period_max &&
                        best_period_ <= period_max && (history_.empty() || newest_ < history_.size());
      if (!fits) archive.refuse();
    }
  }

private:
  static constexpr std::size_t history_max = 3 * period_max;
  double back(std::size_t steps) const;
  void try_one(double reach);

  std::vector<double> history_;  // a ring once it is full
  std::uint32_t newest_ = 0;
  std::uint32_t period_ = 0;
  std::uint32_t tried_ = 1;        // the last period tried in this round
  std::uint32_t best_period_ = 0;  // of this round
  double best_loss_ = 0;
  double loss_sum_ = 0;  // of this round
};

}  // namespace spindrift
