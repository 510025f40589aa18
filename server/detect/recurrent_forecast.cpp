// Shows a network what comes, and judges by how far it was off.
#include "server/detect/recurrent_forecast.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <utility>

#include "server/detect/complaint.hpp"

namespace spindrift {
namespace {

constexpr int many_flags = 9;  // of sixteen

double distance(double a, double b) {
  return std::min(std::abs(a * 0.5 - b * 0.5), 1e300) * 2;
}

}  // namespace

std::vector<std::string> validate(const recurrent_settings& settings) {
  std::vector<std::string> complaints;
  complain_unless_in(complaints, "--lstm-threshold", settings.threshold, 0.1, 100.0);
  return complaints;
}

recurrent_forecast::recurrent_forecast(const recurrent_settings& settings, std::size_t values,
                                       std::shared_ptr<recurrent_weights> shared)
    : settings_(settings),
      network_(2 * values, values, std::move(shared)),
      channels_(values),
      shown_(2 * values),
      errors_(values) {
  assert(validate(settings).empty());
}

forecast_reading recurrent_forecast::update(std::span<const double> values, bool learns_all) {
  assert(values.size() == channels_.size());
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) return {};
  forecast_reading reading;
  const bool is_settled = channels_.front().scale.is_settled();
  if (is_settled) reading.score = judge(values) / settings_.threshold;
  reading.anomaly = reading.score > 1;
  flags_ = static_cast<std::uint16_t>(static_cast<unsigned>(flags_) << 1U | (reading.anomaly ? 1U : 0U));
  const bool is_adopted = std::popcount(flags_) >= many_flags;
  if (is_adopted) flags_ = 0;
  learn(values, reading.anomaly && !learns_all, is_adopted);
  ++seen_;
  return reading;
}

std::size_t recurrent_forecast::grown_bytes(std::size_t values, bool is_shared) {
  return sizeof(recurrent_forecast) + values * (sizeof(channel) + 3 * sizeof(float)) +
         recurrent_network::grown_bytes(2 * values, values, is_shared) + 128;
}

double recurrent_forecast::judge(std::span<const double> values) const {
  double worst = 0;
  for (std::size_t k = 0; k < channels_.size(); ++k) {
    const channel& of = channels_[k];
    worst = std::max(worst, of.errors.judge(distance(values[k], of.foretold), of.scale.least_error()));
  }
  return worst;
}

void recurrent_forecast::learn(std::span<const double> values, bool is_flagged, bool is_adopted) {
  const bool is_settled = channels_.front().scale.is_settled();
  for (std::size_t k = 0; k < channels_.size(); ++k) {
    channel& of = channels_[k];
    const bool is_first = seen_ == 0;
    const double off = distance(values[k], of.foretold);
    if (is_settled) {
      // Of the sign that makes the forecast larger where it was too small.
      errors_[k] = std::clamp(of.scale.step_of(of.foretold, values[k]), -1.0F, 1.0F);
      of.errors.add(off, of.scale.least_error());
    }
    const double taken = is_flagged && !is_adopted ? of.foretold : values[k];
    if (is_adopted) {
      of.errors.relearn();
      of.scale.jump(taken);
    }
    of.scale.follow(taken, is_first ? taken : of.last);
    const float step = of.scale.step_of(taken, is_first || is_adopted ? taken : of.last);
    shown_[2 * k] = of.scale.level_of(taken);
    shown_[2 * k + 1] = step;
    of.last = taken;
    of.foretold = taken;
  }
  if (!is_settled) return;
  if (!is_flagged) network_.correct(errors_);
  network_.show(shown_);
  for (std::size_t k = 0; k < channels_.size(); ++k) {
    channel& of = channels_[k];
    const double next = of.last + static_cast<double>(network_.forecast()[k]) * of.scale.spread();
    of.foretold = std::clamp(next, -1e308, 1e308);
  }
}

}  // namespace spindrift
