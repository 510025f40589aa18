#include "tests/quality/nab_scoring.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spindrift::nab {

namespace {

constexpr std::size_t no_window = std::numeric_limits<std::size_t>::max();

// The window each row lies in, counted from `base`, or no_window.
std::vector<std::size_t> window_of_row(std::size_t rows, const std::vector<window>& windows, std::size_t base) {
  std::vector<std::size_t> of_row(rows, no_window);
  for (std::size_t w = 0; w < windows.size(); ++w) {
    for (std::size_t row = windows[w].first; row <= windows[w].last && row < rows; ++row) of_row[row] = base + w;
  }
  return of_row;
}

struct scored_row {
  double score;
  double weight;
  std::size_t window;
};

std::vector<scored_row> pooled_rows(const std::vector<series_scores>& corpus) {
  std::vector<scored_row> pool;
  std::size_t windows_before = 0;
  for (const auto& series : corpus) {
    const auto rows = series.scores.size();
    const auto weights = row_weights(rows, series.windows);
    const auto of_row = window_of_row(rows, series.windows, windows_before);
    for (std::size_t row = probation_rows(rows); row < rows; ++row) {
      pool.push_back({series.scores[row], weights[row], of_row[row]});
    }
    windows_before += series.windows.size();
  }
  return pool;
}

}  // namespace

std::size_t probation_rows(std::size_t rows) {
  return static_cast<std::size_t>(std::min(std::floor(0.15 * static_cast<double>(rows)), 750.0));
}

double scaled_sigmoid(double x) {
  return x > 3.0 ? -1.0 : 2.0 / (1.0 + std::exp(5.0 * x)) - 1.0;
}

std::vector<double> row_weights(std::size_t rows, const std::vector<window>& windows) {
  std::vector<double> weights(rows, -1.0);
  std::size_t next = 0;  // the first window that has not ended before the row
  for (std::size_t row = 0; row < rows; ++row) {
    while (next < windows.size() && windows[next].last < row) ++next;
    if (next < windows.size() && windows[next].first <= row) {
      const auto [first, last] = windows[next];
      const double position = -static_cast<double>(last - row + 1) / static_cast<double>(last - first + 1);
      weights[row] = scaled_sigmoid(position) / scaled_sigmoid(-1.0);
    } else if (next > 0) {
      const auto [first, last] = windows[next - 1];
      // A window of one row has no width to measure by: every row after it is far.
      weights[row] =
          last == first ? -1.0 : scaled_sigmoid(static_cast<double>(row - last) / static_cast<double>(last - first));
    }
  }
  return weights;
}

double raw_score(const series_scores& series, const profile& weights, double threshold) {
  const auto rows = series.scores.size();
  const auto worth = row_weights(rows, series.windows);
  const auto of_row = window_of_row(rows, series.windows, 0);
  std::vector<double> parts(series.windows.size(), -weights.false_negative);
  double outside = 0.0;
  for (std::size_t row = probation_rows(rows); row < rows; ++row) {
    if (!(series.scores[row] >= threshold)) continue;
    if (of_row[row] == no_window) {
      outside += weights.false_positive * worth[row];
    } else {
      parts[of_row[row]] = std::max(parts[of_row[row]], weights.true_positive * worth[row]);
    }
  }
  double raw = outside;
  for (const double part : parts) raw += part;
  return raw;
}

double raw_score(const std::vector<series_scores>& corpus, const profile& weights, double threshold) {
  double raw = 0.0;
  for (const auto& series : corpus) raw += raw_score(series, weights, threshold);
  return raw;
}

std::size_t window_count(const std::vector<series_scores>& corpus) {
  std::size_t count = 0;
  for (const auto& series : corpus) count += series.windows.size();
  return count;
}

double normalised(double raw, std::size_t windows, const profile& weights) {
  const auto count = static_cast<double>(windows);
  const double null = -weights.false_negative * count;
  const double perfect = weights.true_positive * count;
  return 100.0 * (raw - null) / (perfect - null);
}

best_threshold optimise(const std::vector<series_scores>& corpus, const profile& weights) {
  auto pool = pooled_rows(corpus);
  std::sort(pool.begin(), pool.end(), [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<double> parts(window_count(corpus), -weights.false_negative);
  double raw = -weights.false_negative * static_cast<double>(parts.size());
  best_threshold best{std::numeric_limits<double>::infinity(), raw};
  for (std::size_t i = 0; i < pool.size(); ++i) {
    const auto& row = pool[i];
    if (row.window == no_window) {
      raw += weights.false_positive * row.weight;
    } else if (const double part = weights.true_positive * row.weight; part > parts[row.window]) {
      raw += part - parts[row.window];
      parts[row.window] = part;
    }
    const bool group_complete = i + 1 == pool.size() || pool[i + 1].score != row.score;
    if (group_complete && raw > best.raw) best = {row.score, raw};
  }
  return best;
}

}  // namespace spindrift::nab
