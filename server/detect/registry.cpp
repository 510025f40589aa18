// The table of detectors.
#include "server/detect/registry.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "server/detect/archive.hpp"
#include "server/detect/autoencoder_ensemble.hpp"
#include "server/detect/classic_zscore.hpp"
#include "server/detect/drift_detector.hpp"
#include "server/detect/ensemble/ensemble.hpp"
#include "server/detect/isolation_forest.hpp"
#include "server/detect/one_class_svm.hpp"
#include "server/detect/point_clock.hpp"
#include "server/detect/recurrent_forecast.hpp"
#include "server/detect/timed_zscore.hpp"

namespace spindrift {
namespace {

using settings_ref = const detector_settings&;

// FNV-1a over the bytes of the numbers. It stands in files: not to be changed.
std::uint32_t hash_of(std::initializer_list<std::uint64_t> numbers) {
  std::uint32_t hash = 2'166'136'261U;
  for (const std::uint64_t number : numbers) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ static_cast<std::uint32_t>((number >> shift) & 0xffU)) * 16'777'619U;
    }
  }
  return hash;
}

// The same over the name of those who learn together; of who learns alone nothing.
std::uint32_t hash_of_shared(settings_ref of) {
  std::uint32_t hash = hash_of({});
  for (const char letter : of.shared_as) hash = (hash ^ static_cast<unsigned char>(letter)) * 16'777'619U;
  return hash;
}

// A class with update(values, learns_all) and visit_state as a point_judge, for points of `values` values. Only who
// expects something saves that, behind the rest. A kind that learns their number from the first point says it in
// values(), 0 before: the saved state of other points is refused.
template <class Kind>
class judge final : public point_judge {
public:
  template <class... Settings>
  explicit judge(std::size_t values, const Settings&... settings) : kind_(settings...), values_(values) {}

  bool observe(std::span<const double> values, double /*t_seconds*/) override {
    const bool learns_all = points_left_ > 0;
    if (learns_all) --points_left_;
    return kind_.update(values, learns_all).anomaly;
  }
  void expect() override { points_left_ = points_expected; }
  void save(std::string& out) override {
    state_writer archive(out);
    archive(kind_);
    if (points_left_ > 0) archive(points_left_);
  }
  bool restore(std::string_view bytes) override {
    state_reader archive(bytes);
    archive(kind_);
    if (archive.bytes_left() > 0) archive(points_left_);
    if constexpr (requires { kind_.values(); }) {
      if (kind_.values() != 0 && kind_.values() != values_) return false;
    }
    return archive.ok() && archive.bytes_left() == 0;
  }

private:
  Kind kind_;
  std::size_t values_;
  std::uint32_t points_left_ = 0;  // in which it learns what it flags
};

bool is_shared(settings_ref of) {
  return !of.shared_as.empty();
}

bool is_classic(settings_ref of) {
  return of.zscore.method == zscore_method::classic;
}

void append_zscore_options(detector_settings& of, std::vector<detector_option>& options) {
  zscore_settings& zscore = of.zscore;
  options.push_back(
      {"--zscore-method", "robust|classic",
       "the baseline: predictors with a threshold that knows the noise, or mean and deviation of a window",
       detector_choice{{"robust", "classic"},
                       [&zscore] { return static_cast<std::size_t>(zscore.method); },
                       [&zscore](std::size_t word) { zscore.method = static_cast<zscore_method>(word); }}});
  options.push_back({"--zscore-seasonal", "", "whether the robust baseline looks for a period", &zscore.seasonal});
  options.push_back({"--window", "POINTS", "points in the classic baseline", &zscore.window});
  options.push_back({"--threshold", "Z",
                     "|z| beyond which a point is an anomaly; 0: the method's own, robust 5, classic 3",
                     &zscore.threshold});
  options.push_back({"--min-samples", "POINTS", "points before a baseline judges", &zscore.min_samples});
}

void append_adwin_options(detector_settings& of, std::vector<detector_option>& options) {
  adwin_settings& adwin = of.adwin;
  options.push_back({"--adwin-delta", "P", "ADWIN's confidence: the chance of a false cut, in (0, 1)", &adwin.delta});
  options.push_back({"--adwin-clock", "POINTS", "points between two looks of ADWIN for a cut", &adwin.clock});
  options.push_back({"--adwin-max-buckets", "N", "buckets a row of ADWIN's histogram, at least 2", &adwin.max_buckets});
  options.push_back(
      {"--adwin-min-window", "POINTS", "points that both sides of a cut must have", &adwin.min_window_length});
  options.push_back({"--adwin-grace", "POINTS", "points before ADWIN looks for a first cut", &adwin.grace_period});
}

void append_ensemble_options(detector_settings& of, std::vector<detector_option>& options) {
  options.push_back({"--ensemble-threshold", "SCORE",
                     "score, a mean of -log10 probabilities, at which the ensemble alarms", &of.ensemble.threshold});
  options.push_back({"--ensemble-quiet", "POINTS", "points after an alarm that raise none", &of.ensemble.quiet_points});
}

void append_forest_options(detector_settings& of, std::vector<detector_option>& options) {
  isolation_forest_settings& forest = of.isolation_forest;
  options.push_back({"--iforest-trees", "N", "trees of the isolation forest", &forest.trees});
  options.push_back({"--iforest-sample-size", "POINTS", "points a tree is grown from", &forest.sample_size});
  options.push_back({"--iforest-window", "POINTS", "newest points that trees are sampled from", &forest.window});
  options.push_back(
      {"--iforest-rebuild-every", "POINTS", "points in which every tree is grown anew", &forest.rebuild_every});
  options.push_back(
      {"--iforest-contamination", "P", "share of points that the isolation forest flags", &forest.contamination});
}

void append_one_class_options(detector_settings& of, std::vector<detector_option>& options) {
  one_class_svm_settings& svm = of.one_class_svm;
  options.push_back(
      {"--ocsvm-window", "POINTS", "points after which an old one counts for a third in the SVM", &svm.window});
  options.push_back({"--ocsvm-contamination", "P", "share of points that the one-class SVM flags", &svm.contamination});
}

void append_autoencoder_options(detector_settings& of, std::vector<detector_option>& options) {
  options.push_back({"--autoencoder-threshold", "F",
                     "times the bound of its own distribution beyond which an autoencoder's error is flagged",
                     &of.autoencoder.threshold});
}

void append_recurrent_options(detector_settings& of, std::vector<detector_option>& options) {
  options.push_back({"--lstm-threshold", "F",
                     "times the bound of its own distribution beyond which the network's error is flagged",
                     &of.recurrent.threshold});
}

void append_nothing(detector_settings& /*of*/, std::vector<detector_option>& /*options*/) {}

// The sizes are what streams of 100,000 points over two months took, with the allocator's share: of noise, walks,
// waves, days, levels and spikes, in the mean of these. Heavy tails take up to half as much again.
constexpr detector_entry table[] = {
    {.tag = detector_tag::classic_zscore,
     .name = "zscore",
     .title = "zscore (classic)",
     .finds = "a value far from the mean of the last ones",
     .state_version = classic_zscore::state_version,
     .judges_points = true,
     .on = &detector_settings::zscore_on,
     .is_chosen = is_classic,
     .state_settings = [](settings_ref of) { return hash_of({of.zscore.window}); },
     .grown_bytes = [](settings_ref of, std::size_t values) { return values * (112 + 8UL * of.zscore.window); },
     .complaints = [](settings_ref of) { return validate(of.zscore); },
     .append_options = append_zscore_options},
    {.tag = detector_tag::robust_zscore,
     .name = "zscore",
     .title = "zscore (robust)",
     .finds = "a value far from its prediction",
     .state_version = timed_zscore::state_version,
     .state_version_read = timed_zscore::state_version_read,
     .judges_points = true,
     .on = &detector_settings::zscore_on,
     .is_chosen = [](settings_ref of) { return !is_classic(of); },
     .state_settings = [](settings_ref of) { return hash_of({of.zscore.seasonal ? 1U : 0U}); },
     .grown_bytes = [](settings_ref of,
                       std::size_t values) { return values * (of.zscore.seasonal ? 9'450UL : 2'350UL); },
     .complaints = nullptr,
     .append_options = append_nothing},
    {.tag = detector_tag::adwin,
     .name = "adwin",
     .title = "adwin",
     .finds = "a mean that has changed for good",
     .state_version = drift_detector::state_version,
     .on = &detector_settings::adwin_on,
     .state_settings =
         [](settings_ref of) {
           return hash_of({of.adwin.clock, of.adwin.max_buckets});
         },
     .grown_bytes = [](settings_ref of,
                       std::size_t values) { return values * (1'210UL + 370UL * of.adwin.max_buckets); },
     .complaints = [](settings_ref of) { return validate(of.adwin); },
     .append_options = append_adwin_options},
    {.tag = detector_tag::ensemble,
     .name = "ensemble",
     .title = "ensemble",
     .finds = "a course that this stream has not shown before, once an event",
     .state_version = ensemble::state_version,
     .on = &detector_settings::ensemble_on,
     .state_settings = [](settings_ref) { return hash_of({}); },
     .grown_bytes = [](settings_ref, std::size_t values) { return values * 4'950UL; },
     .complaints = [](settings_ref of) { return of.ensemble.validate(); },
     .append_options = append_ensemble_options},
    {.tag = detector_tag::isolation_forest,
     .name = "iforest",
     .title = "iforest",
     .finds = "values that do not occur together",
     .state_version = isolation_forest::state_version,
     .judges_points = true,
     .on = &detector_settings::isolation_forest_on,
     .state_settings =
         [](settings_ref of) {
           const isolation_forest_settings& forest = of.isolation_forest;
           return hash_of({forest.trees, forest.sample_size, forest.window, forest.rebuild_every});
         },
     .grown_bytes =
         [](settings_ref of, std::size_t values) {
           const isolation_forest_settings& forest = of.isolation_forest;
           return 8UL * (forest.window + forest.rebuild_every) * std::max<std::size_t>(values, 2) +
                  9UL * forest.trees * forest.sample_size + 4'096;
         },
     .complaints = [](settings_ref of) { return validate(of.isolation_forest); },
     .append_options = append_forest_options,
     .make = [](settings_ref of, std::size_t values) -> std::unique_ptr<point_judge> {
       return std::make_unique<judge<isolation_forest>>(values, of.isolation_forest);
     }},
    {.tag = detector_tag::clock,
     .title = "clock",
     .finds = "a point that is late, or comes after a hole",
     .state_version = point_clock::state_version,
     .state_settings = [](settings_ref) { return hash_of({}); },
     .grown_bytes = [](settings_ref, std::size_t) -> std::size_t { return 0; },
     .append_options = append_nothing},
    {.tag = detector_tag{22},
     .name = "ocsvm",
     .title = "ocsvm",
     .finds = "values where few or none have been",
     .state_version = one_class_svm::state_version,
     .judges_points = true,
     .on = &detector_settings::one_class_svm_on,
     .state_settings = [](settings_ref of) { return hash_of({of.one_class_svm.window}); },
     .grown_bytes =
         [](settings_ref, std::size_t values) {
           return sizeof(one_class_svm) + 8UL * (64 + 3) * std::max<std::size_t>(values, 2) + 512;
         },
     .complaints = [](settings_ref of) { return validate(of.one_class_svm); },
     .append_options = append_one_class_options,
     .make = [](settings_ref of, std::size_t values) -> std::unique_ptr<point_judge> {
       return std::make_unique<judge<one_class_svm>>(values, of.one_class_svm);
     }},
    {.tag = detector_tag{23},
     .name = "autoencoder",
     .title = "autoencoder",
     .finds = "values that do not come out of what they are squeezed through",
     .state_version = autoencoder_ensemble::state_version,
     .judges_points = true,
     .on = &detector_settings::autoencoder_on,
     .state_settings = hash_of_shared,
     .grown_bytes = [](settings_ref of,
                       std::size_t values) { return autoencoder_ensemble::grown_bytes(values, is_shared(of)); },
     .complaints = [](settings_ref of) { return validate(of.autoencoder); },
     .append_options = append_autoencoder_options,
     .make = [](settings_ref of, std::size_t values) -> std::unique_ptr<point_judge> {
       return std::make_unique<judge<autoencoder_ensemble>>(values, of.autoencoder, values);
     },
     .network_version = autoencoder_groups::state_version,
     .make_network = [](std::size_t values) -> std::shared_ptr<learned_network> {
       return std::make_shared<network_of<autoencoder_groups>>(autoencoder_ensemble::width_of(values));
     },
     .make_with = [](settings_ref of, std::size_t values,
                     const std::shared_ptr<learned_network>& network) -> std::unique_ptr<point_judge> {
       return std::make_unique<judge<autoencoder_ensemble>>(values, of.autoencoder, values,
                                                            network_of<autoencoder_groups>::weights_of(network));
     }},
    {.tag = detector_tag{24},
     .name = "lstm",
     .title = "lstm",
     .finds = "a value far from what a small recurrent network foretold",
     .state_version = recurrent_forecast::state_version,
     .judges_points = true,
     .on = &detector_settings::recurrent_on,
     .state_settings = hash_of_shared,
     .grown_bytes = [](settings_ref of,
                       std::size_t values) { return recurrent_forecast::grown_bytes(values, is_shared(of)); },
     .complaints = [](settings_ref of) { return validate(of.recurrent); },
     .append_options = append_recurrent_options,
     .make = [](settings_ref of, std::size_t values) -> std::unique_ptr<point_judge> {
       return std::make_unique<judge<recurrent_forecast>>(values, of.recurrent, values);
     },
     .network_version = recurrent_weights::state_version,
     .make_network = [](std::size_t values) -> std::shared_ptr<learned_network> {
       return std::make_shared<network_of<recurrent_weights>>(2 * values, values, true);
     },
     .make_with = [](settings_ref of, std::size_t values,
                     const std::shared_ptr<learned_network>& network) -> std::unique_ptr<point_judge> {
       return std::make_unique<judge<recurrent_forecast>>(values, of.recurrent, values,
                                                          network_of<recurrent_weights>::weights_of(network));
     }},
};

// The names that may stand in `by`, each once.
std::vector<std::string_view> judges() {
  std::vector<std::string_view> names;
  for (const detector_entry& entry : table) {
    if (entry.judges_points && std::find(names.begin(), names.end(), entry.name) == names.end()) {
      names.push_back(entry.name);
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> validate(const detector_settings& settings) {
  std::vector<std::string> all;
  bool is_any_on = false;
  std::string names;
  for (const detector_entry& entry : table) {
    is_any_on = is_any_on || (entry.on != nullptr && settings.*entry.on);
    if (entry.on != nullptr && !names.ends_with(entry.name)) names.append(names.empty() ? "" : ", ").append(entry.name);
    if (entry.complaints == nullptr) continue;
    for (std::string& complaint : entry.complaints(settings)) all.push_back(std::move(complaint));
  }
  if (!is_any_on) all.insert(all.begin(), "--detectors: empty is not allowed: name one or more of " + names);
  return all;
}

std::span<const detector_entry> detectors() {
  return table;
}

std::vector<detector_switch> detector_switches() {
  std::vector<detector_switch> found;
  for (const detector_entry& entry : detectors()) {
    if (entry.on != nullptr && (found.empty() || found.back().name != entry.name))
      found.push_back({entry.name, entry.on});
  }
  return found;
}

const detector_entry* find_detector(detector_tag tag) {
  const auto found =
      std::find_if(std::begin(table), std::end(table), [tag](const detector_entry& entry) { return entry.tag == tag; });
  return found == std::end(table) ? nullptr : found;
}

std::span<const std::string_view> judge_names() {
  static const std::vector<std::string_view> names = judges();
  return names;
}

std::uint8_t judge_bit(std::string_view name) {
  const std::span<const std::string_view> names = judge_names();
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::uint8_t{0} : static_cast<std::uint8_t>(1U << (found - names.begin()));
}

}  // namespace spindrift
