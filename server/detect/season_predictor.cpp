// Finds a period and predicts by what was one ago.
#include "server/detect/season_predictor.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr std::size_t pairs_max = 128;
// Than the shortest period that does well: or one of its multiples would win by chance.
constexpr double clearly_less = 0.75;
// Than the mean over all periods: noise has a best period too, and it would be followed into every burst.
constexpr double clearly_periodic = 0.5;

}  // namespace

double season_predictor::back(std::size_t steps) const {
  return history_[newest_ >= steps ? newest_ - steps : newest_ + history_.size() - steps];
}

double season_predictor::predict(double otherwise) const {
  // The newest value is one point ago.
  if (period_ == 0 || history_.size() < period_) return otherwise;
  const double one = back(period_ - 1);
  if (history_.size() < 3 * std::size_t{period_}) return one;
  const double two = back(2 * std::size_t{period_} - 1);
  const double three = back(3 * std::size_t{period_} - 1);
  return std::max(std::min(one, two), std::min(std::max(one, two), three));
}

void season_predictor::learn(double value, double reach) {
  if (history_.size() < history_max) {
    if (history_.size() == history_.capacity()) history_.reserve(std::min(history_max, history_.size() * 2 + 32));
    history_.push_back(value);
    newest_ = static_cast<std::uint32_t>(history_.size() - 1);
  } else {
    newest_ = newest_ + 1 == history_max ? 0 : newest_ + 1;
    history_[newest_] = value;
  }
  try_one(reach);
}

void season_predictor::try_one(double reach) {
  ++tried_;
  if (tried_ > period_max || 2 * std::size_t{tried_} > history_.size()) {
    // The round is over. A short history ends it early, so that a short period is found soon.
    const double usual = loss_sum_ / std::max(1.0, tried_ - 2.0);
    period_ = best_loss_ < clearly_periodic * usual ? best_period_ : 0;
    best_period_ = 0;
    best_loss_ = loss_sum_ = 0;
    tried_ = 1;
    return;
  }
  // The pairs spread over one and a half periods, or the flat part of a wave would fit every period; in steps that are
  // no whole number, or a regular pattern would hide between them.
  const std::size_t span = std::min(std::max(pairs_max, std::size_t{tried_} * 3 / 2), history_.size() - tried_);
  const std::size_t pairs = std::min(pairs_max, span);
  double loss = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::size_t at = i * span / pairs;
    loss += std::min(std::abs(back(at) - back(at + tried_)), reach);
  }
  loss /= static_cast<double>(pairs);
  loss_sum_ += loss;
  if (best_period_ == 0 || loss < clearly_less * best_loss_) {
    best_period_ = tried_;
    best_loss_ = loss;
  }
}

void season_predictor::forget() {
  history_.clear();
  newest_ = period_ = best_period_ = 0;
  tried_ = 1;  // the first point ends this round, and with it what it had added up
}

}  // namespace spindrift
