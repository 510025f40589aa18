// Finds the groups, passes features through their autoencoders and judges how they come out.
#include "server/detect/autoencoder_ensemble.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <utility>

#include "server/detect/complaint.hpp"
#include "server/detect/isolation_tree.hpp"
#include "server/detect/squash.hpp"

namespace spindrift {
namespace {

constexpr float rate = 0.005F;
constexpr float weight_max = 1e6F;  // far beyond what any stream teaches
constexpr float slope_max = 1.0F;
constexpr double least_error = 1e-6;
constexpr double error_max = 1e6;
constexpr int many_flags = 9;  // of sixteen
constexpr std::uint64_t weight_seed = 0x6175'746f'656e'6331ULL;

float drawn_in(float x) {
  return std::min(slope_max, std::max(-slope_max, x));
}

}  // namespace

std::vector<std::string> validate(const autoencoder_settings& settings) {
  std::vector<std::string> complaints;
  complain_unless_in(complaints, "--autoencoder-threshold", settings.threshold, 0.1, 100.0);
  return complaints;
}

small_autoencoder::small_autoencoder(std::size_t width, std::uint64_t number)
    : width_(static_cast<std::uint32_t>(width)) {
  assert(width > 0 && width <= width_max);
  split_mix random(weight_seed + number);
  for (std::size_t j = 0; j < units; ++j) {
    for (std::size_t i = 0; i < width; ++i) {
      in_weights_[j][i] = static_cast<float>(random.unit() - 0.5);
      out_weights_[j][i] = static_cast<float>(random.unit() - 0.5);
    }
  }
}

const small_autoencoder::row& small_autoencoder::pass(const row& in) {
  in_ = in;
  out_ = out_bias_;
  for (std::size_t j = 0; j < units; ++j) {
    float sum = in_bias_[j];
    for (std::size_t i = 0; i < width_max; ++i) sum += in_weights_[j][i] * in_[i];
    hidden_[j] = squash(sum);
    for (std::size_t i = 0; i < width_max; ++i) out_[i] += out_weights_[j][i] * hidden_[j];
  }
  return out_;
}

void small_autoencoder::learn() {
  row off{};
  for (std::size_t i = 0; i < width_; ++i) off[i] = rate * drawn_in(out_[i] - in_[i]);
  for (std::size_t j = 0; j < units; ++j) {
    float blame = 0;
    for (std::size_t i = 0; i < width_max; ++i) blame += off[i] * out_weights_[j][i];
    for (std::size_t i = 0; i < width_max; ++i) out_weights_[j][i] -= off[i] * hidden_[j];
    blame *= 1 - hidden_[j] * hidden_[j];
    for (std::size_t i = 0; i < width_max; ++i) in_weights_[j][i] -= blame * in_[i];
    in_bias_[j] -= blame;
  }
  for (std::size_t i = 0; i < width_max; ++i) out_bias_[i] -= off[i];
}

bool small_autoencoder::is_finite() const {
  const auto are_finite = [](const auto& all) {
    return std::all_of(all.begin(), all.end(), [](float value) { return std::abs(value) < weight_max; });
  };
  return std::all_of(in_weights_.begin(), in_weights_.end(), are_finite) &&
         std::all_of(out_weights_.begin(), out_weights_.end(), are_finite) && are_finite(in_bias_) &&
         are_finite(out_bias_);
}

// From the correlations of the points: each group begins with the first feature that is left, and takes those that are
// nearest to it.
void autoencoder_groups::find(std::span<const float> points) {
  const std::size_t width = width_;
  const std::size_t count = points.size() / width;
  const auto per_point = static_cast<double>(count);
  const auto row = [points, width](std::size_t point) { return points.data() + point * width; };
  std::vector<double> means(width);
  std::vector<double> spreads(width);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t p = 0; p < count; ++p) means[i] += static_cast<double>(row(p)[i]) / per_point;
    for (std::size_t p = 0; p < count; ++p) {
      const double off = static_cast<double>(row(p)[i]) - means[i];
      spreads[i] += off * off;
    }
  }
  const auto nearness = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t p = 0; p < count; ++p) {
      sum += (static_cast<double>(row(p)[a]) - means[a]) * (static_cast<double>(row(p)[b]) - means[b]);
    }
    return sum * sum / (spreads[a] * spreads[b] + 1e-30);
  };
  std::vector<std::uint8_t> left(width);
  for (std::size_t i = 0; i < width; ++i) left[i] = static_cast<std::uint8_t>(i);
  while (!left.empty()) {
    const std::size_t first = left.front();
    std::vector<double> near(width);
    for (const std::uint8_t other : left) near[other] = other == first ? 2 : nearness(first, other);
    std::stable_sort(left.begin(), left.end(), [&](std::uint8_t a, std::uint8_t b) { return near[a] > near[b]; });
    const std::size_t taken = std::min(left.size(), small_autoencoder::width_max);
    group_of_.insert(group_of_.end(), left.begin(), left.begin() + static_cast<std::ptrdiff_t>(taken));
    left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(taken));
    std::sort(left.begin(), left.end());
  }
  make_groups();
  std::vector<float> out(width);
  for (std::size_t p = 0; p < count; ++p) {
    pass({row(p), width}, out);
    learn();
  }
}

void autoencoder_groups::make_groups() {
  groups_.clear();
  for (std::size_t at = 0; at < group_of_.size(); at += small_autoencoder::width_max) {
    const std::size_t width = std::min(group_of_.size() - at, small_autoencoder::width_max);
    groups_.emplace_back(width, groups_.size());
  }
  are_found_.store(true, std::memory_order_relaxed);
}

void autoencoder_groups::pass(std::span<const float> features, std::span<float> out) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::size_t base = g * small_autoencoder::width_max;
    const std::size_t width = groups_[g].width();
    small_autoencoder::row in{};
    for (std::size_t i = 0; i < width; ++i) in[i] = features[group_of_[base + i]];
    const small_autoencoder::row& came_out = groups_[g].pass(in);
    for (std::size_t i = 0; i < width; ++i) out[group_of_[base + i]] = came_out[i];
  }
}

void autoencoder_groups::learn() {
  for (small_autoencoder& one : groups_) one.learn();
}

std::size_t autoencoder_groups::grown_bytes(std::size_t width) {
  const std::size_t groups = (width + small_autoencoder::width_max - 1) / small_autoencoder::width_max;
  return width + groups * sizeof(small_autoencoder) + 48;
}

bool autoencoder_groups::is_whole() const {
  const std::size_t groups = (width_ + small_autoencoder::width_max - 1) / small_autoencoder::width_max;
  if (groups_.empty()) return group_of_.empty();
  if (group_of_.size() != width_ || groups_.size() != groups) return false;
  std::vector<bool> taken(width_);
  for (const std::uint8_t at : group_of_) {
    if (at >= width_ || taken[at]) return false;
    taken[at] = true;
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::size_t base = g * small_autoencoder::width_max;
    if (groups_[g].width() != std::min(width_ - base, small_autoencoder::width_max)) return false;
  }
  return true;
}

autoencoder_ensemble::autoencoder_ensemble(const autoencoder_settings& settings, std::size_t values,
                                           std::shared_ptr<autoencoder_groups> shared)
    : settings_(settings),
      scales_(values),
      last_(values),
      features_(width_of(values)),
      is_shared_(shared != nullptr),
      groups_(is_shared_ ? std::move(shared) : std::make_shared<autoencoder_groups>(width_of(values))),
      came_out_(features_.size()),
      errors_(values == 1 ? 1 : features_.size()) {
  assert(validate(settings).empty() && groups_->width() == features_.size());
}

autoencoder_reading autoencoder_ensemble::update(std::span<const double> values, bool learns_all) {
  assert(values.size() == scales_.size());
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) return {};
  take_features(values);
  autoencoder_reading reading;
  bool is_kept = true;
  if (groups_->are_found() && is_ready()) {
    if (!first_points_.empty()) std::vector<float>().swap(first_points_);
    groups_->pass(features_, came_out_);
    reading.score = judge() / settings_.threshold;
    reading.anomaly = reading.score > 1;
    flags_ = static_cast<std::uint16_t>(static_cast<unsigned>(flags_) << 1U | (reading.anomaly ? 1U : 0U));
    const bool is_adopted = std::popcount(flags_) >= many_flags;
    if (is_adopted) adopt(values);
    is_kept = !reading.anomaly || is_adopted || learns_all;
    if (is_kept) groups_->learn();
  } else if (scales_.front().is_settled()) {
    keep_first_point();
  }
  if (is_kept) {
    for (std::size_t k = 0; k < values.size(); ++k) {
      scales_[k].follow(values[k], seen_ == 0 ? values[k] : last_[k]);
      last_[k] = values[k];
    }
  } else if (is_single()) {
    // A flagged value stands among the last ones as it came out; of several the next step is to the one before.
    features_[0] = came_out_[0];
  }
  ++seen_;
  return reading;
}

// Groups that others have found were taught with eight last values; its own are found when there are as many.
bool autoencoder_ensemble::is_ready() const {
  return scales_.front().is_settled() && (!is_shared_ || seen_ >= points_settled);
}

void autoencoder_ensemble::keep_first_point() {
  if (groups_->are_found()) return;
  first_points_.insert(first_points_.end(), features_.begin(), features_.end());
  if (first_points_.size() < points_grouped * features_.size()) return;
  groups_->find(first_points_);
  std::vector<float>().swap(first_points_);
}

void autoencoder_ensemble::take_features(std::span<const double> values) {
  const bool is_settled = scales_.front().is_settled();
  if (is_single()) {
    std::copy_backward(features_.begin(), features_.end() - 1, features_.end());
    features_[0] = is_settled ? scales_[0].level_of(values[0]) : 0.0F;
    return;
  }
  for (std::size_t k = 0; k < values.size(); ++k) {
    features_[2 * k] = is_settled ? scales_[k].level_of(values[k]) : 0.0F;
    features_[2 * k + 1] = is_settled ? scales_[k].step_of(values[k], last_[k]) : 0.0F;
  }
}

std::size_t autoencoder_ensemble::grown_bytes(std::size_t values, bool is_shared) {
  const std::size_t width = width_of(values);
  const std::size_t judged = values == 1 ? 1 : width;
  const std::size_t learned = is_shared ? 0 : sizeof(autoencoder_groups) + 16 + autoencoder_groups::grown_bytes(width);
  return sizeof(autoencoder_ensemble) + learned + values * (sizeof(following_scale) + 8) + width * 8 +
         judged * sizeof(own_distribution) + 192;
}

// How far out the error of the feature is that came out worst.
double autoencoder_ensemble::judge() {
  double worst = 0;
  for (std::size_t i = 0; i < errors_.size(); ++i) {
    const auto off = static_cast<double>(std::abs(features_[i] - came_out_[i]));
    const double size = off < error_max ? off : error_max;  // no number is far off, too
    worst = std::max(worst, errors_[i].judge(size, least_error));
    errors_[i].add(size, least_error);
  }
  return worst;
}

// A new level.
void autoencoder_ensemble::adopt(std::span<const double> values) {
  flags_ = 0;
  for (own_distribution& one : errors_) one.relearn();
  for (std::size_t k = 0; k < values.size(); ++k) scales_[k].jump(values[k]);
}

bool autoencoder_ensemble::is_whole() const {
  const std::size_t width = features_.size();
  const auto is_finite = [](auto value) { return std::isfinite(value); };
  // Errors of groups that are lost say nothing of new ones.
  if (errors_.front().is_judging() && !groups_->are_found()) return false;
  return first_points_.size() % width == 0 && first_points_.size() < points_grouped * width &&
         std::all_of(last_.begin(), last_.end(), is_finite) &&
         std::all_of(features_.begin(), features_.end(), is_finite) &&
         std::all_of(first_points_.begin(), first_points_.end(), is_finite);
}

}  // namespace spindrift
