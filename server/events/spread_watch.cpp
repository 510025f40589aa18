// A fast and a slow average of log|error|.
#include "server/events/spread_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "server/events/short_mean.hpp"

namespace spindrift {
namespace {

constexpr double fast_rate = 1.0 / 40;
constexpr double slow_rate = 1.0 / 1'000;
constexpr std::uint32_t points_min = 150;
constexpr double smallest = 0.65;  // a factor of 1.8
constexpr double suspected = 0.6;  // of the limit
constexpr double astray = 0.4;
constexpr double strays = 5.5;  // in standard deviations of fast - slow
constexpr double record_factor = 1.25;
constexpr double record_fading = 0.985;  // a block
constexpr std::uint32_t record_block = 64;
constexpr double most_square = 6;  // times the variance
constexpr std::uint32_t beyond_min = 12;
constexpr std::uint32_t accept_points = 600;
constexpr double least_log = 3.5;  // an error below e^-3.5 of the usual counts as that
constexpr double most_log = 1.8;
constexpr double foretold = 0.1;  // of the way from value to value: what is foretold so well has no scatter
constexpr double motion_rate = 1.0 / 128;
constexpr double normal_log = 0.635;  // log sigma - E log|x| of a normal x

}  // namespace

double spread_watch::usual() const {
  return points_ > 20 ? std::exp(slow_ + normal_log) : 0;
}

double spread_watch::log_error(const observation& point) const {
  // Far below what the baseline can resolve an error is rounding.
  const double size = std::max({std::abs(point.error()), 0.02 * point.seen.baseline.sigma, foretold * motion_});
  const double floor = points_ > 0 ? slow_ - least_log : -300;
  const double logarithm = size > 0 ? std::log(size) : floor;
  if (points_ < 20) return std::max(logarithm, floor);
  return std::clamp(logarithm, floor, slow_ + most_log);
}

spread_watch::answer spread_watch::update(const observation& point, double before, double equal_share) {
  const bool flagged = point.is_beyond();
  motion_ += (points_ > 0 ? motion_rate : 0.0) *
             (std::min(std::abs(point.value - before), 8 * motion_ + point.seen.baseline.sigma) - motion_);
  const auto side = static_cast<std::int8_t>(flagged ? (point.error() > 0 ? 1 : -1) : 0);
  const bool same_side = side != 0 && side == last_flag_;
  last_flag_ = side;
  if (held_ > 0) {
    --held_;
    return {};
  }
  // A run to one side is a level, not a scatter.
  if ((equal_share > discrete && !is_told()) || same_side || point.seen.baseline.warmup) return {};
  const double logarithm = log_error(point);
  if (!std::isfinite(logarithm)) return {};
  if (points_ < std::numeric_limits<std::uint32_t>::max()) ++points_;
  const double rate = 1.0 / points_;
  move_toward(fast_, logarithm, std::max(fast_rate, rate));
  if (is_told()) return follow_told();
  move_toward(slow_, logarithm, std::max(slow_rate, rate));
  return watch(point, std::max(slow_rate, rate));
}

spread_watch::answer spread_watch::follow_told() {
  answer result;
  ++change_->told_points;
  const bool is_back = std::abs(stray()) < 0.4 * smallest;
  if (!is_back && change_->told_points < accept_points) return result;
  result.over = true;
  result.accepted = !is_back;
  if (!is_back) restart();
  change_.reset();
  return result;
}

// Both slower than a change of scatter shows: they must not chase it.
void spread_watch::learn_stray(double size, double rate) {
  move_toward(variance_, std::min(size * size, most_square * variance_), rate);
  now_ = std::max(now_, static_cast<float>(size));
  if (points_ % record_block != 0) return;
  if (points_ > points_min) record_ = std::max(static_cast<float>(record_ * record_fading), before_);
  before_ = now_;
  now_ = 0;
}

double spread_watch::limit() const {
  return std::max({smallest, strays * std::sqrt(static_cast<double>(variance_)), record_factor * record_});
}

// Most points are within the least that the limit may be: no root is drawn.
bool spread_watch::is_beyond(double size, double share) const {
  return points_ >= points_min && size >= share * smallest && size >= share * limit();
}

bool spread_watch::is_astray() const {
  return is_beyond(std::abs(stray()), astray);
}

spread_watch::answer spread_watch::watch(const observation& point, double rate) {
  const double size = std::abs(stray());
  const bool is_far = is_beyond(size, suspected);
  is_suspect_ = is_far && stray() > 0;
  if (!is_far || !is_beyond(size, 1)) {
    change_.reset();
    learn_stray(size, rate);
    return {};
  }
  return follow_stray(point, size);
}

// One that is no stray of a usual scatter any more, if it lasts.
spread_watch::answer spread_watch::follow_stray(const observation& point, double size) {
  answer result;
  if (!change_) change_ = std::make_unique<change>();
  if (change_->beyond++ == 0) {
    change_->from_n = point.n;
    change_->from = point.ts;
  }
  if (change_->beyond < beyond_min) return result;
  change_->told = true;
  change_->told_points = 0;
  change_->is_up = stray() > 0;
  finding found;
  found.kind = event_kind::spread;
  found.direction = change_->is_up ? event_direction::up : event_direction::down;
  found.from_n = change_->from_n;
  found.from = change_->from;
  found.points = point.n - change_->from_n + 1;
  found.value = point.value;
  found.expected = point.seen.baseline.expected;
  found.before = std::exp(slow_ + normal_log);
  found.after = std::exp(fast_ + normal_log);
  found.nines = std::min(4 + 0.7 * (size / std::sqrt(static_cast<double>(variance_)) - strays), 12.0);
  found.size = std::exp(size);
  result.found = found;
  return result;
}

void spread_watch::restart() {
  slow_ = fast_;
  points_ = points_min;
  record_ = std::max(record_, static_cast<float>(smallest / record_factor));
}

}  // namespace spindrift
