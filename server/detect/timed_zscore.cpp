// The robust baseline with what the clock expects.
#include "server/detect/timed_zscore.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr double loss_gain = 1.0 / 256;
constexpr std::uint32_t compared_min = 150;  // the second baseline has gone through its first points
constexpr double takes_over = 0.97;
constexpr double gives_back = 1.05;
constexpr double of_a_step = 0.1;
constexpr double clearly = 0.9;
constexpr double about_as_good = 1.5;
constexpr double ordinary = 3;
constexpr double ordinary_at_first = 4;  // while the second baseline is too young to say
constexpr double explained = 0.5;        // then it must have foretold half of the way there as well
constexpr double reach_in_sigmas = 8;
constexpr double few_seconds = 5;
constexpr std::uint64_t one_in = 7;

void judge_by(robust_zscore& by, double x, bool after_hole, baseline_reading& seen) {
  after_hole ? by.bridge(x, seen) : by.update(x, seen);
}

}  // namespace

timed_zscore::season_now timed_zscore::update(double x, double t, double interval, bool after_hole,
                                              feature_reading& seen) {
  const std::uint64_t before = plain_.count();
  const season_now now = judge(x, t, interval, after_hole, seen);
  // Until then as many have come as the baseline has counted.
  if (!seldom_ && (seen.baseline.anomaly || plain_.count() == before)) seldom_ = std::make_unique<rarities>(before);
  if (!seldom_) return now;
  const rhythm::verdict beat = seldom_->beats.update(seen.baseline.anomaly ? std::abs(x - seen.baseline.expected) : 0);
  seen.beat = beat == rhythm::verdict::beat;
  seen.beat_missing = beat == rhythm::verdict::missing;
  const bool is_out = seen.baseline.anomaly && !seen.beat;
  seen.lasts = seldom_->runs.update(!is_out ? 0 : x > seen.baseline.expected ? 1 : -1);
  return now;
}

bool timed_zscore::season_counts(double x, const std::optional<clock_expectation::figure>& expected) {
  if (!expected || !std::isfinite(x)) return false;
  if (!seldom_) seldom_ = std::make_unique<rarities>(plain_.count() - 1);  // this point comes to it with its anomaly
  if (!seldom_->by_clock) seldom_->by_clock = std::make_unique<season>();
  return seldom_->by_clock->share.update(std::clamp(x, -value_max, value_max), expected->season);
}

timed_zscore::season_now timed_zscore::judge(double x, double t, double interval, bool after_hole,
                                             feature_reading& seen) {
  judge_by(plain_, x, after_hole, seen.baseline);
  const auto expected = clock_.expect(t);
  if (std::isfinite(x)) teach_clock(std::clamp(x, -value_max, value_max), t, interval);
  season_now now;
  now.counts = season_counts(x, expected);
  if (season* const known = by_clock()) {
    now.is_other = now.counts != known->counts;
    known->counts = now.counts;
  }
  if (now.counts) now.value = expected->season;
  if (!expected || !expected->known || !(expected->sigma > 0) || !std::isfinite(x)) return now;
  season& own = *by_clock();
  const double sigma = expected->sigma;
  const double y = std::clamp((x - expected->expected) / sigma, -z_max, z_max);
  seen.clock = clock_reading{expected->expected, sigma, drawn_in(y)};
  if (!own.rest) own.rest = std::make_unique<robust_zscore>(plain_.settings());
  baseline_reading rest;
  judge_by(*own.rest, y, after_hole, rest);
  own.compare(std::abs(x - seen.baseline.expected), std::abs(y - rest.expected) * sigma, reach_in_sigmas * sigma);
  seen.clock->plain_error = own.plain_loss;
  seen.clock->error = own.rest_loss;
  seen.clock->judges = own.judges && own.compared >= compared_min;
  if (own.compared < compared_min) {
    const bool expected_most = std::abs(x - expected->expected) < explained * std::abs(x - seen.baseline.expected);
    seen.baseline.anomaly = seen.baseline.anomaly && !(std::abs(y) <= ordinary_at_first && expected_most);
    return now;
  }
  if (!own.judges) {
    const bool expected_there = std::abs(rest.z) < ordinary && own.rest_loss <= about_as_good * own.plain_loss;
    seen.baseline.anomaly = seen.baseline.anomaly && !expected_there;
    return now;
  }
  const bool expected_here = std::abs(seen.baseline.z) < ordinary && !seen.baseline.rare;
  // Of a line nothing but rounding is left by the clock: far below the steps in which the values come nothing is odd.
  const double least = of_a_step * plain_.resolution();
  const double width = sigma * rest.sigma;
  const bool is_rounding = width <= least && std::abs(x - expected->expected - sigma * rest.expected) < least;
  const bool anomaly = rest.anomaly && !is_rounding && (own.rest_loss < clearly * own.plain_loss || !expected_here);
  seen.baseline = {.expected = expected->expected + sigma * rest.expected,
                   .sigma = std::max(width, least),
                   .z = is_rounding ? rest.z * (width / least) : rest.z,
                   .tail = rest.tail,
                   .anomaly = anomaly,
                   .warmup = seen.baseline.warmup,
                   .rare = rest.rare};
  return now;
}

// Where points come every few seconds one in seven stands for all: of each minute, which is the shortest time that is
// told from others, one is seen at least, and of several minutes each second.
void timed_zscore::teach_clock(double x, double t, double interval) {
  const bool is_fast = interval > 0 && interval <= few_seconds;
  if (is_fast && plain_.count() % one_in != 1) return;
  clock_.learn(x, t, is_fast ? interval * one_in : interval);
}

void timed_zscore::season::compare(double plain_error, double rest_error, double reach) {
  if (compared < 1000000) ++compared;
  const double gain = std::max(loss_gain, 1.0 / compared);
  plain_loss += gain * (std::min(plain_error, reach) - plain_loss);
  rest_loss += gain * (std::min(rest_error, reach) - rest_loss);
  judges = rest_loss < (judges ? gives_back : takes_over) * plain_loss;
}

void timed_zscore::relearn() {
  plain_.relearn();
  if (by_clock() && by_clock()->rest) by_clock()->rest->relearn();
}

}  // namespace spindrift
