// Predictors with a threshold that knows the noise, and the change of level they agree on.
#include "server/detect/robust_zscore.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace spindrift {
namespace {

constexpr double own_threshold = 5;
constexpr double clip = 2;      // in sigma
constexpr double ordinary = 3;  // in sigma
// Nine of sixteen flagged: a burst of eight passes as a burst, and a new level is adopted within ten points.
constexpr int adopt_flags = 9;
constexpr std::int32_t deaf_run = 50;
constexpr double deaf_ratio = 100;
constexpr std::uint32_t adopted_age = 5;
// Gently: ADWIN also cuts at every crest of a slow wave, and a scale that jumps there costs false flags.
constexpr std::uint32_t drifted_age = 150;
constexpr std::uint32_t started_age = 30;
constexpr double outliers_max = 0.06;
constexpr std::uint8_t still = 3;
constexpr double level_rate = 1.0 / 64;
constexpr double level_reach = 4;  // spreads
constexpr std::uint64_t level_points = 8;
constexpr std::uint64_t naive_points = 32;

double median_of(double a, double b, double c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

}  // namespace

robust_zscore::robust_zscore(const zscore_settings& settings) : settings_(&settings) {
  if (settings.seasonal) some().by_period = std::make_unique<season>();
}

robust_zscore::rarities& robust_zscore::some() {
  if (!seldom_) seldom_ = std::make_unique<rarities>();
  return *seldom_;
}

double robust_zscore::resolution() const {
  return std::max({smallest_step_, 0x1p-50 * std::abs(mean_), 1e-150});
}

// A wave without noise is predicted ever better; a millionth of its size is good enough.
double robust_zscore::floor() const {
  return std::max(1e-6 * spread_, resolution());
}

double robust_zscore::sigma(const track& one) const {
  return std::max(one.scale.sigma(), floor());
}

// A sharp bound of the errors is one of the values only where hardly anything of them is foretold.
double robust_zscore::threshold(const track& one, double width) const {
  return one.tail.edge() > 0 && width > spread_ ? one.tail.edge() : one.tail.threshold();
}

void robust_zscore::begin(double x) {
  recent_.fill(x);
  mean_ = last_learned_ = x;
  count_ = 1;
  keep(x);
}

void robust_zscore::update(double x, baseline_reading& reading) {
  const bool usable = std::isfinite(x);
  x = usable ? std::clamp(x, -value_max, value_max) : last_learned_;
  if (count_ == 0) {
    if (usable) begin(x);
    reading.expected = x;
    return;
  }
  // One floor for all that is measured before the level moves.
  const double least = floor();
  const double plain_width = std::max(track_.scale.sigma(), least);
  const robust_autoregression::forecast made = predict(std::max(spread_, least));
  const double prediction = made.value;
  const double error = x - prediction;
  season* const other = by_period();
  const double season_prediction = other ? other->predictor.predict(prediction) : prediction;
  const double season_error = x - season_prediction;
  const bool by_season = other && other->selected;
  const track& chosen = by_season ? other->own : track_;

  reading.expected = by_season ? season_prediction : prediction;
  const double width = by_season ? sigma(chosen) : plain_width;
  const double tail = threshold(chosen, width) / own_threshold;
  reading.sigma = width * tail;
  reading.tail = tail;
  reading.warmup = count_ < settings_->min_samples;
  if (!usable) return;
  if (!reading.warmup) {
    const double z = std::clamp((by_season ? season_error : error) / width, -z_max, z_max) / tail;
    reading.anomaly = std::abs(z) > threshold_or(*settings_, own_threshold);
    reading.z = drawn_in(z);
    if (reading.anomaly && other) {
      // Two predictors about as good: a point that one of them expected is no anomaly.
      const double limit = 1.5 * (by_season ? other->own_loss : other->other_loss);
      reading.anomaly = !is_ordinary(track_, other->other_loss, error, limit) &&
                        !is_ordinary(other->own, other->own_loss, season_error, limit);
    }
  }
  judge_rare(x, reading);
  if (reading.anomaly && !reading.rare && levels() && return_to_level(x, reading)) return;
  if (other) select(error, season_error);
  learn(x, {made, error, plain_width, least}, reading.anomaly, reading.expected);
}

// A stream that nearly always shows one value has no sigma; how often it leaves that value says more.
void robust_zscore::judge_rare(double x, baseline_reading& reading) {
  const rare_value::judgement seen = rare_.update(x);
  if (!seen.rules || reading.warmup) return;
  reading.rare = true;
  reading.expected = seen.usual;
  reading.z = seen.z;
  reading.anomaly = std::abs(seen.z) > threshold_or(*settings_, own_threshold) && seen.rare;
}

// Whatever was expected before, the course is that of the points from x on; the scale and the weights still hold.
void robust_zscore::begin_course(double x) {
  robust_autoregression::window past;
  past.fill(x);
  autoregression_.set_past(past);
  robust_autoregression::shift_in(x, recent_);
  last_learned_ = x;
  ++count_;
}

// A flagged value that is at a level which the stream goes back to is nothing odd: it is there again. Not while the
// first points are kept: each of them is gone through again.
bool robust_zscore::return_to_level(double x, baseline_reading& reading) {
  if (count_ < kept_max) return false;
  const known_levels::level* const there = levels()->find(x, floor());
  if (there == nullptr) return false;
  const known_levels::level known = *there;
  if (stayed_ > 1) {
    leave_level(1);
  } else {
    // Flagged as the one before it was: the scale is another level's, and would let no point be learned here.
    track_.scale.add(std::abs(x - known.mean), floor());
  }
  reading.anomaly = false;
  reading.expected = known.mean;
  reading.z = drawn_in(std::clamp((x - known.mean) / reading.sigma, -own_threshold, own_threshold));
  mean_ = known.mean;
  spread_ = known.spread;
  flags_ = 0;
  ties_ = 0;
  begin_course(x);
  return true;
}

// `gone`: the newest points, which were at the next level already.
void robust_zscore::leave_level(std::uint32_t gone) {
  if (!levels()) some().levels = std::make_unique<known_levels>();
  levels()->leave(mean_, spread_, stayed_ - std::min(stayed_, gone));
  stayed_ = gone;
}

void robust_zscore::bridge(double x, baseline_reading& reading) {
  if (count_ < kept_max || by_period() || !std::isfinite(x)) {
    update(x, reading);
    reading.anomaly = false;
    return;
  }
  x = std::clamp(x, -value_max, value_max);
  const double width = sigma(track_);
  const double bound = threshold(track_, width);
  reading = {.expected = x,
             .sigma = width * bound / own_threshold,
             .z = 0,
             .tail = bound / own_threshold,
             .anomaly = false,
             .warmup = count_ < settings_->min_samples};
  rare_.update(x);
  begin_course(x);
}

robust_autoregression::forecast robust_zscore::predict(double unit) {
  const bool is_naive = count_ < naive_points;
  // Always the same object, so that none of its 80 bytes is copied.
  robust_autoregression::forecast made =
      is_naive ? robust_autoregression::forecast{.value = median_of(recent_[0], recent_[1], recent_[2])}
               : autoregression_.predict(unit, mean_);
  if (is_naive || is_within_reason(made.value, unit)) return made;
  autoregression_.start_again();
  autoregression_.set_past(recent_);
  made = autoregression_.predict(unit, mean_);
  return made;
}

// Weights that were learned between two levels may send predictions ever further off, each of a flagged point being the
// past of the next. None is believed that lies further from the level, and from the newest values, than those go.
bool robust_zscore::is_within_reason(double prediction, double unit) const {
  const double usual = level_reach * unit;
  if (std::abs(prediction - mean_) <= usual) return true;
  const auto [least, most] = std::minmax_element(recent_.begin(), recent_.end());
  const double beyond = *most - *least + usual;
  return prediction >= *least - beyond && prediction <= *most + beyond;
}

bool robust_zscore::is_ordinary(const track& one, double loss, double error, double loss_limit) const {
  return loss <= loss_limit && std::abs(error) < ordinary * sigma(one);
}

// width, least: sigma(one) and floor().
void robust_zscore::follow(track& one, double error, double width, double least, bool settled) {
  const double size = std::abs(error);
  if (settled) one.tail.add(std::min(size / width, z_max));
  one.scale.add(size, least);
}

void robust_zscore::select(double error, double season_error) {
  season& other = *by_period();
  const double reach = 8 * std::min(sigma(track_), sigma(other.own));
  const double rate = std::max(0.01, 1 / static_cast<double>(count_));
  other.other_loss += (std::min(std::abs(error), reach) - other.other_loss) * rate;
  other.own_loss += (std::min(std::abs(season_error), reach) - other.own_loss) * rate;
  const double present = other.selected ? other.own_loss : other.other_loss;
  const double rival = other.selected ? other.other_loss : other.own_loss;
  if (rival < 0.9 * present) other.selected = !other.selected;
  follow(other.own, season_error, sigma(other.own), floor(), settling_ == 0);
}

void robust_zscore::learn(double x, const outcome& of, bool flagged, double expected) {
  const robust_autoregression::forecast& made = of.made;
  const double reach = clip * of.width;
  // A value that stands still (a bound, a sensor that hangs) says nothing about the noise.
  ties_ = x == recent_[0] ? static_cast<std::uint8_t>(std::min(ties_ + 1, 255)) : std::uint8_t{0};
  if (ties_ < still) follow(track_, of.error, of.width, of.least, settling_ == 0);
  if (settling_ > 0) --settling_;
  if (count_ < naive_points) {
    // Not yet in use.
  } else if (flagged) {
    autoregression_.pass(expected);
  } else {
    autoregression_.learn(std::clamp(x, made.value - reach, made.value + reach), made, of.error, reach);
  }
  if (season* const other = by_period()) other->predictor.learn(x, 4 * reach);
  robust_autoregression::shift_in(x, recent_);
  ++count_;
  if (stayed_ < std::numeric_limits<std::uint32_t>::max()) ++stayed_;
  const unsigned verdicts = 2U * flags_ + (flagged ? 1U : 0U);
  flags_ = static_cast<std::uint16_t>(verdicts & 0xFFFFU);
  const bool new_level = (flags_ != 0 && std::popcount(flags_) >= adopt_flags) || is_deaf();
  if (new_level) adopt();
  if (!flagged || new_level) follow_level(x);
  if (count_ <= kept_max) keep(x);
}

// Everything is small against what was before: after a value of 1e100 it would be for thousands of points.
bool robust_zscore::is_deaf() const {
  const std::int32_t run = track_.scale.quiet_run();
  if (run == 0 || run % deaf_run != 0 || sigma(track_) <= deaf_ratio * resolution()) return false;
  const auto [least, most] = std::minmax_element(recent_.begin(), recent_.end());
  return deaf_ratio * (*most - *least) < sigma(track_);
}

void robust_zscore::adopt() {
  leave_level(static_cast<std::uint32_t>(std::popcount(flags_)));
  // The second time in a row the weights themselves are to blame.
  if (settling_ > 0) autoregression_.start_again();
  autoregression_.adopt(recent_);
  find_level();
  // Eight values tell the scale roughly; the old one stays if it fits.
  track_.scale.restart(std::clamp(track_.scale.median(), spread_, 3 * spread_), adopted_age);
  track_.tail.halve();
  settling_ = adopted_settling;
  flags_ = 0;
}

void robust_zscore::find_level() {
  robust_autoregression::window sorted = recent_;
  const auto begin = sorted.begin();
  const auto held = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count_, sorted.size()));
  std::sort(begin, begin + held);
  mean_ = begin[held / 2];
  std::for_each(begin, begin + held, [this](double& value) { value = std::abs(value - mean_); });
  std::sort(begin, begin + held);
  spread_ = begin[held / 2];
}

void robust_zscore::follow_step(double from, double to) {
  const double step = std::abs(to - from);
  if (step > 0 && (smallest_step_ == 0 || step < smallest_step_)) smallest_step_ = step;
}

void robust_zscore::follow_level(double x) {
  // A spike during warm-up is not known as one yet, and its step would hide all that follow.
  if (count_ > naive_points) follow_step(last_learned_, x);
  last_learned_ = x;
  if (count_ <= level_points) return find_level();
  const double reach = level_reach * std::max({spread_, track_.scale.sigma(), resolution()});
  const double error = std::clamp(x - mean_, -reach, reach);
  mean_ += level_rate * error;
  spread_ += level_rate * (std::abs(error) - spread_);
}

void robust_zscore::keep(double x) {
  young_window& kept = some().kept;
  if (kept.size() == kept.capacity()) kept.reserve(kept.empty() ? kept_first : kept_max);
  kept.push_back(x);
  if (count_ == naive_points || count_ == kept_max / 2 || count_ == kept_max) run_again(kept_values());
  if (count_ < kept_max) return;
  kept.clear();
  if (!by_period() && !levels()) seldom_.reset();
}

std::vector<double> robust_zscore::kept_values() const {
  std::vector<double> values;
  if (!seldom_) return values;
  values.reserve(seldom_->kept.size());
  seldom_->kept.for_each([&](double value) { values.push_back(value); });
  return values;
}

// Half of what the first points teach is wrong when there are anomalies among them, and it takes hundreds of points to
// unlearn it. So they are gone through again, twice, from a fresh start and a scale that no outlier touches.
void robust_zscore::run_again(std::span<const double> kept) {
  track_.scale.restart(naive_scale(kept), started_age);
  autoregression_.start_again();
  std::size_t outliers = 0;
  const double least = floor();
  for (int round = 0; round < 2; ++round) {
    robust_autoregression::window past;
    past.fill(median_of(kept[0], kept[1], kept[2]));
    autoregression_.set_past(past);
    track_.tail = tail_histogram();
    outliers = 0;
    int outliers_run = 0;
    for (double x : kept) {
      const robust_autoregression::forecast made = autoregression_.predict(std::max(spread_, least), mean_);
      const double prediction = made.value;
      const double error = x - prediction;
      const double width = sigma(track_);
      follow(track_, error, width, least, true);
      const bool outlier = std::abs(error) > own_threshold * width;
      outliers += outlier ? 1 : 0;
      outliers_run = outlier ? outliers_run + 1 : 0;
      if (!outlier) {
        const double reach = clip * width;
        autoregression_.learn(std::clamp(x, prediction - reach, prediction + reach), made, error, reach);
      } else {
        autoregression_.pass(outliers_run <= adopt_flags / 2 ? prediction : x);
      }
    }
  }
  // Too many to be anomalies: a rare count, say, that is mostly 0. Its steps are how it is written.
  if (static_cast<double>(outliers) > outliers_max * static_cast<double>(kept.size())) {
    for (std::size_t i = 1; i < kept.size(); ++i) follow_step(kept[i - 1], kept[i]);
  }
}

double robust_zscore::naive_scale(std::span<const double> kept) {
  std::vector<double> sizes;
  sizes.reserve(kept.size());
  for (std::size_t i = 3; i < kept.size(); ++i) {
    sizes.push_back(std::abs(kept[i] - median_of(kept[i - 1], kept[i - 2], kept[i - 3])));
  }
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  return *middle;
}

void robust_zscore::relearn() {
  track_.scale.relearn(drifted_age);
  if (season* const other = by_period()) other->own.scale.relearn(drifted_age);
}

}  // namespace spindrift
