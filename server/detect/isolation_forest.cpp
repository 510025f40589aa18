// Grows trees over the newest points and scores by the length of the paths.
#include "server/detect/isolation_forest.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "server/detect/complaint.hpp"

namespace spindrift {

namespace {

constexpr std::uint64_t forest_seed = 0x5eed'f0e5'7000'0001;

double difference(double value, double last) {
  constexpr auto most = std::numeric_limits<double>::max();
  return std::clamp(value - last, -most, most);
}

// The share of cuts that take the difference: a third of the quadrant correlation of successive values. Differences
// show a jump within the range of a smooth series, but of independent values they only repeat the value before, and
// make the point after an anomaly look like one. The quadrant correlation, mean of sign(x - median)·sign(last -
// median), costs no more than a median and is deaf to the anomalies in the sample.
double difference_share(std::span<const double> rows) {
  const auto points = rows.size() / 2;
  std::vector<double> values(points);
  for (std::size_t i = 0; i < points; ++i) values[i] = rows[2 * i];
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(points / 2);
  std::nth_element(values.begin(), middle, values.end());
  const auto side = [median = *middle](double value) { return (value > median) - (value < median); };
  int agreement = 0;
  for (std::size_t i = 0; i < points; ++i) agreement += side(rows[2 * i]) * side(rows[2 * i] - rows[2 * i + 1]);
  return std::abs(agreement) / (3.0 * static_cast<double>(points));
}

std::size_t bucket_of(double score, std::size_t buckets) {
  return std::min(static_cast<std::size_t>(score * static_cast<double>(buckets)), buckets - 1);
}

// Where the recent scores' tail ends: the score that one in 1 / improbable would pass, were the tail an exponential one
// through the median and the ninth decile. A tenth of all scores may be anomalies' without moving it.
double tail_end(std::span<const float> counts, double scored, double improbable) {
  const auto quantile = [counts, scored](double share) {
    double left = share * scored;
    std::size_t i = 0;
    while (i + 1 < counts.size() && left > static_cast<double>(counts[i])) left -= static_cast<double>(counts[i++]);
    return static_cast<double>(i + 1) / static_cast<double>(counts.size());
  };
  const double ninth_decile = quantile(0.9);
  const double decay = (ninth_decile - quantile(0.5)) / std::log(5.0);
  return ninth_decile + decay * std::log(0.1 / improbable);
}

}  // namespace

std::vector<std::string> validate(const isolation_forest_settings& settings) {
  constexpr unsigned points_max = 16'384;
  std::vector<std::string> complaints;
  complain_unless_in(complaints, "--iforest-trees", settings.trees, 1U, 1'000U);
  complain_unless_in(complaints, "--iforest-sample-size", settings.sample_size, 16U, unsigned{isolation_sample_max});
  complain_unless_in(complaints, "--iforest-window", settings.window, settings.sample_size, points_max);
  complain_unless_in(complaints, "--iforest-rebuild-every", settings.rebuild_every, 1U, points_max);
  complain_unless_in(complaints, "--iforest-contamination", settings.contamination, 0.0001, 0.5);
  return complaints;
}

isolation_forest::isolation_forest(const isolation_forest_settings& settings)
    : settings_(settings), random_(forest_seed), origins_(settings.trees), trees_(settings.trees) {
  assert(validate(settings).empty());
}

isolation_reading isolation_forest::update(std::span<const double> values, bool learns_all) {
  assert(!values.empty() && values.size() <= isolation_features_max);
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) {
    return {0, false, !warm()};
  }
  if (values_ == 0) values_ = static_cast<std::uint32_t>(values.size());
  assert(values.size() == values_);

  take_features(values);
  isolation_reading reading{0, false, !warm()};
  if (count_ >= first_model_at()) {
    reading.score = score(point_);
    reading.anomaly = reading.score > 0.5 && stands_out(reading.score);
    count_score(reading.score);
  }
  const bool left_out = reading.anomaly && !learns_all && count_ >= learns_all_until();
  if (!left_out) {
    keep_point();
    replace_due_trees();
  }
  passed_over_ = left_out && !passed_over_;
  if (!passed_over_) reference_ = values[0];
  return reading;
}

void isolation_forest::take_features(std::span<const double> values) {
  point_.assign(values.begin(), values.end());
  if (values_ == 1) point_.push_back(count_ == 0 ? 0 : difference(values[0], reference_));
}

void isolation_forest::keep_point() {
  const auto position = static_cast<std::size_t>(count_ % kept_points_max()) * features();
  if (position == kept_.size()) {
    kept_.insert(kept_.end(), point_.begin(), point_.end());
  } else {
    std::copy(point_.begin(), point_.end(), kept_.begin() + static_cast<std::ptrdiff_t>(position));
  }
  ++count_;
}

double isolation_forest::score(std::span<const double> point) const {
  double sum = 0;
  for (const auto& tree : trees_) sum += tree.path_length(point);
  return std::exp2(-sum / static_cast<double>(trees_.size()));
}

// Of a score among the recent ones, 0 to 1 from the highest down. Scores of the same bucket count half, so that equal
// scores, however many, are never all extreme.
double isolation_forest::rank(double score) const {
  const auto own = bucket_of(score, score_buckets);
  double above = 0.5 * static_cast<double>(score_counts_[own]);
  for (auto i = own + 1; i < score_buckets; ++i) above += static_cast<double>(score_counts_[i]);
  return (above + 1) / (scored_ + 1);
}

// A rank is blind to how far a score stands out: where anomalies are a little more frequent than `contamination` the
// earlier ones take the place of the later. So up to twice that share is flagged, of what lies far behind the tail.
bool isolation_forest::stands_out(double score) const {
  const double place = rank(score);
  if (place <= settings_.contamination) return true;
  return place <= 2 * settings_.contamination && score > tail_end(score_counts_, scored_, settings_.contamination / 10);
}

void isolation_forest::count_score(double score) {
  score_counts_[bucket_of(score, score_buckets)] += 1;
  scored_ += 1;
  if (scored_ < scores_max()) return;
  scored_ = 0;
  for (auto& count : score_counts_) scored_ += static_cast<double>(count *= 0.5F);
}

// The first forest grows over the second half of the points before the first model, later ones over each
// rebuild_every points: at every step an equal share of the trees. From the first of them to behind the last.
std::pair<std::size_t, std::size_t> isolation_forest::due_trees(std::uint64_t count) const {
  const auto first = first_model_at();
  const auto start = first / 2;
  if (count <= start) return {0, 0};
  const auto step = count <= first ? count - start - 1 : (count - first - 1) % settings_.rebuild_every;
  const auto steps = count <= first ? first - start : settings_.rebuild_every;
  return {step * settings_.trees / steps, (step + 1) * settings_.trees / steps};
}

void isolation_forest::replace_due_trees() {
  const auto [begin, end] = due_trees(count_);
  for (auto tree = begin; tree < end; ++tree) {
    origins_[tree] = {random_.next(), count_};
    grow(tree);
  }
}

void isolation_forest::grow(std::size_t tree) {
  const auto [tree_seed, end] = origins_[tree];
  split_mix random(tree_seed);
  const auto begin = end - std::min<std::uint64_t>(end, settings_.window);
  std::vector<std::uint16_t> numbers(static_cast<std::size_t>(end - begin));
  std::iota(numbers.begin(), numbers.end(), std::uint16_t{0});

  // The head of a Fisher-Yates shuffle: a sample without replacement.
  const auto points = std::min<std::size_t>(settings_.sample_size, numbers.size());
  std::vector<double> rows;
  rows.reserve(points * features());
  for (std::size_t i = 0; i < points; ++i) {
    std::swap(numbers[i], numbers[i + random.below(static_cast<std::uint32_t>(numbers.size() - i))]);
    const auto place = (begin + numbers[i]) % kept_points_max() * features();
    const auto row = kept_.begin() + static_cast<std::ptrdiff_t>(place);
    rows.insert(rows.end(), row, row + static_cast<std::ptrdiff_t>(features()));
  }

  std::vector<double> shares(features(), 1.0 / static_cast<double>(features()));
  if (values_ == 1) {
    shares[1] = difference_share(rows);
    shares[0] = 1 - shares[1];
  }
  trees_[tree].build(rows, shares, random.next());
}

// Number of the point after which each tree was last replaced, 0 for never: a function of count_ alone, see
// replace_due_trees.
std::vector<std::uint64_t> isolation_forest::last_ends() const {
  std::vector<std::uint64_t> ends(settings_.trees, 0);
  const auto first = first_model_at();
  const auto begin = count_ > first + settings_.rebuild_every ? count_ - settings_.rebuild_every : first / 2;
  for (auto count = begin + 1; count <= count_; ++count) {
    const auto [from, to] = due_trees(count);
    std::fill(ends.begin() + static_cast<std::ptrdiff_t>(from), ends.begin() + static_cast<std::ptrdiff_t>(to), count);
  }
  return ends;
}

// Checks what was read and grows the trees again. False: this cannot be the state of a forest with these settings.
bool isolation_forest::restore() {
  if (values_ > isolation_features_max || origins_.size() != settings_.trees) return false;
  const auto kept_points = std::min<std::uint64_t>(count_, kept_points_max());
  if ((values_ == 0) != (count_ == 0) || kept_.size() != kept_points * features()) return false;
  const auto within = [most = scores_max()](double count) { return count >= 0 && count < most; };
  if (!within(scored_) || !std::all_of(score_counts_.begin(), score_counts_.end(), within)) return false;
  if (!std::isfinite(reference_)) return false;
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(kept_.begin(), kept_.end(), finite)) return false;

  const auto ends = last_ends();
  trees_.assign(settings_.trees, {});
  for (std::size_t tree = 0; tree < trees_.size(); ++tree) {
    if (origins_[tree].end != ends[tree]) return false;
    if (ends[tree] != 0) grow(tree);
  }
  return true;
}

std::size_t isolation_forest::memory_bytes() const {
  auto bytes = sizeof(*this) + (kept_.capacity() + point_.capacity()) * sizeof(double);
  bytes += origins_.capacity() * sizeof(origin);
  for (const auto& tree : trees_) bytes += tree.memory_bytes();
  return bytes;
}

}  // namespace spindrift
