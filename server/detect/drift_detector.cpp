#include "server/detect/drift_detector.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace spindrift {

namespace {

// 0.9 rather than 1 makes up for the points that the other parts of the bound cost: the median delay on a shift of one
// sigma is then that of river's ADWIN on data of variance 1, at about one false alarm in a million values.
constexpr double range_in_sigmas = 0.9;
constexpr double range_in_tails = 0.45;
constexpr double reach_in_sigmas = 50.0;

// Contrasts of waves need a few pairs to show: scenario streams with periods up to 150 raise no alarm from here on.
constexpr std::uint64_t warm_up = 100;

// The contrast of a level counts for what it surely is: divided by 1 + 1.5 standard errors of such a mean.
constexpr double sure = 1.5;
// It shows that the stream is not independent noise when it exceeds that of single values by 3 standard errors.
constexpr double telling = 3.0;
constexpr unsigned pairs_min = 2;

// Rows of the window: with 22 at 5 buckets it holds 17 to 21 million values.
constexpr std::size_t rows_max = 22;

double relative_error(unsigned n) {
  return std::sqrt(2.0 / static_cast<double>(n));
}

}  // namespace

struct drift_detector::variance_table {
  std::array<double, 64> by_size;
  std::size_t top;  // last one filled

  double of(double n) const {
    return by_size[std::min<std::size_t>(std::bit_width(static_cast<std::uint64_t>(n)) - std::size_t{1}, top)];
  }
};

std::optional<drift_cut> drift_detector::refuse() {
  ++n_refused_;
  return std::nullopt;
}

// The first value becomes the origin, the first that differs from it the unit. Until then the window holds only zeros,
// which are the same in any unit.
double drift_detector::take_bearings(double x) {
  if (!started_) {
    origin_ = x;
    started_ = true;
  }
  const double y = x - origin_;
  if (y == 0.0) return 0.0;
  // Within the range in which both the scale and its inverse are ordinary numbers.
  scale_ = std::ldexp(1.0, -std::clamp(std::ilogb(y), -1000, 1000));
  scaled_ = true;
  return y * scale_;
}

double drift_detector::rein_in(double y, double& deviation) {
  deviation = reach_;
  reach_ *= 2.0;
  return mean_ + std::copysign(deviation, y - mean_);
}

void drift_detector::settle() {
  contrast_.add(window_.pending());
  window_.flush();
}

// E|d|^3 with about the window's memory, around the mean of a moment ago: it need not be exact, but must not depend on
// when the state was looked at or saved, hence a rhythm of its own.
void drift_detector::learn_tail() {
  settle();
  const double share = std::min(1.0, static_cast<double>(batch) / window_.width());
  third_moment_ += (cubes_ / static_cast<double>(batch) - third_moment_) * share;
  cubes_ = 0.0;
  mean_ = window_.mean();
  const double variance = window_.variance_sum() / window_.width();
  reach_ = n_seen_ >= warm_up && variance > 0.0 ? reach_in_sigmas * std::sqrt(variance) : INFINITY;
}

double drift_detector::tail_range(double variance) const {
  return std::max(range_in_sigmas * std::sqrt(variance), range_in_tails * third_moment_ / variance);
}

std::optional<drift_cut> drift_detector::tick() {
  until_tick_ = window_.settings().clock;
  settle();
  while (window_.n_rows() > rows_max) window_.drop_oldest();
  if (!std::isfinite(window_.total()) || !std::isfinite(window_.variance_sum()) || !std::isfinite(third_moment_)) {
    reset();
    return std::nullopt;
  }
  const double width = window_.width();
  const double variance = window_.variance_sum() / width;
  // Without any variance there is nothing to cut, and no scale to measure it on.
  if (n_seen_ < warm_up || !(width > static_cast<double>(window_.settings().grace_period)) || !(variance > 0.0) ||
      !window_.may_exceed(tail_range(variance))) {
    return std::nullopt;
  }
  const double total = window_.total();
  while (has_cut()) window_.drop_oldest();
  const double dropped = width - window_.width();
  if (dropped == 0.0) return std::nullopt;
  ++n_detections_;
  mean_ = window_.mean();
  contrast_.restart();
  return drift_cut{window_.width(), mean(), origin_ + (total - window_.total()) / dropped / scale_};
}

bool drift_detector::has_cut() {
  const double variance = window_.variance_sum() / window_.width();
  if (!(variance > 0.0)) return false;
  const double least = static_cast<double>(window_.settings().min_window_length);
  const double dp = window_.log_term();
  const double range = tail_range(variance);
  std::optional<variance_table> table;  // made when the plain variance finds a cut: seldom, but for wavy streams
  return window_.find_boundary([&](double n0, double u0, double n1, double u1) {
    const double m = 1.0 / (n0 - least + 1.0) + 1.0 / (n1 - least + 1.0);
    const double excess = std::fabs(u0 / n0 - u1 / n1) - (2.0 / 3.0) * dp * m * range;
    if (!(excess > std::sqrt(2.0 * m * variance * dp))) return false;
    if (!table) table = tabulate();
    return excess > std::sqrt(2.0 * m * table->of(std::min(n0, n1)) * dp);
  });
}

// The mean of 2^r values varies around a long mean by the sum over j >= r of A_j / 2^(j+1), A_j being the contrast of
// level j, and A_J / 2^(J+1) for all above the last; times 2^r it is the variance that independent values would need.
// A_j is taken as no less than S/W and than that of any lower level. Levels that are not known yet continue the last
// one, and if the known ones tell of more than noise, double from one to the next, as those of a wave do below its
// period.
drift_detector::variance_table drift_detector::tabulate() const {
  variance_table table;
  table.top = static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(window_.width()))) - 1;
  double level_variance = window_.variance_sum() / window_.width();
  const block_contrast::figure single = contrast_.at(0);
  bool known = true;
  bool telling_found = false;
  for (std::size_t j = 0; j <= table.top; ++j) {
    const block_contrast::figure seen = contrast_.at(j);
    known = known && seen.n_pairs >= pairs_min;
    if (known) {
      const double error = relative_error(seen.n_pairs);
      const double noise = single.variance * (1.0 + telling * std::hypot(error, relative_error(single.n_pairs)));
      telling_found = telling_found || seen.variance > noise;
      level_variance = std::max(level_variance, seen.variance / (1.0 + sure * error));
    } else if (telling_found) {
      level_variance *= 2.0;
    }
    table.by_size[j] = level_variance;
  }
  // From A_j to the tail sums, times 2^j: each level is half its own contrast and half the sum of the level above.
  for (std::size_t j = table.top; j-- > 0;) table.by_size[j] = 0.5 * (table.by_size[j] + table.by_size[j + 1]);
  return table;
}

void drift_detector::reset() {
  ++n_resets_;
  origin_ = mean_ = cubes_ = third_moment_ = 0.0;
  reach_ = INFINITY;
  scale_ = 1.0;
  n_seen_ = 0;
  started_ = scaled_ = false;
  window_.clear();
  contrast_ = block_contrast();
}

double drift_detector::mean() {
  settle();
  return origin_ + window_.mean() / scale_;
}

double drift_detector::total() {
  settle();
  return origin_ * window_.width() + window_.total() / scale_;
}

double drift_detector::variance_sum() {
  settle();
  return window_.variance_sum() / scale_ / scale_;
}

}  // namespace spindrift
