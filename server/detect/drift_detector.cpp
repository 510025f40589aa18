// Drift by ADWIN, on values that the baseline has judged first.
#include "server/detect/drift_detector.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace spindrift {

namespace {

constexpr double range_in_sigmas = 0.9;
constexpr double range_in_tails = 0.40;
constexpr double reach_in_sigmas = 7.0;
// On top of the published log term: it pays for looking twice as often and for the heavier tails. With it the median
// delay on a shift of one sigma is some 46 values, at less than one false alarm in a million.
constexpr double caution = 1.0;

// Contrasts of waves need a few pairs to show: scenario streams with periods up to 150 raise no alarm from here on.
constexpr std::uint64_t warm_up = 100;

// The contrast of a level counts for what it surely is: divided by 1 + 1.5 standard errors of such a mean.
constexpr double sure = 1.5;
// It shows that the stream is not independent noise when it exceeds that of single values by 3 standard errors.
constexpr double telling = 3.0;
constexpr unsigned pairs_min = 2;
constexpr double first_cube = 2.0;  // E|d|^3 / sigma^3; Gaussian noise has 1.6, exponential 2.4
constexpr double past_crest = 0.05;
constexpr unsigned crest_pairs_min = 3;
// The values go one way: so many standard errors of the mean step, and steps vary far less than levels.
constexpr double trend_sure = 8.0;
constexpr double trend_gain = 0.25;
// Levels of a stream of steps whose variance is no more than this of the steps' has levels after all.
constexpr std::uint32_t path_points = 256;
constexpr double path_level = 4.0;
constexpr std::uint32_t sharp_points = 96;

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
  ++seldom().n_refused;
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
  scale_exponent_ = static_cast<std::int16_t>(-std::clamp(std::ilogb(y), -exponent_max, exponent_max));
  scaled_ = true;
  return y * scale();
}

// From a saved state.
bool drift_detector::take_scale(double scale) {
  if (!(scale > 0.0 && std::isfinite(scale)) || std::abs(std::ilogb(scale)) > exponent_max) return false;
  scale_exponent_ = static_cast<std::int16_t>(std::ilogb(scale));
  return this->scale() == scale;
}

double drift_detector::rein_in(double y, double& deviation) {
  deviation = reach_;
  reach_ *= 2.0;
  return mean_ + std::copysign(deviation, y - mean_);
}

// A value as the window has it.
inline double drift_detector::measure(double x) {
  double y = (x - origin_) * scale();
  if (!scaled_) y = take_bearings(x);
  if (by_steps_) y = step_to(y);
  double d = std::fabs(y - mean_);
  if (d > reach_) y = rein_in(y, d);
  cubes_ += d * d * d;
  return y;
}

void drift_detector::settle() {
  for (double& waiting : window_.pending()) waiting = measure(waiting);
  wander_.add(window_.pending(), wander_count());
  contrast_.add(window_.pending());
  window_.flush();
}

// E|d|^3 with about the window's memory, around the mean of a moment ago: it need not be exact, but must not depend on
// when the state was looked at or saved, hence a rhythm of its own.
void drift_detector::learn_tail() {
  if (n_seen_ == 0) n_seen_ = within_32_bits(std::uint64_t{1} << 32U);
  settle();
  const double share = std::min(1.0, static_cast<double>(batch) / window_.width());
  const double variance = window_.variance_sum() / window_.width();
  // The first batch was measured around its first value, which says little: it is taken for noise with some tail.
  const bool first = window_.width() <= static_cast<double>(batch);
  const double cube = first ? first_cube * variance * std::sqrt(variance) : cubes_ / static_cast<double>(batch);
  third_moment_ += (cube - third_moment_) * share;
  cubes_ = 0.0;
  mean_ = window_.mean();
  reach_ = n_seen_ >= warm_up && variance > 0.0 ? reach_in_sigmas * std::sqrt(variance) : INFINITY;
}

double drift_detector::tail_range(double variance) const {
  return std::max(range_in_sigmas * std::sqrt(variance), range_in_tails * third_moment_ / variance);
}

// What is left of the sums of a window that was longer is more rounding than it may be for its own values.
template <class TooLong>
void drift_detector::shorten(const TooLong& is_too_long) {
  if (!is_too_long()) return;
  while (is_too_long()) window_.drop_oldest();
  window_.sum_anew();
}

std::optional<drift_cut> drift_detector::tick() {
  until_tick_ = look_every();
  if (sharp_left_ > 0) --sharp_left_;
  settle();
  shorten([this] { return window_.n_rows() > rows_max; });
  if (!std::isfinite(window_.total()) || !std::isfinite(window_.variance_sum()) || !std::isfinite(third_moment_)) {
    reset();
    return std::nullopt;
  }
  if (by_steps_ && seldom_->way.points >= path_points) {
    follow_path();
    return std::nullopt;
  }
  const double width = window_.width();
  const double variance = window_.variance_sum() / width;
  // Without any variance there is nothing to cut, and no scale to measure it on.
  if (wander_count() < warm_up || !(width > static_cast<double>(window_.settings().grace_period)) ||
      !(variance > 0.0) || !window_.may_exceed(tail_range(variance))) {
    return std::nullopt;
  }
  if (!best_cut()) return std::nullopt;
  // Of many values the sums may have drifted from the buckets by what the cut is made of.
  window_.sum_anew();
  const std::optional<boundary> cut = best_cut();
  if (!cut) return std::nullopt;
  if (!is_step(*cut)) {
    follow_trend();
    return std::nullopt;
  }
  const double range = tail_range(variance);
  shorten([&] { return window_.width() > cut->n1; });
  ++n_detections_;
  mean_ = window_.mean();
  contrast_.restart();
  wander_.restart();
  has_level_ = true;
  sharp_left_ = 0;
  return told(*cut, range);
}

// Of a mean in the window's units. What rounding leaves of the origin is none.
double drift_detector::level_of(double y) const {
  constexpr double rounding = 0x1p-45;
  const double level = origin_ + y / scale();
  return std::fabs(level) > rounding * std::fabs(origin_) ? level : 0.0;
}

drift_cut drift_detector::told(const boundary& cut, double range) {
  drift_cut made;
  made.width = window_.width();
  made.mean = by_steps_ ? window_.mean() / scale() : mean();
  made.before = by_steps_ ? cut.mean0 / scale() : level_of(cut.mean0);
  made.of_steps = by_steps_;
  made.older_width = cut.n0;
  made.log_term = cut.log_term;
  made.variance = cut.variance / scale() / scale();
  made.range = range / scale();
  made.bound =
      (std::sqrt(2.0 * cut.m * cut.variance * cut.log_term) + (2.0 / 3.0) * cut.log_term * cut.m * range) / scale();
  return made;
}

// Of all boundaries that are cuts the one that leaves the least variance in two levels: there the change most likely
// was, and nothing older belongs to what the stream is now.
std::optional<drift_detector::boundary> drift_detector::best_cut() {
  const double variance = window_.variance_sum() / window_.width();
  const double least = static_cast<double>(window_.settings().min_window_length);
  const double dp = window_.log_term() + caution;
  const double range = tail_range(variance);
  std::optional<variance_table> table;  // made when the plain variance finds a cut: seldom, but for wavy streams
  std::optional<boundary> best;
  double most = 0.0;
  window_.find_boundary([&](double n0, double u0, double n1, double u1) {
    const double m = 1.0 / (n0 - least + 1.0) + 1.0 / (n1 - least + 1.0);
    const double excess = std::fabs(u0 / n0 - u1 / n1) - (2.0 / 3.0) * dp * m * range;
    if (!(excess > std::sqrt(2.0 * m * variance * dp))) return false;
    if (!table) table = tabulate();
    const double seen_variance = table->of(std::min(n0, n1));
    if (!(excess > std::sqrt(2.0 * m * seen_variance * dp))) return false;
    const double gap = u0 / n0 - u1 / n1;
    const double explained = n0 * n1 * gap * gap;
    const double rounding = window_.rounding(std::fabs(u0) + std::fabs(u1));
    if (explained > most && n0 * n1 * std::fabs(gap) > rounding * window_.width()) {
      most = explained;
      best = boundary{n0, n1, u0 / n0, u1 / n1, m, std::max(variance, seen_variance), dp};
    }
    return false;
  });
  return best;
}

// Two levels describe the window better than any wandering mean does; or the baseline saw the step; or the bound knows
// the waves.
bool drift_detector::is_step(const boundary& cut) {
  if (sharp_left_ > 0 && cut.n1 <= sharp_points) return true;
  const double gap = cut.mean1 - cut.mean0;
  const double rest = within(cut);
  const double error = wander_.error_variance(wander_count());
  const double sure_gap = seldom_ ? seldom_->sure_gap : 0.0;
  if (rest <= error || (sure_gap > 0.0 && std::abs(gap) > sure_gap * scale())) return true;
  return wander_.has_leapt(gap, wander_count()) || knows_its_waves();
}

double drift_detector::within(const boundary& cut) const {
  const double width = window_.width();
  const double gap = cut.mean0 - cut.mean1;
  return (window_.variance_sum() - cut.n0 * cut.n1 / width * gap * gap) / width;
}

// A counter or a steep slope has no level: what can change is its step. The window begins anew with steps.
void drift_detector::follow_trend() {
  const double variance = window_.variance_sum() / window_.width();
  if (by_steps_ || wander_.trend(wander_count()) < trend_sure) return;
  if (wander_.step_variance(wander_count()) > trend_gain * variance) return;
  const double level = wander_.newest_level();
  take_up(true);
  seldom_->way.newest = seldom_->way.entry = level;
}

// And a stream of steps whose levels stay together has levels again.
void drift_detector::follow_path() {
  path& way = seldom_->way;
  const double square = way.square / way.points;
  way.points = 0;
  way.square = 0.0;
  way.entry = way.newest;
  if (square < path_level * wander_.step_variance(wander_count())) take_up(false);
}

drift_detector::rarities& drift_detector::seldom() {
  if (!seldom_) seldom_ = std::make_unique<rarities>();
  return *seldom_;
}

void drift_detector::take_up(bool steps) {
  by_steps_ = steps;
  if (steps) seldom().way = path{};
  mean_ = cubes_ = third_moment_ = 0.0;
  reach_ = INFINITY;
  window_.clear();
  contrast_ = block_contrast();
  wander_ = wander_watch();
  has_level_ = false;
}

double drift_detector::step_to(double y) {
  path& way = seldom_->way;
  const double step = y - way.newest;
  way.newest = y;
  const double distance = y - way.entry;
  way.square += distance * distance;
  ++way.points;
  return step;
}

// The contrast has risen above that of single values and fallen again: the stream varies on scales shorter than what
// was seen of it, and the bound has counted that in.
bool drift_detector::knows_its_waves() const {
  double most = 0.0;
  double last = 0.0;
  for (std::size_t j = 0; j < contrast_.n_levels(); ++j) {
    const block_contrast::figure seen = contrast_.at(j);
    if (seen.n_pairs < crest_pairs_min) break;
    last = seen.variance;
    most = std::max(most, last);
  }
  return last < past_crest * most;
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
  ++seldom().n_resets;
  origin_ = mean_ = cubes_ = third_moment_ = 0.0;
  reach_ = INFINITY;
  scale_exponent_ = 0;
  n_seen_ = 0;
  started_ = scaled_ = false;
  take_up(false);
}

double drift_detector::mean() {
  settle();
  return level_of(by_steps_ ? seldom_->way.newest : window_.mean());
}

double drift_detector::total() {
  settle();
  return origin_ * window_.width() + window_.total() / scale();
}

double drift_detector::variance_sum() {
  settle();
  return window_.variance_sum() / scale() / scale();
}

}  // namespace spindrift
