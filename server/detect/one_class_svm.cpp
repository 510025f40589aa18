// Follows the points near the edge with the weights, and ranks what f says of each.
#include "server/detect/one_class_svm.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "server/detect/complaint.hpp"

namespace spindrift {
namespace {

constexpr float inverse_narrow = 4;          // 1 / 0.25
constexpr float inverse_wide = 0.71428573F;  // 1 / 1.4
constexpr float nothing_like_it = 0.1F;      // of the mean of the wide f
constexpr double wide_share = 0.02;          // in the score: orders what the narrow kernel does not reach
constexpr float nu = 0.5F;
constexpr int many_flags = 9;  // of sixteen
constexpr double spread_ratio = 4;
constexpr float weight_max = 100;  // a mean of points' images is far smaller

// Two finite numbers may have a difference that no double holds.
double difference(double a, double b) {
  return std::clamp(a - b, -1e300, 1e300);
}

std::size_t bucket_of(double score, std::size_t buckets) {
  return std::min(static_cast<std::size_t>(score * static_cast<double>(buckets)), buckets - 1);
}

}  // namespace

std::vector<std::string> validate(const one_class_svm_settings& settings) {
  std::vector<std::string> complaints;
  complain_unless_in(complaints, "--ocsvm-window", settings.window, 128U, 1'000'000U);
  complain_unless_in(complaints, "--ocsvm-contamination", settings.contamination, 0.0001, 0.5);
  return complaints;
}

one_class_svm::one_class_svm(const one_class_svm_settings& settings) : settings_(settings) {
  assert(validate(settings).empty());
}

one_class_reading one_class_svm::update(std::span<const double> values, bool learns_all) {
  assert(!values.empty() && values.size() < fourier_map::features_max);
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) return {};
  if (values_ == 0) values_ = static_cast<std::uint32_t>(values.size());
  assert(values.size() == values_);
  take_features(values);
  one_class_reading reading;
  bool is_left_out = false;
  if (!spreads_.empty()) {
    view seen;
    look(point_, seen);
    reading = judge(seen);
    flags_ = static_cast<std::uint16_t>(static_cast<unsigned>(flags_) << 1U | (reading.anomaly ? 1U : 0U));
    is_left_out = reading.anomaly && !learns_all && std::popcount(flags_) < many_flags;
    if (!is_left_out) learn(seen);
  }
  if (!is_left_out) keep_newest();
  passed_over_ = is_left_out && !passed_over_;
  if (!passed_over_) reference_ = values[0];
  if (!is_left_out && seen_ % newest_points == 0 && spreads_.empty()) begin();
  if (!is_left_out && seen_ % settings_.window == 0 && !spreads_.empty() && frame_is_off()) begin();
  return reading;
}

void one_class_svm::take_features(std::span<const double> values) {
  point_.assign(values.begin(), values.end());
  if (values_ == 1) point_.push_back(seen_ == 0 ? 0 : difference(values[0], reference_));
}

void one_class_svm::keep_newest() {
  const std::size_t at = static_cast<std::size_t>(seen_ % newest_points) * features();
  if (at == newest_.size()) {
    newest_.insert(newest_.end(), point_.begin(), point_.end());
  } else {
    std::copy(point_.begin(), point_.end(), newest_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  ++seen_;
}

namespace {

struct frame {
  double origin = 0;
  double spread = 0;
};

// Of feature k of points that lie behind each other: median, and half of what the middle two thirds span; of values
// that hardly ever differ, their mean distance.
frame frame_of(const std::vector<double>& points, std::size_t width, std::size_t k) {
  std::vector<double> column(points.size() / width);
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = points[i * width + k];
  std::sort(column.begin(), column.end());
  const std::size_t count = column.size();
  frame found{column[count / 2], difference(column[count * 5 / 6], column[count / 6]) / 2};
  if (found.spread > 0) return found;
  for (const double value : column) {
    found.spread += std::abs(difference(value, found.origin)) / static_cast<double>(count);
  }
  if (found.spread == 0) found.spread = std::max(std::abs(found.origin) * 1e-6, 1e-300);
  return found;
}

}  // namespace

void one_class_svm::find_frame() {
  const std::size_t width = features();
  origins_.resize(width);
  spreads_.resize(width);
  for (std::size_t k = 0; k < width; ++k) {
    const frame found = frame_of(newest_, width, k);
    origins_[k] = found.origin;
    spreads_[k] = found.spread;
  }
}

bool one_class_svm::frame_is_off() const {
  for (std::size_t k = 0; k < features(); ++k) {
    const double ratio = frame_of(newest_, features(), k).spread / spreads_[k];
    if (!(ratio < spread_ratio && ratio > 1 / spread_ratio)) return true;
  }
  return false;
}

// From the points that were kept, oldest first.
void one_class_svm::begin() {
  find_frame();
  narrow_ = wide_ = {};
  rho_ = 0;
  learned_ = 0;
  scored_ = 0;
  score_counts_ = {};
  const std::size_t width = features();
  const std::size_t points = newest_.size() / width;
  view seen;
  for (std::size_t i = 0; i < points; ++i) {
    const std::size_t at = (static_cast<std::size_t>(seen_ % newest_points) + i) % points;
    look({newest_.data() + at * width, width}, seen);
    learn(seen);
  }
}

void one_class_svm::look(std::span<const double> point, view& seen) const {
  std::array<float, fourier_map::features_max> scaled;
  // In more dimensions points are farther apart: the widths are meant for two.
  const float shrink = static_cast<float>(std::sqrt(2.0 / static_cast<double>(std::max<std::size_t>(features(), 2))));
  for (std::size_t k = 0; k < point.size(); ++k) {
    const double distance = difference(point[k], origins_[k]) / spreads_[k];
    scaled[k] = static_cast<float>(std::clamp<double>(distance, -fourier_map::bound, fourier_map::bound));
  }
  const fourier_map& map = fourier_map::of(features());
  map.apply({scaled.data(), point.size()}, inverse_narrow * shrink, seen.narrow);
  map.apply({scaled.data(), point.size()}, inverse_wide * shrink, seen.wide);
  seen.f = fourier_map::product(seen.narrow, narrow_.weights);
  seen.f_wide = fourier_map::product(seen.wide, wide_.weights);
}

one_class_reading one_class_svm::judge(const view& seen) {
  const auto share = [](float f, float mean) {
    return static_cast<double>(std::max(f, 0.0F)) / std::max(static_cast<double>(mean), 1e-6);
  };
  one_class_reading reading;
  reading.score = 1 / (1 + share(seen.f, narrow_.mean) + wide_share * share(seen.f_wide, wide_.mean));
  const bool is_rare = reading.score > 0.5 && rank(reading.score) <= settings_.contamination;
  const bool is_unheard_of = seen.f_wide < nothing_like_it * wide_.mean;
  reading.anomaly = learned_ >= judges_from && (is_rare || is_unheard_of);
  count_score(reading.score);
  return reading;
}

void one_class_svm::learn(const view& seen) {
  ++learned_;
  const float step = 1.0F / static_cast<float>(std::min<std::uint64_t>(learned_, settings_.window));
  const bool is_below = seen.f < rho_ || learned_ == 1;
  const float pull = is_below ? step / nu : 0.0F;
  const float keep = 1.0F - step;
  for (std::size_t i = 0; i < fourier_map::outputs; ++i) {
    narrow_.weights[i] = narrow_.weights[i] * keep + pull * seen.narrow[i];
    wide_.weights[i] = wide_.weights[i] * keep + pull * seen.wide[i];
  }
  rho_ += (is_below ? -(1.0F - nu) : nu) * std::max(step, 0.002F) * std::max(narrow_.mean, 1e-3F) * 4.0F;
  narrow_.mean += std::max(step, 0.001F) * (seen.f - narrow_.mean);
  wide_.mean += std::max(step, 0.001F) * (seen.f_wide - wide_.mean);
}

// Of a score among the recent ones, 0 to 1 from the highest down. Scores of the same bucket count half, so that equal
// scores, however many, are never all extreme.
double one_class_svm::rank(double score) const {
  const std::size_t own = bucket_of(score, score_buckets);
  double above = 0.5 * static_cast<double>(score_counts_[own]);
  for (std::size_t i = own + 1; i < score_buckets; ++i) above += static_cast<double>(score_counts_[i]);
  return (above + 1) / (scored_ + 1);
}

void one_class_svm::count_score(double score) {
  score_counts_[bucket_of(score, score_buckets)] += 1;
  scored_ += 1;
  // Recent are the last one to two windows, or as many as a small contamination needs to be told from chance.
  if (scored_ < std::max(2.0 * settings_.window, 4 / settings_.contamination)) return;
  scored_ = 0;
  for (float& count : score_counts_) scored_ += static_cast<double>(count *= 0.5F);
}

// What was read could be the state of a machine.
bool one_class_svm::is_whole() const {
  if (values_ >= fourier_map::features_max || (values_ == 0) != (seen_ == 0)) return false;
  const std::size_t width = features();
  const std::size_t points = static_cast<std::size_t>(std::min<std::uint64_t>(seen_, newest_points));
  if (seen_ > 0 && newest_.size() != points * width) return false;
  if (origins_.size() != spreads_.size() || (!spreads_.empty() && spreads_.size() != width)) return false;
  const auto is_finite = [](auto value) { return std::isfinite(value); };
  const auto are_finite = [&](const auto& all) { return std::all_of(all.begin(), all.end(), is_finite); };
  if (!are_finite(newest_) || !are_finite(origins_) || !are_finite(spreads_) || !are_finite(score_counts_))
    return false;
  if (std::any_of(spreads_.begin(), spreads_.end(), [](double spread) { return !(spread > 0); })) return false;
  const auto is_weight = [](float value) { return std::abs(value) < weight_max; };
  const auto are_weights = [&](const auto& all) { return std::all_of(all.begin(), all.end(), is_weight); };
  return are_weights(narrow_.weights) && are_weights(wide_.weights) && is_weight(narrow_.mean) &&
         is_weight(wide_.mean) && is_weight(rho_) && std::isfinite(scored_) && std::isfinite(reference_);
}

}  // namespace spindrift
